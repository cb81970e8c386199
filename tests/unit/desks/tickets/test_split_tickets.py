from __future__ import annotations

import logging

import pytest

from stream.desks.tickets.desk import TicketDesk
from stream.desks.tickets.gauges import SPLIT_TICKETS
from stream.desks.tickets.split_tickets import Split, SplitTickets
from stream.desks.tickets.unopened import UnopenedTickets
from tests.kinds.tickets import desk_of, ticket
from tests.kinds.worker import Worker
from tests.moments import DAY

OPENED, REPLIED = ticket("opened", 0), ticket("replied", 60, actor="agent")


class Pair:
    """Two partitions of one worker."""

    def __init__(self) -> None:
        self.worker = Worker()
        self.states = (self.worker.tickets, self.worker.new_state("tickets"))
        self.split = SplitTickets()

    def take(self, partition: int, *values: bytes) -> None:
        self.worker.take_into(self.states[partition], values)

    def look(self) -> Split | None:
        return self.split.look(self.desks)

    @property
    def desks(self) -> dict[int, TicketDesk]:
        return dict(enumerate(map(desk_of, self.states)))


def test_a_ticket_whose_events_came_under_two_keys_is_found_once() -> None:
    pair = Pair()
    pair.take(0, OPENED)
    pair.take(1, REPLIED)

    assert pair.look() == Split("T-1", 1, 0)
    assert pair.look() is None
    assert len(pair.split) == 1


def test_one_example_is_told_however_many_there_are(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    pair = Pair()
    group = pair.worker.core.desks["tickets"].group
    for subject in ("T-1", "T-2"):
        pair.take(0, ticket("opened", 0, subject))
        pair.take(1, ticket("replied", 60, subject, actor="agent"))
        group.look_around(pair.desks)

    (told,) = caplog.messages
    assert told.startswith("Events of ticket 'T-1' came to partitions 1 and 0 of helpdesk.tickets, ")
    assert dict(group.counted())[SPLIT_TICKETS] == {(): 2}


def test_without_any_opening_it_counts_as_one_ticket() -> None:
    pair = Pair()
    pair.take(0, REPLIED)
    pair.take(1, ticket("replied", 120, actor="agent"))

    assert pair.look() is not None
    assert len(pair.split) == 1


def test_a_ticket_that_only_waits_for_its_opening_is_none() -> None:
    pair = Pair()
    pair.take(0, REPLIED)
    pair.take(1, ticket("opened", 0, "T-2"))

    assert pair.look() is None
    assert not len(pair.split)


def test_a_ticket_whose_opening_comes_after_all_is_forgotten() -> None:
    pair = Pair()
    pair.take(0, OPENED)
    pair.take(1, REPLIED)
    pair.look()
    pair.take(1, ticket("opened", 1))
    pair.look()

    assert not len(pair.split)


def test_a_ticket_of_a_partition_that_went_away_is_forgotten() -> None:
    pair = Pair()
    pair.take(0, OPENED)
    pair.take(1, REPLIED)
    pair.look()
    assert pair.split.look({0: pair.desks[0]}) is None

    assert not len(pair.split)


def test_what_lacks_its_opening_is_known_after_a_restart_and_until_it_leaves() -> None:
    worker = Worker(events_between=1)
    outcome = worker.take(REPLIED, ticket("replied", 60, "T-2", actor="agent"))
    restored = worker.new_state("tickets")
    restored.load(outcome.rows)
    restored.loaded()
    assert sorted(desk_of(restored).unopened.next_names(10)) == ["T-1", "T-2"]

    worker.take_into(restored, [ticket("opened", 500 * DAY, "T-3"), ticket("opened", 500 * DAY, "T-4")])
    worker.take_into(restored, [ticket("replied", 501 * DAY, "T-3", actor="agent")])
    assert desk_of(restored).unopened.count == 0
    assert not desk_of(restored).unopened.next_names(10)


def test_all_names_come_in_turn_and_no_more_are_kept_than_may_be() -> None:
    unopened = UnopenedTickets(most=3)
    for name in "abcd":
        unopened.add(name)

    assert (unopened.count, [list(unopened.next_names(2)) for _ in range(3)]) == (
        4,
        [["a", "b"], ["c", "a"], ["b", "c"]],
    )
    unopened.remove("d")
    assert unopened.count == 3
