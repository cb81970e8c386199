"""The events that deskpulse reads and publishes, as CloudEvents 1.0 in structured JSON.

Each struct below is one event type and version. The structs are the one source of truth: the JSON
Schemas, the AsyncAPI document and the golden examples are generated from them, and the worker decodes
every record with them, so what is written here is exactly what is accepted.

``(source, id)`` is the idempotency key of an event, ``subject`` is the id of the entity that it is
about and the Kafka key, ``time`` is when it happened. Readers skip unknown fields.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Final, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

TICKETS_TOPIC: Final = "helpdesk.tickets"
SURVEYS_TOPIC: Final = "helpdesk.surveys"
SLA_TOPIC: Final = "helpdesk.sla"

Actor = Literal["customer", "agent", "bot", "automation"]
Visibility = Literal["public", "internal"]
Status = Literal["new", "open", "pending", "hold", "solved", "closed"]
SurveyKind = Literal["csat", "nps", "ces"]
Scale = Literal["1-3", "1-5", "1-7", "1-10", "0-10", "good-bad"]

Identifier = Annotated[str, Meta(min_length=1, max_length=512)]
Attribute = Annotated[str, Meta(min_length=1, max_length=256)]
Moment = Annotated[datetime, Meta(tz=True)]


class Envelope(Struct, frozen=True, kw_only=True, gc=False):
    """The CloudEvents context attributes that every event carries.

    ``time`` is when it happened (RFC 3339 with a zone), ``recordedtime`` when the helpdesk wrote it
    down, if that differs.
    """

    specversion: Literal["1.0"]
    id: Identifier
    source: Identifier
    subject: Identifier
    time: Moment
    recordedtime: Moment | None = None
    datacontenttype: Literal["application/json"] = "application/json"


class SourceEnvelope(Envelope, frozen=True, kw_only=True, gc=False):
    """The context attributes of an event that deskpulse reads.

    ``sequence`` is CloudEvents' extension of that name: it orders the events of one subject that happened at the same
    time. Sequences are compared as text, code point by code point, so numbers have leading zeros.
    """

    sequence: Attribute | None = None


class TicketOpenedData(Struct, frozen=True, kw_only=True, gc=False):
    """A ticket came into being.

    ``actor`` is who opened it and ``visibility`` says whether the customer can see its first words:
    only a ticket that a customer opened in public makes a customer wait from its creation on.
    """

    channel: Attribute | None = None
    priority: Attribute | None = None
    category: Attribute | None = None
    team: Attribute | None = None
    customer_tier: Attribute | None = None
    assignee: Identifier | None = None
    requester: Identifier | None = None
    status: Literal["new", "open", "pending", "hold"] = "new"
    actor: Actor = "customer"
    visibility: Visibility = "public"


class TicketRepliedData(Struct, frozen=True, kw_only=True, gc=False):
    """Somebody wrote on the ticket; ``author`` tells one agent from another."""

    actor: Actor
    visibility: Visibility = "public"
    author: Identifier | None = None


class TicketHandedOffData(Struct, frozen=True, kw_only=True, gc=False):
    """A bot passed the conversation on to people: from here on the customer waits for an agent."""

    team: Attribute | None = None


class TicketStatusChangedData(Struct, frozen=True, kw_only=True, gc=False):
    """The ticket has another status."""

    status: Status
    actor: Actor | None = None


class TicketResolvedData(Struct, frozen=True, kw_only=True, gc=False):
    """The ticket was resolved; the same as a change of its status to ``solved``."""

    actor: Actor | None = None


class TicketReopenedData(Struct, frozen=True, kw_only=True, gc=False):
    """The ticket is open again; ``actor`` is who reopened it."""

    actor: Actor | None = None


class TicketUpdatedData(Struct, frozen=True, kw_only=True, gc=False):
    """Attributes were set. A field left out is unchanged, ``null`` clears it."""

    channel: Attribute | None | UnsetType = UNSET
    priority: Attribute | None | UnsetType = UNSET
    category: Attribute | None | UnsetType = UNSET
    team: Attribute | None | UnsetType = UNSET
    customer_tier: Attribute | None | UnsetType = UNSET
    assignee: Identifier | None | UnsetType = UNSET


class TicketMergedData(Struct, frozen=True, kw_only=True, gc=False):
    """The ticket went up in another one (``into``) and counts no more."""

    into: Identifier


class TicketEscalatedData(Struct, frozen=True, kw_only=True, gc=False):
    """The ticket was passed to a higher level or to management."""

    level: Attribute | None = None
    reason: Annotated[str, Meta(max_length=2048)] | None = None


class TicketAbandonedData(Struct, frozen=True, kw_only=True, gc=False):
    """The customer left before the matter was dealt with."""

    reason: Annotated[str, Meta(max_length=2048)] | None = None


class TicketDeletedData(Struct, frozen=True, kw_only=True, gc=False):
    """The ticket was deleted, or marked as spam (``reason``), and counts nowhere until it is restored."""

    reason: Annotated[str, Meta(max_length=2048)] | None = None


class TicketRestoredData(Struct, frozen=True, kw_only=True, gc=False):
    """A deleted ticket is back, as if it had never been deleted."""


class SurveySentData(Struct, frozen=True, kw_only=True, gc=False):
    """A survey went out to a customer."""

    survey: SurveyKind
    ticket: Identifier | None = None
    channel: Attribute | None = None
    team: Attribute | None = None


class SurveyRespondedData(Struct, frozen=True, kw_only=True, gc=False):
    """A customer answered. A later answer to the same survey replaces an earlier one.

    ``score`` lies on ``scale``; on ``good-bad``, good is 1 and bad is 0.
    """

    survey: SurveyKind
    scale: Scale
    score: Annotated[int, Meta(ge=0, le=10)]
    comment: Annotated[str, Meta(max_length=16384)] | None = None
    ticket: Identifier | None = None
    channel: Attribute | None = None
    team: Attribute | None = None


SlaName = Literal["first_reply", "next_reply", "periodic_update", "requester_wait", "agent_work", "resolution"]
CancelReasonName = Literal["handed_off", "solved", "abandoned", "merged", "deleted", "no_target"]


class SlaClockData(Struct, frozen=True, kw_only=True, gc=False):
    """A clock of a ticket, which is the subject, as it stood at ``time``.

    ``number`` counts the instances of a metric (``sla``) on the ticket. ``due`` is the deadline of a clock that runs
    on. ``elapsed_seconds`` is what of ``target_seconds`` was used up, in business time if the target is. ``breached``
    says that the deadline was missed. ``reason`` is given for a cancellation. The attributes are the ticket's.
    """

    sla: SlaName
    number: Annotated[int, Meta(ge=1)]
    policy: Attribute
    target_seconds: Annotated[float, Meta(gt=0)]
    elapsed_seconds: Annotated[float, Meta(ge=0)]
    due: Moment | None = None
    breached: bool = False
    reason: CancelReasonName | None = None
    channel: Attribute | None = None
    priority: Attribute | None = None
    category: Attribute | None = None
    team: Attribute | None = None
    customer_tier: Attribute | None = None


class SlaRetractedData(Struct, frozen=True, kw_only=True, gc=False):
    """An event of this topic, by its id, that turned out not to have happened when a late event arrived."""

    retracts: Identifier


class TicketOpened(
    SourceEnvelope, frozen=True, kw_only=True, gc=False, tag_field="type", tag="helpdesk.ticket.opened.v1"
):
    """A ticket was opened."""

    data: TicketOpenedData


class TicketReplied(
    SourceEnvelope, frozen=True, kw_only=True, gc=False, tag_field="type", tag="helpdesk.ticket.replied.v1"
):
    """A message or a note was written on a ticket."""

    data: TicketRepliedData


class TicketHandedOff(
    SourceEnvelope, frozen=True, kw_only=True, gc=False, tag_field="type", tag="helpdesk.ticket.handed_off.v1"
):
    """A bot handed a ticket to people."""

    data: TicketHandedOffData = TicketHandedOffData()


class TicketStatusChanged(
    SourceEnvelope, frozen=True, kw_only=True, gc=False, tag_field="type", tag="helpdesk.ticket.status_changed.v1"
):
    """A ticket's status changed."""

    data: TicketStatusChangedData


class TicketResolved(
    SourceEnvelope, frozen=True, kw_only=True, gc=False, tag_field="type", tag="helpdesk.ticket.resolved.v1"
):
    """A ticket was resolved."""

    data: TicketResolvedData = TicketResolvedData()


class TicketReopened(
    SourceEnvelope, frozen=True, kw_only=True, gc=False, tag_field="type", tag="helpdesk.ticket.reopened.v1"
):
    """A ticket was reopened."""

    data: TicketReopenedData = TicketReopenedData()


class TicketUpdated(
    SourceEnvelope, frozen=True, kw_only=True, gc=False, tag_field="type", tag="helpdesk.ticket.updated.v1"
):
    """A ticket's attributes were set."""

    data: TicketUpdatedData


class TicketMerged(
    SourceEnvelope, frozen=True, kw_only=True, gc=False, tag_field="type", tag="helpdesk.ticket.merged.v1"
):
    """A ticket was merged into another."""

    data: TicketMergedData


class TicketEscalated(
    SourceEnvelope, frozen=True, kw_only=True, gc=False, tag_field="type", tag="helpdesk.ticket.escalated.v1"
):
    """A ticket was escalated."""

    data: TicketEscalatedData = TicketEscalatedData()


class TicketAbandoned(
    SourceEnvelope, frozen=True, kw_only=True, gc=False, tag_field="type", tag="helpdesk.ticket.abandoned.v1"
):
    """A ticket was abandoned by its customer."""

    data: TicketAbandonedData = TicketAbandonedData()


class TicketDeleted(
    SourceEnvelope, frozen=True, kw_only=True, gc=False, tag_field="type", tag="helpdesk.ticket.deleted.v1"
):
    """A ticket was deleted or marked as spam."""

    data: TicketDeletedData = TicketDeletedData()


class TicketRestored(
    SourceEnvelope, frozen=True, kw_only=True, gc=False, tag_field="type", tag="helpdesk.ticket.restored.v1"
):
    """A deleted ticket was restored."""

    data: TicketRestoredData = TicketRestoredData()


class SurveySent(SourceEnvelope, frozen=True, kw_only=True, gc=False, tag_field="type", tag="helpdesk.survey.sent.v1"):
    """A survey was sent."""

    data: SurveySentData


class SurveyResponded(
    SourceEnvelope, frozen=True, kw_only=True, gc=False, tag_field="type", tag="helpdesk.survey.responded.v1"
):
    """A survey was answered."""

    data: SurveyRespondedData


class SlaActivated(Envelope, frozen=True, kw_only=True, gc=False, tag_field="type", tag="helpdesk.sla.activated.v1"):
    """A clock began to count towards a target."""

    data: SlaClockData


class SlaAtRisk(Envelope, frozen=True, kw_only=True, gc=False, tag_field="type", tag="helpdesk.sla.at_risk.v1"):
    """A running clock came near its deadline."""

    data: SlaClockData


class SlaBreached(Envelope, frozen=True, kw_only=True, gc=False, tag_field="type", tag="helpdesk.sla.breached.v1"):
    """A clock ran past its deadline; ``time`` is the deadline."""

    data: SlaClockData


class SlaPaused(Envelope, frozen=True, kw_only=True, gc=False, tag_field="type", tag="helpdesk.sla.paused.v1"):
    """A clock stands still, as in a status that pauses it."""

    data: SlaClockData


class SlaResumed(Envelope, frozen=True, kw_only=True, gc=False, tag_field="type", tag="helpdesk.sla.resumed.v1"):
    """A clock runs again."""

    data: SlaClockData


class SlaFulfilled(Envelope, frozen=True, kw_only=True, gc=False, tag_field="type", tag="helpdesk.sla.fulfilled.v1"):
    """What the clock waited for happened, in time unless ``breached``."""

    data: SlaClockData


class SlaCancelled(Envelope, frozen=True, kw_only=True, gc=False, tag_field="type", tag="helpdesk.sla.cancelled.v1"):
    """A clock ended without what it waited for; ``reason`` says why."""

    data: SlaClockData


class SlaRetracted(Envelope, frozen=True, kw_only=True, gc=False, tag_field="type", tag="helpdesk.sla.retracted.v1"):
    """An earlier event of this topic is taken back."""

    data: SlaRetractedData


TicketEvent = (
    TicketOpened
    | TicketReplied
    | TicketHandedOff
    | TicketStatusChanged
    | TicketResolved
    | TicketReopened
    | TicketUpdated
    | TicketMerged
    | TicketEscalated
    | TicketAbandoned
    | TicketDeleted
    | TicketRestored
)
SurveyEvent = SurveySent | SurveyResponded
SlaEvent = SlaActivated | SlaAtRisk | SlaBreached | SlaPaused | SlaResumed | SlaFulfilled | SlaCancelled | SlaRetracted

EVENTS_BY_TOPIC: Final[dict[str, tuple[type[Envelope], ...]]] = {
    TICKETS_TOPIC: (
        TicketOpened,
        TicketReplied,
        TicketHandedOff,
        TicketStatusChanged,
        TicketResolved,
        TicketReopened,
        TicketUpdated,
        TicketMerged,
        TicketEscalated,
        TicketAbandoned,
        TicketDeleted,
        TicketRestored,
    ),
    SURVEYS_TOPIC: (SurveySent, SurveyResponded),
}
"""The events of each topic that deskpulse reads."""

PUBLISHED_BY_TOPIC: Final[dict[str, tuple[type[Envelope], ...]]] = {
    SLA_TOPIC: (
        SlaActivated,
        SlaPaused,
        SlaResumed,
        SlaAtRisk,
        SlaBreached,
        SlaFulfilled,
        SlaCancelled,
        SlaRetracted,
    ),
}
"""The events of each topic that deskpulse writes for others."""
