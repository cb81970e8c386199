"""A row that is rejected takes nothing with it: the next one of its subject says what it would have said."""

from __future__ import annotations

import pytest

from tests.unit.feeds.mapped_log import MappedLog, short

OPENED_AND_CLOSED = """
[[rule]]
first_of_subject = true
event = "helpdesk.ticket.opened.v1"
data = { actor = "{who}" }
[[rule]]
first_of_subject = false
event = "helpdesk.ticket.status_changed.v1"
data = { status = "{status}" }
"""
CHANGED = """
[[rule]]
when_changed = "status"
when_changed_ignore = "?"
event = "helpdesk.ticket.status_changed.v1"
data = { status = "{status}" }
[[rule]]
event = "helpdesk.ticket.replied.v1"
data = { actor = "{who}" }
"""


@pytest.mark.parametrize("first_by", ["time", "file"])
def test_a_first_row_that_is_rejected_leaves_its_place_to_the_next_of_its_ticket(
    mapped: MappedLog, first_by: str
) -> None:
    rows = ["a,2020-01-01,alien,new", "b,2020-01-01,agent,new", "a,2020-01-02,agent,open", "a,2020-01-03,agent,closed"]
    events = mapped.replay("id,time,who,status\n" + "\n".join(rows), OPENED_AND_CLOSED, top=f'first_by = "{first_by}"')
    assert short(events) == [("b", "opened"), ("a", "opened"), ("a", "status_changed")]
    assert mapped.report.rejected == 1


def test_several_first_rows_can_be_rejected(mapped: MappedLog) -> None:
    rows = ["a,2020-01-01,alien,new", "a,2020-01-02,alien,new", "a,2020-01-03,agent,open", "a,2020-01-04,agent,closed"]
    events = mapped.replay("id,time,who,status\n" + "\n".join(rows), OPENED_AND_CLOSED)
    assert short(events) == [("a", "opened"), ("a", "status_changed")]


def _statuses(mapped: MappedLog, *rows: str) -> list[tuple[str, str]]:
    events = mapped.replay("id,time,who,status\n" + "\n".join(rows), CHANGED)
    return [(event["subject"], event["data"]["status"]) for event in events if "status" in event["data"]]


def test_what_a_rejected_row_changed_is_changed_by_the_next_of_its_ticket(mapped: MappedLog) -> None:
    assert _statuses(
        mapped,
        "a,2020-01-01,agent,open",
        "b,2020-01-01,agent,open",
        "a,2020-01-02,alien,closed",
        "b,2020-01-03,agent,open",
        "a,2020-01-03,agent,closed",
        "a,2020-01-04,agent,closed",
    ) == [("a", "open"), ("b", "open"), ("a", "closed")]


def test_a_value_to_ignore_does_not_stand_for_the_change_of_a_rejected_row(mapped: MappedLog) -> None:
    assert _statuses(
        mapped,
        "a,2020-01-01,agent,open",
        "a,2020-01-02,alien,closed",
        "a,2020-01-03,agent,?",
        "a,2020-01-04,agent,closed",
    ) == [("a", "open"), ("a", "closed")]
