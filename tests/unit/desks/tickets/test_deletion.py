from __future__ import annotations

from itertools import permutations

import pytest

from stream.desks.tickets.set_aside import SetAside
from tests.published import published_in
from tests.unit.desks.tickets.ticket_log import DAY, HOUR, Worker, settled, ticket
from tests.unit.state.agreed import agreed

STORY = (
    ticket("opened", 0, channel="email"),
    ticket("replied", HOUR, actor="agent"),
    ticket("resolved", 2 * HOUR),
    ticket("reopened", 3 * HOUR),
)
DELETED = ticket("deleted", 4 * HOUR, reason="spam")


def test_a_deleted_ticket_counts_nowhere() -> None:
    worker = agreed(*STORY, DELETED)

    assert not worker.window()["parts"]
    assert worker.state()["open_tickets"] == 0
    assert worker.state()["tickets_without_opening"] == 0


@pytest.mark.parametrize("restored_at", [4 * HOUR, 30 * DAY])
def test_a_restored_ticket_counts_as_if_it_had_never_been_deleted(restored_at: float) -> None:
    worker = agreed(*STORY, DELETED, ticket("restored", restored_at))
    untouched = settled(*STORY)

    assert worker.window()["parts"] == untouched.window()["parts"]
    assert worker.state()["open_tickets"] == 1


def test_the_last_of_deletions_and_restorations_counts_in_whatever_order_they_come() -> None:
    events = [*STORY[:1], DELETED, ticket("restored", 5 * HOUR), ticket("deleted", 6 * HOUR)]
    for order in permutations(events):
        assert settled(*order).count("tickets_opened") == 0
        assert settled(*order, ticket("restored", 7 * HOUR)).count("tickets_opened") == 1


def test_a_merged_ticket_is_not_brought_back_by_a_restoration() -> None:
    worker = agreed(*STORY, ticket("merged", HOUR, into="T-2"), ticket("restored", 5 * HOUR))

    assert worker.count("tickets_opened") == 0


def test_a_deletion_without_opening_is_no_ticket_without_opening() -> None:
    worker = agreed(ticket("replied", 0, actor="agent"), DELETED)
    assert worker.state()["tickets_without_opening"] == 0

    worker = agreed(ticket("replied", 0, actor="agent"), DELETED, ticket("restored", 5 * HOUR))
    assert worker.state()["tickets_without_opening"] == 1


def test_what_happens_to_a_deleted_ticket_is_set_aside_and_counted() -> None:
    worker = Worker()
    worker.take(*STORY, DELETED)

    assert worker.take(ticket("replied", 5 * HOUR, actor="agent")).set_aside == {SetAside.VOID: 1}
    assert worker.take(ticket("restored", 6 * HOUR)).set_aside == {}
    assert worker.count("tickets_opened") == 1


def test_clocks_are_cancelled_by_a_deletion_and_taken_up_again_by_the_restoration() -> None:
    worker = Worker()
    worker.take(ticket("opened", 0, channel="email"))
    worker.tickets.advance(caught_up=True)

    deleted = published_in(worker.take(ticket("deleted", HOUR)).outgoing)
    assert {(one.kind, one.reason, one.retracts) for one in deleted} == {("cancel", "deleted", None)}

    restored = published_in(worker.take(ticket("restored", 2 * HOUR)).outgoing)
    assert {(one.kind, one.retracts) for one in restored} == {("cancel", one.id) for one in deleted}

    replied = published_in(worker.take(ticket("replied", 3 * HOUR, actor="agent")).outgoing)
    assert [(one.kind, one.retracts) for one in replied] == [("fulfil", None)]
