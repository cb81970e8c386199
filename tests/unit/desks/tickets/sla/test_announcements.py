from __future__ import annotations

import msgspec
import pytest

from schemas.events import SLA_TOPIC, SlaEvent
from stream.desks.tickets.attributes import Attributes
from stream.desks.tickets.sla.announcements import (
    Announcement,
    event_of,
    records_of,
)
from stream.desks.tickets.sla.policy import METRICS
from stream.desks.tickets.sla.transitions import CancelReason, Transition, TransitionKind

ATTRIBUTES = [Attributes(), Attributes("e-mail", 'hö"ch\nst', "x", "billing <EU>", "gold")]
KINDS: list[tuple[TransitionKind, CancelReason | None]] = [
    (kind, None) for kind in TransitionKind if kind is not TransitionKind.CANCEL
]
KINDS += [(TransitionKind.CANCEL, reason) for reason in CancelReason]


@pytest.mark.parametrize("attributes", ATTRIBUTES)
@pytest.mark.parametrize("kind, reason", KINDS)
@pytest.mark.parametrize("ticket", ["48213", 'a "quoted"\\ ticket\n', "Ticket-ß"])
def test_a_record_says_what_the_event_says(
    attributes: Attributes, kind: TransitionKind, reason: CancelReason | None, ticket: str
) -> None:
    for number, metric in enumerate(METRICS, 1):
        due = None if number % 2 else 1_772_560_929_000_001
        transition = Transition(
            *(1_772_560_929_123_456 + number, kind, int(metric), number, "gold", 14_400_000_000, 3_600_500_000, due),
            *(number > 3, reason),
        )
        for retracted in (False, True):
            announcement = Announcement(ticket, transition, attributes, retracted)
            [(topic, key, value, kept)] = records_of([announcement], "deskpulse/support")

            assert (topic, key, kept) == (SLA_TOPIC, ticket.encode(), announcement)
            assert msgspec.json.decode(value, type=SlaEvent) == event_of(announcement, "deskpulse/support")


def test_each_record_of_a_run_says_what_its_own_event_says() -> None:
    def clock(time: int, kind: TransitionKind, number: int = 1, due: int | None = None) -> Transition:
        return Transition(time, kind, 0, number, "gold", 100, 50, due, breached=False)

    run = [
        Announcement("T-1", clock(1_000_000, TransitionKind.ACTIVATE, due=2_000_000), ATTRIBUTES[0]),
        Announcement("T-1", clock(1_000_000, TransitionKind.PAUSE), ATTRIBUTES[0]),
        Announcement("T-1", clock(1_000_000, TransitionKind.RESUME, due=3_000_000), ATTRIBUTES[1]),
        Announcement("T-2", clock(1_000_000, TransitionKind.ACTIVATE, 2), ATTRIBUTES[1]),
        Announcement("T-1", clock(1_000_000, TransitionKind.PAUSE), ATTRIBUTES[1], retracted=True),
        Announcement("T-2", clock(1_000_001, TransitionKind.FULFIL, 2), ATTRIBUTES[1]),
        Announcement("T-2", clock(1_000_001, TransitionKind.ACTIVATE, 3), ATTRIBUTES[0]),
    ]

    records = [(key, msgspec.json.decode(value, type=SlaEvent)) for _, key, value, _ in records_of(run, "s")]

    assert records == [(one.ticket.encode(), event_of(one, "s")) for one in run]
