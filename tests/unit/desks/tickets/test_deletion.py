from __future__ import annotations

from stream.desks.tickets.set_aside import SetAside
from tests.kinds.tickets import ticket
from tests.kinds.worker import Worker
from tests.moments import HOUR
from tests.published import published_in

STORY = (
    ticket("opened", 0, channel="email"),
    ticket("replied", HOUR, actor="agent"),
    ticket("resolved", 2 * HOUR),
    ticket("reopened", 3 * HOUR),
)
DELETED = ticket("deleted", 4 * HOUR, reason="spam")


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
