"""What the outbox keeps of SLA events: announcements, and in an earlier version the events themselves."""

from __future__ import annotations

from typing import Any, Final

import msgspec
import pytest

from schemas.events import SLA_TOPIC, SlaBreached
from stream.desks.surveys.desk import SurveyDesk
from stream.desks.tickets.desk import TicketDesk
from stream.desks.tickets.sla.gauges import BREACHES, TRANSITIONS
from stream.state.outbox import Outgoing, decode_outbox, encode_outbox
from stream.state.partition import PartitionState
from stream.state.rows import OUTBOX, Row
from stream.windows.moments import HOUR, from_microseconds
from tests.kinds.tickets import ticket
from tests.kinds.worker import SOURCE, Worker
from tests.moments import microseconds
from tests.published import published_in

DUE: Final = microseconds(3_600)
ATTRIBUTES: Final = ["email", "high", None, "billing", "gold"]


def transition(kind: str, time: int, *, due: int | None = None, breached: bool = False) -> list[Any]:
    """A transition of the first reply's clock as it was written."""
    return [time, kind, 0, 1, "gold", HOUR, HOUR // 2, due, breached, None]


ANNOUNCEMENTS: Final = [
    ["T-1", transition("activate", DUE - HOUR, due=DUE), ATTRIBUTES, False],
    ["T-1", transition("breach", DUE, breached=True), ATTRIBUTES, False],
    ["T-2", transition("breach", DUE, breached=True), [None] * 5, True],
]


def outbox(offset: int, advanced_to: int) -> bytes:
    """The outbox of an append with this source offset and time advanced to."""
    return msgspec.msgpack.encode([offset, advanced_to, ANNOUNCEMENTS])


def events_of(worker: Worker, value: bytes) -> list[Outgoing]:
    """What the desk of tickets makes of an outbox."""
    return worker.desk(TicketDesk).kept_outgoing(decode_outbox(value).records)


def restored(worker: Worker, outbox: bytes) -> PartitionState:
    """A partition that is restored from an append with such an outbox."""
    outcome = worker.take(ticket("opened", 0))
    rows = [row for row in outcome.rows if row.key != OUTBOX]
    state = worker.new_state("tickets")
    state.load([*rows[:-1], Row(OUTBOX, outbox), rows[-1]])
    state.loaded()
    return state


def test_its_announcements_come_out_as_the_records_of_their_events() -> None:
    worker = Worker()
    records = events_of(worker, outbox(7, 9))

    assert [(record.topic, record.key) for record in records] == [
        (SLA_TOPIC, b"T-1"),
        (SLA_TOPIC, b"T-1"),
        (SLA_TOPIC, b"T-2"),
    ]
    activated, breached, retracted = published_in(records)
    assert [(one.id, one.time, one.retracts) for one in (activated, breached, retracted)] == [
        (f"T-1/first_reply/1/activate/{DUE - HOUR}", DUE - HOUR, None),
        (f"T-1/first_reply/1/breach/{DUE}", DUE, None),
        (f"T-2/first_reply/1/breach/{DUE}/retracted", DUE, f"T-2/first_reply/1/breach/{DUE}"),
    ]
    event = breached.event
    assert isinstance(event, SlaBreached)
    assert event.source == SOURCE
    assert event.time == from_microseconds(DUE)
    data = event.data
    assert (data.policy, data.target_seconds, data.elapsed_seconds, data.breached) == ("gold", 3_600, 1_800, True)
    assert [data.channel, data.priority, data.category, data.team, data.customer_tier] == ATTRIBUTES


def test_they_are_published_after_a_restart_and_were_counted_before() -> None:
    opened = Worker()
    opened.take(ticket("opened", 0))
    counted_by_the_opening = dict(opened.counted())[TRANSITIONS]
    worker = Worker()
    state = restored(worker, outbox(0, 0))

    assert state.unsent == events_of(worker, outbox(0, 0))
    assert len(state.unsent) == len(ANNOUNCEMENTS)
    assert state.pending == state.unsent
    counted = dict(worker.counted())
    assert counted[BREACHES] == {}
    assert counted[TRANSITIONS] == counted_by_the_opening


@pytest.mark.parametrize("offset, advanced_to", [(1, 0), (0, 1)])
def test_that_of_an_append_which_is_not_the_last_one_was_published(offset: int, advanced_to: int) -> None:
    assert restored(Worker(), outbox(offset, advanced_to)).unsent == []


def test_what_is_kept_of_new_events_is_a_fraction_of_them_and_makes_the_same_events() -> None:
    worker = Worker()
    outgoing = events_of(worker, outbox(7, 9))
    value = encode_outbox(7, 9, outgoing)

    assert len(value) * 3 < sum(len(record.value) for record in outgoing)
    assert events_of(worker, value) == outgoing


def test_an_outbox_that_kept_the_events_themselves_is_read_and_kept_as_it_is() -> None:
    worker = Worker()
    kept = events_of(worker, outbox(7, 9))
    events = [record._replace(kept=None) for record in kept]
    state = restored(worker, encode_outbox(0, 0, events))

    assert state.unsent == events
    assert events_of(worker, encode_outbox(7, 9, [*events, *kept])) == [*events, *kept]


def test_a_kind_without_a_form_of_its_own_keeps_the_records() -> None:
    records = [Outgoing("helpdesk.other", b"1", b"{}")]

    assert Worker().desk(SurveyDesk).kept_outgoing(decode_outbox(encode_outbox(7, 9, records)).records) == records
