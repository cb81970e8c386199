"""What happens to the clocks of tickets, on the topic ``helpdesk.sla``."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from schemas.envelope import Attribute, Envelope, Identifier, Moment

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


SlaEvent = SlaActivated | SlaAtRisk | SlaBreached | SlaPaused | SlaResumed | SlaFulfilled | SlaCancelled | SlaRetracted
