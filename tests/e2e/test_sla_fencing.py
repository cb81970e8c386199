"""Kafka refuses the SLA events of a worker whose partition another one has claimed, and of no other."""

from __future__ import annotations

import pytest

from stream.desks.tickets.attributes import NO_ATTRIBUTES
from stream.desks.tickets.sla.announced import Announced
from stream.desks.tickets.sla.announcements import Announcement
from stream.desks.tickets.sla.transitions import ACTIVATE, FULFIL, Transition, TransitionKind
from stream.runtime.kafka.broker import new_producer
from stream.runtime.kafka.fencing import FencedError
from stream.runtime.kafka.publishing import Publisher
from stream.settings.kafka import KafkaSettings
from stream.state.outbox import Outgoing
from tests.e2e.sla_events import published_sla_events

pytestmark = pytest.mark.kafka


def events(kind: TransitionKind, ticket: str = "T-1") -> list[Outgoing]:
    transition = Transition(1_000_000, kind, 0, 1, "gold", 60, 0, None, breached=False)
    return Announced(lambda attributes: attributes, "s").records([Announcement(ticket, transition, NO_ATTRIBUTES)])


async def test_what_a_former_owner_still_sends_is_refused(kafka: KafkaSettings) -> None:
    activated, fulfilled = events(ACTIVATE), events(FULFIL)
    async with new_producer(kafka) as producer:

        def worker(source: str = f"deskpulse/{kafka.group}") -> Publisher:
            return Publisher(producer, source)

        former, owner, other_group = worker(), worker(), worker("deskpulse/other")
        await former.write(0, 1, activated)
        await owner.write(0, 2, activated)
        await owner.write(0, 2, fulfilled)
        with pytest.raises(FencedError, match=r"helpdesk.sla\[0\] was claimed by another worker"):
            await former.write(0, 1, activated)
        await other_group.write(0, 1, activated)
        await former.write(1, 1, events(ACTIVATE, "T-2"))

    ids = [event.id.split("/") for event in await published_sla_events(kafka)]
    assert [kind for ticket, _, _, kind, _ in ids if ticket == "T-1"] == ["activate", "activate", "fulfil", "activate"]
    assert [kind for ticket, _, _, kind, _ in ids if ticket == "T-2"] == ["activate"]
