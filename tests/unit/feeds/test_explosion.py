"""A record of JSON with lists in it becomes a row for each of their elements."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from stream.feeds.replay import ReplayError
from stream.feeds.replay.explosion import explode
from stream.feeds.replay.rows import LogRow
from tests.unit.feeds.mapped_log import MappedLog, short

REPLIES = """
[[rule]]
first_of_subject = true
event = "helpdesk.ticket.opened.v1"
[[rule]]
time = "{comments.at}"
event = "helpdesk.ticket.replied.v1"
data = { actor = { column = "comments.by", map = { client = "customer" }, default = "agent" } }
[[rule]]
skip = "nothing more to say"
"""
TICKETS: list[dict[str, object]] = [
    {
        "id": "a",
        "time": "2020-01-01",
        "comments": [{"at": "2020-01-02", "by": "staff"}, {"at": "2020-01-03", "by": "client"}],
    },
    {"id": "b", "time": "2020-01-01", "comments": []},
    {"id": "c", "time": "2020-01-01"},
]


def lines(records: list[dict[str, object]]) -> str:
    return "".join(f"{json.dumps(record)}\n" for record in records)


def rows(*records: dict[str, object]) -> Iterator[LogRow]:
    for position, record in enumerate(records, 1):
        yield LogRow(position, {}, record=record)


def test_a_nested_list_makes_a_row_for_each_element_and_one_where_it_is_empty(mapped: MappedLog) -> None:
    events = mapped.replay(lines(TICKETS), REPLIES, kind="jsonl", top='explode = "comments"')
    assert short(events) == [("a", "opened"), ("a", "replied"), ("a", "replied"), ("b", "opened"), ("c", "opened")]
    assert [event["data"].get("actor") for event in events[1:3]] == ["agent", "customer"]
    assert mapped.report.rows == 4
    assert mapped.report.is_complete


def test_the_rows_of_a_record_have_ids_and_sequences_of_their_own(mapped: MappedLog) -> None:
    events = mapped.replay(lines(TICKETS), REPLIES, kind="jsonl", top='explode = "comments"')
    assert [event["sequence"] for event in events[:3]] == [f"{1:012}.{part:09}" for part in (1, 1, 2)]
    assert len({event["id"] for event in events}) == len(events)
    assert mapped.replay(lines(TICKETS), REPLIES, kind="jsonl", top='explode = "comments"') == events
    reverse = mapped.replay(
        lines(TICKETS), REPLIES, kind="jsonl", top='explode = "comments"\nequal_times = "file_reversed"'
    )
    sequences = [event["sequence"] for event in reverse]
    assert sequences == sorted(sequences, reverse=True)


def test_the_position_of_an_exploded_row_names_its_element(mapped: MappedLog) -> None:
    rules = REPLIES.replace("time =", 'subject = "{@position}"\ntime =')
    events = mapped.replay(lines(TICKETS), rules, kind="jsonl", top='explode = "comments"')
    assert [event["subject"] for event in events if "replied" in event["type"]] == ["1.1", "1.2"]


def test_lists_within_lists_are_exploded_too() -> None:
    record: dict[str, object] = {
        "desk": {"name": "x", "tickets": [{"id": 1, "notes": ["p", "q"]}, {"id": 2, "notes": []}, {"id": 3}]},
    }
    made = explode(rows(record), ("desk.tickets", "desk.tickets.notes"))
    assert [(row.position, row.part, row.fields) for row in made] == [
        (1, 1, {"desk.name": "x", "desk.tickets.id": "1", "desk.tickets.notes": "p"}),
        (1, 2, {"desk.name": "x", "desk.tickets.id": "1", "desk.tickets.notes": "q"}),
        (1, 3, {"desk.name": "x", "desk.tickets.id": "2"}),
        (1, 4, {"desk.name": "x", "desk.tickets.id": "3"}),
    ]


def test_of_lists_side_by_side_each_row_has_an_element_of_one() -> None:
    record: dict[str, object] = {
        "id": 1,
        "audits": [{"at": 2, "events": [{"to": "open"}, {"to": "solved"}], "notes": ["n"]}, {"at": 3}],
        "comments": [{"by": "ann"}],
        "tags": [],
    }
    made = list(explode(rows(record), ("comments", "audits", "audits.events", "audits.notes", "tags")))
    assert [row.part for row in made] == [1, 2, 3, 4, 5]
    assert [row.fields for row in made] == [
        {"id": "1", "comments.by": "ann"},
        {"id": "1", "audits.at": "2", "audits.events.to": "open"},
        {"id": "1", "audits.at": "2", "audits.events.to": "solved"},
        {"id": "1", "audits.at": "2", "audits.notes": "n"},
        {"id": "1", "audits.at": "3"},
    ]


def test_a_record_all_of_whose_lists_are_empty_is_one_row() -> None:
    made = explode(rows({"id": 1, "a": [], "b": None}), ("a", "b"))
    assert [row.fields for row in made] == [{"id": "1"}]


@pytest.mark.parametrize(
    "record, problem",
    [
        ({"a": {"b": 5}}, "explode: 'a.b' is not a list"),
        ({"a": {"b": {}}}, "explode: 'a.b' is not a list"),
        ({"a": []}, "explode: 'a.b' is not to be found: 'a' is a list, which explode must name before it"),
        ({"a": 5}, "explode: 'a.b' is not to be found: 'a' is no object"),
    ],
)
def test_what_is_no_list_is_a_problem_of_its_row(record: dict[str, object], problem: str) -> None:
    assert list(explode(rows(record), ("a.b",))) == [LogRow(1, {}, problem)]


def test_a_row_that_cannot_be_read_stays_as_it_is() -> None:
    row = LogRow(3, {}, "not JSON")
    assert list(explode(iter([row]), ("a",))) == [row]


@pytest.mark.parametrize(
    "top, kind, message",
    [
        ('explode = "a"', "csv", r"explode: is for JSON, not csv; a list in a cell is exploded by explode in a"),
        ('explode = { column = "a" }', "jsonl", r"explode: names a list of a JSON log; a list in a cell"),
        ('explode = "a..b"', "jsonl", r"explode: 'a\.\.b' must be the path of a list, such as ticket\.comments"),
        ('explode = ["a.b", "a"]', "jsonl", r"explode: 'a' must come before 'a\.b', which lies within it"),
        ('explode = ["a", "b", "a"]', "jsonl", r"explode: 'a' is there twice"),
    ],
)
def test_what_is_wrong_with_a_path_is_named(mapped: MappedLog, top: str, kind: str, message: str) -> None:
    with pytest.raises(ReplayError, match=message):
        mapped.mapping(REPLIES, top=top, kind=kind)


def test_one_document_of_json_is_exploded_like_lines_of_it(mapped: MappedLog) -> None:
    from_lines = mapped.replay(lines(TICKETS), REPLIES, kind="jsonl", top='explode = "comments"')
    from_document = mapped.replay(json.dumps(TICKETS), REPLIES, kind="json", top='explode = "comments"')
    assert from_document == from_lines
