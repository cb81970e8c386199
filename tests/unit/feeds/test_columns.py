"""A column that is not there is an error where it can never be, and else a warning that names its like."""

from __future__ import annotations

import json

import pytest

from stream.feeds.replay import ReplayError, load_mapping, read_events
from tests.unit.feeds.mapped_log import MappedLog

RULES = """
[[rule]]
when = { "tags.3" = "spam" }
event = "helpdesk.ticket.deleted.v1"
[[rule]]
event = "helpdesk.ticket.opened.v1"
data = { channel = "{via.chanel}" }
"""


def line(**more: object) -> str:
    return json.dumps({"id": 1, "time": "2024-03-02", "tags": ["a", "b"], "via": {"channel": "web"}, **more}) + "\n"


def test_what_no_record_of_a_json_log_happens_to_have_is_empty_and_named(mapped: MappedLog) -> None:
    events = mapped.replay(line(), RULES, kind="jsonl")

    assert [event["data"] for event in events] == [{}]
    told = "\n".join(mapped.report.lines())
    assert "never there: 'tags.3', which the mapping names in rule 1.when.tags.3; the closest are tags." in told
    assert "never there: 'via.chanel', which the mapping names in rule 2.data.channel; the closest are via.ch" in told


def test_columns_of_a_json_log_that_match_nothing_are_named(mapped: MappedLog) -> None:
    rules = RULES + '[[rule]]\nfor_each = { matches = "^custom" }\nevent = "helpdesk.ticket.resolved.v1"\n'
    mapped.replay(line(), rules, kind="jsonl")

    assert mapped.report.absent_columns[-1].line() == (
        "never there: a column that is matched, which the mapping names in rule 3.for_each.matches"
    )


@pytest.mark.parametrize("column", ["id", "time"])
def test_a_json_log_without_subject_or_time_is_refused(mapped: MappedLog, column: str) -> None:
    log = line().replace(f'"{column}"', '"other"')
    with pytest.raises(ReplayError, match=f"there is no column '{column}'"):
        mapped.replay(log, RULES, kind="jsonl")


def test_a_json_log_that_has_nothing_of_what_a_mapping_reads_is_refused(mapped: MappedLog) -> None:
    path = mapped.folder / "mapping.toml"
    mapped.mapping(RULES, kind="jsonl")
    path.write_text(path.read_text().replace("{id}", "{@position}").replace("{time}", "2024-03-02"))
    (mapped.folder / "log").write_text('{"x": 1}\n')
    with pytest.raises(ReplayError, match=r"there is no column 'tags\.3'"):
        read_events(mapped.folder / "log", load_mapping(path))


def test_of_many_columns_only_the_closest_are_named(mapped: MappedLog) -> None:
    columns = ["id", "time", "Status", "statuses", *(f"custom_field_{number}" for number in range(300))]
    rules = '[[rule]]\nwhen = { status = "x" }\nevent = "helpdesk.ticket.resolved.v1"\n'
    with pytest.raises(ReplayError, match=r"the closest of its 304 columns are Status, statuses") as refused:
        mapped.replay(",".join(columns) + "\n", rules)
    assert len(str(refused.value)) < 400
    with pytest.raises(ReplayError, match=r"the first of its 304 columns are id, time, Status"):
        mapped.replay(",".join(columns) + "\n", rules.replace("status =", "zzzzzzz ="))


def test_a_warning_about_columns_is_no_reason_to_fail_a_strict_replay(mapped: MappedLog) -> None:
    mapped.replay(line(), RULES, kind="jsonl")
    assert mapped.report.absent_columns
    assert mapped.report.is_complete
