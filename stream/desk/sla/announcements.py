"""Announcements: transitions that go out as events, and how they are kept until they did."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
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
from stream.desk.sla.transitions import CancelReason, Transition, TransitionKind
from stream.windows.moments import from_microseconds, to_seconds, to_text

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


_encode_json = msgspec.json.Encoder().encode


def record_of(announcement: Announcement, source: str) -> tuple[bytes, bytes]:
    """Key and value of the record that carries an announcement: the JSON of `event_of`, but for the order of keys."""
    ticket, transition, attributes, retracted = announcement
    if retracted:
        return ticket.encode(), _encode_json(event_of(announcement, source))
    time, kind, metric, number, policy, target, elapsed, due, breached, reason = transition
    head, tail = _unchanging_parts(source, kind, metric, policy, target, breached, reason, attributes)
    due_text = b"null" if due is None else b'"%b"' % _text_of(due)
    identifier = _encode_json(f"{ticket}/{_LABELS[metric]}/{number}/{kind}/{time}")
    return (
        ticket.encode(),
        b'%b"id":%b,"subject":%b,"time":"%b","data":{"number":%d,"elapsed_seconds":%b,"due":%b,%b'
        % (
            *(
                head,
                identifier,
                _encode_json(ticket),
                _text_of(time),
                number,
                _encode_json(to_seconds(elapsed)),
                due_text,
            ),
            tail,
        ),
    )


@lru_cache(maxsize=4_096)
def _unchanging_parts(  # noqa: PLR0913, PLR0917 - what the parts are made of
    source: str,
    kind: TransitionKind,
    metric: int,
    policy: str,
    target: int,
    breached: bool,  # noqa: FBT001 - as the others
    reason: CancelReason | None,
    attributes: Attributes,
) -> tuple[bytes, bytes]:
    """The parts of an event that those of other tickets have as well: most of it, and most of the time to write it."""
    transition = Transition(0, kind, metric, 1, policy, target, 0, None, breached, reason)
    event = msgspec.to_builtins(event_of(Announcement("", transition, attributes), source))
    data = event.pop("data")
    for key in ("id", "subject", "time"):
        del event[key]
    for key in ("number", "elapsed_seconds", "due"):
        del data[key]
    return _encode_json(event)[:-1] + b",", _encode_json(data)[1:] + b"}"


def _text_of(moment: int) -> bytes:
    return to_text(moment).encode()


class Outbox(NamedTuple):
    """What was announced with an append, which is known by its source offset and the time it was served up to."""

    offset: int
    served: int
    announcements: Sequence[Announcement]


encode_outbox = msgspec.msgpack.Encoder().encode
decode_outbox = msgspec.msgpack.Decoder(Outbox).decode
