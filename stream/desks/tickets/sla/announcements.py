"""Announcements: transitions that go out as events, and how they are kept until they did."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from functools import lru_cache
from typing import Any, Final, NamedTuple, cast

import msgspec

from schemas.events import (
    SLA_TOPIC,
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
from stream.desks.tickets.attributes import NO_ATTRIBUTES, Attributes
from stream.desks.tickets.sla.policy import METRICS
from stream.desks.tickets.sla.transitions import CancelReason, Transition, TransitionKind
from stream.state.outbox import Outgoing
from stream.windows.moments import MICROSECONDS, from_microseconds, to_seconds

new = tuple.__new__

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


def records_of(announcements: Iterable[Announcement], source: str) -> Iterator[Outgoing]:
    """The record that carries each announcement: the JSON of `event_of`, but for the order of keys."""
    # What happens to a ticket comes in runs, for which some parts need be written only once.
    last: Announcement | None = None
    key = name = happened = values = last_ends = b""
    last_due: int | None = None
    for announcement in announcements:
        ticket, transition, attributes, retracted = announcement
        if retracted:
            yield Outgoing(SLA_TOPIC, ticket.encode(), _encode_json(event_of(announcement, source)), announcement)
            continue
        time, kind, metric, number, policy, target, elapsed, due, breached, reason = transition
        if last is None or last.ticket is not ticket or last.transition.time != time:
            subject = _encode_json(ticket)
            key, name = ticket.encode(), subject[:-1]
            happened = b'%d","subject":%b,"time":%b,"data":{' % (time, subject, _encode_json(from_microseconds(time)))
        if last is None or last.attributes is not attributes:
            values = _values(attributes)
        last = announcement
        head, instance, in_force = _parts(source, kind, metric, number, policy, target, breached, reason)
        spent = _encode_json(elapsed / MICROSECONDS) if elapsed else b"0.0"
        if due is None:
            ends = b"null"
        elif due == last_due:
            ends = last_ends
        else:
            last_due, last_ends = due, _encode_json(from_microseconds(due))
            ends = last_ends
        value = b"".join((head, name, instance, happened, in_force, spent, b',"due":', ends, values))
        # Without the detour over the class, which takes as long again.
        yield new(Outgoing, (SLA_TOPIC, key, value, announcement))


# What events have in common is most of them, and takes most of the time to write.
_KEPT: Final = 10_000


@lru_cache(maxsize=_KEPT)
def _parts(  # noqa: PLR0913, PLR0917 - what makes one event like another
    source: str,
    kind: TransitionKind,
    metric: int,
    number: int,
    policy: str,
    target: int,
    breached: bool,  # noqa: FBT001 - positions are faster
    reason: CancelReason | None,
) -> tuple[bytes, bytes, bytes]:
    """What stands before the ticket in the id of such events, behind it, and at the beginning of their data."""
    transition = Transition(0, kind, metric, number, policy, target, 0, None, breached, reason)
    event: dict[str, Any] = msgspec.to_builtins(event_of(Announcement("", transition, NO_ATTRIBUTES), source))
    return (
        b'{%b,"id":' % _members(event, {"id", "subject", "time", "data"}),
        event["id"].encode().removesuffix(b"0"),
        b'%b,"elapsed_seconds":' % _members(event["data"], {"elapsed_seconds", "due", *Attributes._fields}),
    )


@lru_cache(maxsize=_KEPT)
def _values(attributes: Attributes) -> bytes:
    """What the data of tickets with the same attributes have in common."""
    return b",%b}}" % _encode_json(attributes._asdict())[1:-1]


def _members(value: dict[str, Any], without: AbstractSet[str]) -> bytes:
    """The members of a JSON object but for some, without the braces."""
    return _encode_json({name: part for name, part in value.items() if name not in without})[1:-1]


decode_announcement: Final = msgspec.msgpack.Decoder(Announcement).decode
