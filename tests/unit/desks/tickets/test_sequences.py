from __future__ import annotations

import pytest

from schemas.events import TicketEvent
from stream.state.decoding import EventDecoder
from stream.state.rejection import RejectedRecordError
from tests.kinds.tickets import ticket
from tests.kinds.worker import Worker, records_of
from tests.moments import DAY, HOUR, record


def at(sequence: str, kind: str, when: float, subject: str = "T-1", **data: object) -> bytes:
    """An event of a ticket that has a sequence."""
    return record(f"helpdesk.ticket.{kind}.v1", when, subject, data, sequence=sequence)


@pytest.mark.parametrize("hot", [1, 10_000])
def test_a_ticket_in_its_row_keeps_its_sequences(hot: int) -> None:
    worker = Worker(hot=hot)
    worker.take(at("1", "opened", 0), at("2", "resolved", HOUR), at("4", "status_changed", HOUR, status="pending"))
    for number in range(4):
        worker.take(ticket("opened", DAY, f"other-{number}"))
    worker.take(at("3", "status_changed", HOUR, status="open"))

    assert worker.count("tickets_reopened") == 1
    assert worker.state()["open_tickets"] == 5


@pytest.mark.parametrize("sequence", ["", "x" * 257, 7])
def test_a_sequence_is_a_text_of_some_length(sequence: object) -> None:
    value = record("helpdesk.ticket.opened.v1", 0, "T-1", {}, sequence=sequence)

    with pytest.raises(RejectedRecordError, match="sequence"):
        EventDecoder(TicketEvent).decode(value)


def test_the_estimate_of_a_row_covers_long_sequences() -> None:
    worker = Worker()
    state = worker.tickets
    values = [at(f"{number:03}" + "\U0001f4de" * 200, "replied", number, actor="agent") for number in range(50)]
    records = records_of(values)
    outcome = state.take_in(records, wall_now=worker.wall_now, row_bytes=20_000)

    row = next(row for row in outcome.rows if row.key == b"eT-1")
    assert outcome.consumed < len(records)
    assert len(row.value or b"") <= 25_000
