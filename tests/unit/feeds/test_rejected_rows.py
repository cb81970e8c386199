"""A row that is rejected takes nothing with it: the next one of its subject says what it would have said."""

from __future__ import annotations

from itertools import permutations

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


@pytest.mark.parametrize("order", [(0, 1, 2, 3), (3, 2, 1, 0), (3, 0, 2, 1)])
@pytest.mark.parametrize("bad", [{0}, {0, 1}, {0, 1, 2}])
def test_the_oldest_and_the_newest_row_may_come_first_the_earliest_that_fits_opens_the_ticket(
    mapped: MappedLog, order: tuple[int, ...], bad: set[int]
) -> None:
    rows = [f"a,2020-01-0{day + 1},{'alien' if day in bad else 'agent'},open" for day in order]
    events = mapped.replay("id,time,who,status\n" + "\n".join(rows), OPENED_AND_CLOSED)
    opened = [event["time"][9:10] for event in events if event["type"].endswith("opened.v1")]
    assert len(opened) == 1
    assert min(event["time"][9:10] for event in events) == opened[0]
    assert mapped.report.rejected == len(bad)


@pytest.mark.parametrize("order", list(permutations(range(4))))
@pytest.mark.parametrize("bad", [{0}, {0, 1}, {1, 2}, {0, 1, 2}])
def test_a_ticket_is_opened_once_whatever_rows_are_rejected(
    mapped: MappedLog, order: tuple[int, ...], bad: set[int]
) -> None:
    rows = [f"a,2020-01-0{day + 1},{'alien' if day in bad else 'agent'},open" for day in order]
    events = mapped.replay("id,time,who,status\n" + "\n".join(rows), OPENED_AND_CLOSED)
    assert short(events).count(("a", "opened")) == 1


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
