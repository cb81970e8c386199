"""Messages show values of a log in a length and in characters that fit a line."""

from __future__ import annotations

import json

import orjson
import pytest

from stream.feeds.preview import preview_of
from stream.feeds.replay import ReplayError, ReplayReport, read_events
from stream.feeds.replay.mapping_use import MappingUse
from stream.feeds.replay.quoting import LONGEST_SHOWN, quoted, shortened
from tests.unit.feeds.mapped_log import MappedLog

RATED = """
[[rule]]
event = "helpdesk.survey.responded.v1"
data = { survey = "csat", scale = "1-5", ticket = "{id}", score = "{score}" }
"""
OPENED = """
[[rule]]
when = { kind = "opened" }
event = "helpdesk.ticket.opened.v1"
data = { actor = "{who}" }
"""


def test_a_value_is_cut_after_a_line_and_not_before() -> None:
    assert shortened("x" * LONGEST_SHOWN) == "x" * LONGEST_SHOWN
    assert quoted("x" * (LONGEST_SHOWN + 1)) == f"'{'x' * (LONGEST_SHOWN - 1)}…'"


@pytest.mark.parametrize("column", ["time", "kind", "who"])
def test_a_long_value_does_not_make_a_long_reason(mapped: MappedLog, column: str) -> None:
    row = {"id": "a", "time": "2020-01-01", "kind": "opened", "who": "agent"} | {column: "z" * 100_000}
    rules = OPENED.replace('{ kind = "opened" }', '{ kind = { less = "{id}" } }') if column == "kind" else OPENED
    mapped.replay(",".join(row) + "\n" + ",".join(row.values()) + "\n", rules)
    assert [len(reason) < 300 and "zzz" in reason for reason in mapped.rejected()] == [True]


@pytest.mark.parametrize(
    "more, top, reason",
    [
        ({"x": "\udfff"}, "", "the column 'x' is not text"),
        ({"\udfff": "x"}, "", "the name of the column '\\udfff' is not text"),
        ({"id": "\udfff"}, "", "the column 'id' is not text"),
        ({"id": "\udfff"}, 'id = "{x}"', "the column 'id' is not text"),
        ({"score": "\udfff"}, "", "score: '\\udfff' is not a whole number"),
    ],
)
def test_half_of_a_character_is_named_with_its_column(
    mapped: MappedLog, more: dict[str, str], top: str, reason: str
) -> None:
    record = {"id": "a", "time": "2020-01-01", "score": "3", "x": "k"} | more
    mapped.replay(json.dumps(record), RATED, kind="jsonl", top=top)
    assert [rejected.startswith(reason) for rejected in mapped.rejected()] == [True]


def test_half_of_a_character_does_not_keep_a_report_from_being_json(mapped: MappedLog) -> None:
    mapping = mapped.mapping(OPENED, kind="jsonl")
    log = mapped.folder / "log"
    record = {"id": "a", "time": "2020-01-01", "who": "agent", "kind": "\udfff", "\udfff": "x"}
    log.write_text(json.dumps(record))
    report, use = ReplayReport(), MappingUse(mapping)
    events = list(read_events(log, mapping, report, use=use))
    shown = orjson.loads(orjson.dumps(preview_of(log, mapping, report, use, events, 0).as_json()))
    assert shown["unmatched_values"] == {"kind": {"\\udfff": 1}}
    assert "\\udfff" in shown["unused_columns"]
    assert "kind=\\udfff" in shown["unmatched_examples"][0]["reason"]


def test_half_of_a_character_does_not_keep_an_error_from_being_printed(mapped: MappedLog) -> None:
    with pytest.raises(ReplayError) as raised:
        mapped.replay(json.dumps({"\udfff": "x"}), OPENED, kind="jsonl")
    assert str(raised.value).isprintable()
    assert str(raised.value).encode()
