"""Announcements: transitions that go out as events, and how they are kept until they did."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from functools import lru_cache
from typing import Any, Final, NamedTuple, cast

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
from stream.desk.attributes import NO_ATTRIBUTES, Attributes
from stream.desk.sla.policy import METRICS
from stream.desk.sla.transitions import CANCEL, CancelReason, Transition, TransitionKind
from stream.windows.moments import MICROSECONDS, from_microseconds, to_seconds

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
_LABELS_IN_BYTES: Final = tuple(label.encode() for label in _LABELS)


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


_encode_json = msgspec.json.Encoder().encode


_RECORD: Final = (
    b'%b"id":%b/%b/%d/%b/%d","subject":%b,"time":%b,"data":{"number":%d,"elapsed_seconds":%b,"due":%b,%b,%b}}'
)


def record_of(announcement: Announcement, source: str) -> tuple[bytes, bytes]:
    """Key and value of the record that carries an announcement: the JSON of `event_of`, but for the order of keys."""
    ticket, transition, attributes, retracted = announcement
    if retracted:
        return ticket.encode(), _encode_json(event_of(announcement, source))
    time, kind, metric, number, policy, target, elapsed, due, breached, reason = transition
    subject = _encode_json(ticket)
    return ticket.encode(), _RECORD % (
        _head(source, kind),
        *(subject[:-1], _LABELS_IN_BYTES[metric], number, kind.encode(), time),
        subject,
        _encode_json(from_microseconds(time)),
        number,
        _encode_json(elapsed / MICROSECONDS),
        b"null" if due is None else _encode_json(from_microseconds(due)),
        _in_force(metric, policy, target, breached, reason),
        _values(attributes),
    )


# What events have in common is most of them, and takes most of the time to write.
_KEPT: Final = 10_000


@lru_cache(maxsize=_KEPT)
def _head(source: str, kind: TransitionKind) -> bytes:
    """What the events of a kind begin with."""
    event = _sample(source, Transition(0, kind, 0, 1, "", 1, 0, None, breached=False))
    return _members(event, event.keys() - {"id", "subject", "time", "data"})[:-1] + b","


@lru_cache(maxsize=_KEPT)
def _in_force(metric: int, policy: str, target: int, breached: bool, reason: CancelReason | None) -> bytes:  # noqa: FBT001 - positions are faster
    """What the data of clocks have in common for which the same is in force."""
    data = _sample("", Transition(0, CANCEL, metric, 1, policy, target, 0, None, breached, reason))["data"]
    return _members(data, data.keys() - {"number", "elapsed_seconds", "due", *Attributes._fields})[1:-1]


@lru_cache(maxsize=_KEPT)
def _values(attributes: Attributes) -> bytes:
    """What the data of tickets with the same attributes have in common."""
    return _encode_json(attributes._asdict())[1:-1]


def _sample(source: str, transition: Transition) -> dict[str, Any]:
    event: dict[str, Any] = msgspec.to_builtins(event_of(Announcement("", transition, NO_ATTRIBUTES), source))
    return event


def _members(value: dict[str, Any], names: AbstractSet[str]) -> bytes:
    return _encode_json({name: part for name, part in value.items() if name in names})


class Outbox(NamedTuple):
    """What was announced with an append, which is known by its source offset and the time it was served up to."""

    offset: int
    served: int
    announcements: Sequence[Announcement]


encode_outbox = msgspec.msgpack.Encoder().encode
decode_outbox = msgspec.msgpack.Decoder(Outbox).decode
