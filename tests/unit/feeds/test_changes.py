"""Of a log that repeats the whole state of a ticket, only what changed becomes events."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stream.feeds.replay import ReplayError
from stream.feeds.replay.changes import Changes, Watched
from tests.unit.feeds.mapped_log import MappedLog

STATUS = """
[[rule]]
when_changed = "status"
event = "helpdesk.ticket.status_changed.v1"
data = { status = "{status}" }
"""
UPDATED = """
[[rule]]
changed_only = true
event = "helpdesk.ticket.updated.v1"
[rule.data]
channel = "web"
team = "{team}"
assignee = { column = "who", clear_if_empty = true }
priority = "{p}"
"""
EPOCH = datetime(2020, 1, 1, tzinfo=UTC)


def statuses(mapped: MappedLog, rows: list[str], top: str = "") -> list[tuple[str, str, str]]:
    events = mapped.replay("id,time,status\n" + "\n".join(rows), STATUS, top=top)
    return sorted((event["subject"], event["time"][8:10], event["data"]["status"]) for event in events)


def test_a_rule_is_for_the_rows_that_changed_something(mapped: MappedLog) -> None:
    rows = ["a,2020-01-01,new", "b,2020-01-01,open", "a,2020-01-02,new", "a,2020-01-03,open", "b,2020-01-03,open"]
    assert statuses(mapped, rows) == [("a", "01", "new"), ("a", "03", "open"), ("b", "01", "open")]
    assert mapped.report.skipped == {"same status as the row before": 2}
    assert mapped.report.is_complete


def test_the_row_before_is_that_before_in_time(mapped: MappedLog) -> None:
    rows = ["a,2020-01-03,open", "a,2020-01-01,new", "a,2020-01-02,new", "a,2020-01-04,new"]
    assert statuses(mapped, rows) == [("a", "01", "new"), ("a", "03", "open"), ("a", "04", "new")]


def test_rows_of_the_same_time_are_in_the_order_of_equal_times(mapped: MappedLog) -> None:
    rows = ["a,2020-01-01,new", "a,2020-01-01,open", "a,2020-01-02,open"]
    assert statuses(mapped, rows) == [("a", "01", "new"), ("a", "01", "open")]
    reverse = 'equal_times = "file_reversed"'
    assert statuses(mapped, rows, reverse) == [("a", "01", "new"), ("a", "01", "open"), ("a", "02", "open")]


def test_nothing_changes_from_null_to_null(mapped: MappedLog) -> None:
    rows = ["a,2020-01-01,?", "a,2020-01-02,", "a,2020-01-03, ", "a,2020-01-04,new", "a,2020-01-05, new "]
    assert statuses(mapped, rows, 'null = "?"') == [("a", "04", "new")]


def test_a_row_without_a_subject_or_time_is_not_the_row_before(mapped: MappedLog) -> None:
    rows = ["a,2020-01-01,new", "a,never,open", "a,1950-01-01,open", "a,2020-01-02,new", "a,2020-01-03"]
    assert statuses(mapped, rows) == [("a", "01", "new")]
    assert mapped.report.rejected == 3
    assert mapped.report.skipped.total() == 1


def test_a_row_without_its_sequence_is_rejected_and_not_unchanged(mapped: MappedLog) -> None:
    log = "id,time,status,n\na,2020-01-01,new,1\na,2020-01-02,open,\n"
    assert len(mapped.replay(log, STATUS, top='sequence = "{n}"')) == 1
    assert mapped.rejected() == ["sequence: the column 'n' is empty"]


def test_an_update_has_the_fields_whose_columns_changed(mapped: MappedLog) -> None:
    rows = ["a,2020-01-01,x,,1", "a,2020-01-02,x,,1", "a,2020-01-03,x,bob,2", "a,2020-01-04,,,2"]
    events = mapped.replay("id,time,team,who,p\n" + "\n".join(rows), UPDATED)
    assert [event["data"] for event in events] == [
        {"channel": "web", "team": "x", "priority": "1"},
        {"channel": "web", "assignee": "bob", "priority": "2"},
        {"channel": "web", "assignee": None},
    ]
    assert mapped.report.skipped == {"nothing changed for rule 1": 1}


def test_an_update_that_would_say_nothing_is_none(mapped: MappedLog) -> None:
    rules = UPDATED.replace('channel = "web"\n', "")
    events = mapped.replay("id,time,team,who,p\na,2020-01-01,x,,\na,2020-01-02,,,\n", rules)
    assert [event["data"] for event in events] == [{"team": "x"}]


def test_only_an_update_can_leave_out_what_did_not_change(mapped: MappedLog) -> None:
    with pytest.raises(
        ReplayError, match=r"rule 1\.changed_only: is for helpdesk\.ticket\.updated\.v1, .* when_changed"
    ):
        mapped.mapping(STATUS.replace("when_changed", "changed_only = true\nwhen_changed"))
    with pytest.raises(ReplayError, match=r"rule 1\.when_changed: looks at columns of the log, not at @column"):
        mapped.mapping(STATUS.replace('"status"\n', '"@value"\nfor_each = ["status"]\n'))


IGNORING = STATUS.replace("event", 'when_changed_ignore = ["-100", "?"]\nevent', 1)


def test_a_value_that_counts_as_none_makes_no_change_there_and_back(mapped: MappedLog) -> None:
    states = ["-100", "new", "-100", "new", "?", " -100 ", "open", "-100"]
    rows = [f"a,2020-01-0{day},{state}" for day, state in enumerate(states, 1)]
    events = mapped.replay("id,time,status\n" + "\n".join(rows), IGNORING)
    assert [(event["time"][8:10], event["data"]["status"]) for event in events] == [("02", "new"), ("07", "open")]
    assert mapped.report.skipped == {
        "status in when_changed_ignore of rule 1": 5,
        "same status as the row before": 1,
    }


def test_each_rule_has_values_of_its_own_that_count_as_none(mapped: MappedLog) -> None:
    rows = ["a,2020-01-01,new", "a,2020-01-02,?", "a,2020-01-03,new"]
    rules = IGNORING + STATUS.replace('"{status}" }', '"open" }')
    events = mapped.replay("id,time,status\n" + "\n".join(rows), rules)
    assert [(event["time"][8:10], event["data"]["status"]) for event in events] == [
        ("01", "new"),
        ("01", "open"),
        ("02", "open"),
        ("03", "open"),
    ]


def test_values_to_ignore_need_columns_that_may_have_them(mapped: MappedLog) -> None:
    with pytest.raises(ReplayError, match=r"rule 1\.when_changed_ignore: is for a rule with when_changed"):
        mapped.mapping(UPDATED.replace("changed_only = true", 'when_changed_ignore = "x"'))


def test_an_explicit_skip_is_the_reason_of_its_rows_and_not_what_a_rule_before_it_found(mapped: MappedLog) -> None:
    rules = UPDATED.replace('channel = "web"\n', "") + '[[rule]]\nwhen = { p = "" }\nskip = "no priority"\n'
    mapped.replay("id,time,team,who,p\na,2020-01-01,x,,\na,2020-01-02,x,,\na,2020-01-03,x,,\n", rules)
    assert mapped.report.skipped == {"no priority": 2}


@settings(deadline=None)
@given(
    rows=st.lists(
        st.tuples(st.sampled_from("ab"), st.integers(0, 5), st.lists(st.sampled_from("xyz"), min_size=9, max_size=9)),
        max_size=30,
    ),
)
def test_changes_are_those_of_the_rows_in_order(rows: list[tuple[str, int, list[str]]]) -> None:
    columns = tuple("cdefghijk")
    ordinals = list(range(len(rows)))
    order = sorted(ordinals, key=lambda ordinal: (rows[ordinal][1], ordinal))
    before: dict[str, list[str]] = {}
    expected = {}
    for ordinal in order:
        subject, _, values = rows[ordinal]
        was = before.get(subject, [""] * 9)
        expected[ordinal] = {column for column, old, new in zip(columns, was, values, strict=True) if old != new}
        before[subject] = values

    changes = Changes(tuple(map(Watched, columns)))
    for ordinal in ordinals:
        subject, seconds, values = rows[ordinal]
        fields = dict(zip(columns, values, strict=True))
        changes.note(fields, ordinal, subject, EPOCH + timedelta(seconds=seconds), ordinal)
    changes.find()
    found = {ordinal: {watched.column for watched in changes.of_row(ordinal, "", {})} for ordinal in range(len(rows))}
    assert found == expected
    assert changes.of_row(len(rows), "", {}) == set()
