"""Records that a state wants published, read back as the events of SLA clocks that they hold."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import msgspec

from schemas.events import SLA_TOPIC, SlaCancelled, SlaEvent, SlaRetracted
from stream.desks.tickets.sla.transitions import TransitionKind
from stream.state.outbox import Outgoing
from stream.windows.moments import to_microseconds

_decode = msgspec.json.Decoder(SlaEvent).decode


@dataclass(frozen=True, slots=True)
class Published:
    """What an event tells, or takes back if it ``retracts`` another one by that one's id."""

    event: SlaEvent

    @property
    def id(self) -> str:
        """The id of the event itself."""
        return self.event.id

    @property
    def subject(self) -> str:
        """The ticket."""
        return self.event.subject

    @property
    def time(self) -> int:
        """When it happened, in microseconds."""
        return to_microseconds(self.event.time)

    @property
    def retracts(self) -> str | None:
        """The id of the event that this one takes back."""
        return self.event.data.retracts if isinstance(self.event, SlaRetracted) else None

    @property
    def told(self) -> str:
        """The id of the event that this one is, or takes back."""
        return self.retracts or self.id

    @property
    def kind(self) -> TransitionKind:
        """What happened to the clock, or did not happen if that is taken back."""
        return TransitionKind(self.told.split("/")[-2])

    @property
    def reason(self) -> str | None:
        """Why a clock was cancelled."""
        return self.event.data.reason if isinstance(self.event, SlaCancelled) else None


def published_in(records: Iterable[Outgoing]) -> list[Published]:
    """The events of SLA clocks in records, each under the key of its ticket."""
    found = []
    for record in records:
        assert record.topic == SLA_TOPIC
        one = Published(_decode(record.value))
        assert record.key == one.subject.encode()
        found.append(one)
    return found
