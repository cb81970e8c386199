"""Announcements: transitions that go out as events, and how they are kept until they did."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple, cast

import msgspec

from schemas.events import (
    SlaActivated,
    SlaAtRisk,
    SlaBreached,
    SlaCancelled,
    SlaClockData,
    SlaEvent,
    SlaFulfilled,
    SlaName,
    SlaPaused,
    SlaResumed,
    SlaRetracted,
    SlaRetractedData,
)
from stream.desk.attributes import Attributes
from stream.desk.sla.policy import METRICS
from stream.desk.sla.transitions import Transition, TransitionKind
from stream.windows.moments import from_microseconds, to_seconds

_Told = SlaActivated | SlaAtRisk | SlaBreached | SlaPaused | SlaResumed | SlaFulfilled | SlaCancelled

_EVENTS: Final[dict[TransitionKind, type[_Told]]] = {
    TransitionKind.ACTIVATE: SlaActivated,
    TransitionKind.AT_RISK: SlaAtRisk,
    TransitionKind.BREACH: SlaBreached,
    TransitionKind.PAUSE: SlaPaused,
    TransitionKind.RESUME: SlaResumed,
    TransitionKind.FULFIL: SlaFulfilled,
    TransitionKind.CANCEL: SlaCancelled,
}
_LABELS: Final = tuple(cast("SlaName", metric.label) for metric in METRICS)


class Announcement(NamedTuple):
    """A transition of a clock of a ticket that had these attributes then.

    ``retracted`` says that it was announced and turned out wrong when a late event arrived.
    """

    ticket: str
    transition: Transition
    attributes: Attributes
    retracted: bool = False

    @property
    def identifier(self) -> str:
        """The id of the event."""
        made = self.transition.identifier(self.ticket)
        return f"{made}/retracted" if self.retracted else made


def event_of(announcement: Announcement, source: str) -> SlaEvent:
    """The event that carries an announcement; ``source`` says which deskpulse it comes from."""
    ticket, transition, attributes, retracted = announcement
    time = from_microseconds(transition.time)
    if retracted:
        return SlaRetracted(
            specversion="1.0",
            id=announcement.identifier,
            source=source,
            subject=ticket,
            time=time,
            data=SlaRetractedData(retracts=transition.identifier(ticket)),
        )
    data = SlaClockData(
        sla=_LABELS[transition.metric],
        number=transition.number,
        policy=transition.policy,
        target_seconds=to_seconds(transition.target),
        elapsed_seconds=to_seconds(transition.elapsed),
        due=None if transition.due is None else from_microseconds(transition.due),
        breached=transition.breached,
        reason=None if transition.reason is None else transition.reason.value,
        channel=attributes.channel,
        priority=attributes.priority,
        category=attributes.category,
        team=attributes.team,
        customer_tier=attributes.customer_tier,
    )
    made = _EVENTS[transition.kind]
    return made(specversion="1.0", id=announcement.identifier, source=source, subject=ticket, time=time, data=data)


_encode_event = msgspec.json.Encoder().encode


def record_of(announcement: Announcement, source: str) -> tuple[bytes, bytes]:
    """Key and value of the record that carries an announcement."""
    return announcement.ticket.encode(), _encode_event(event_of(announcement, source))


class Outbox(NamedTuple):
    """What was announced with an append, which is known by its source offset and the time it was served up to."""

    offset: int
    served: int
    announcements: Sequence[Announcement]


encode_outbox = msgspec.msgpack.Encoder().encode
decode_outbox = msgspec.msgpack.Decoder(Outbox).decode
