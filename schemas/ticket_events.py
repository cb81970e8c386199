"""What happens to tickets, on the topic ``helpdesk.tickets``."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from schemas.envelope import Attribute, Identifier, SourceEnvelope

Actor = Literal["customer", "agent", "bot", "automation"]
Visibility = Literal["public", "internal"]
Status = Literal["new", "open", "pending", "hold", "solved", "closed"]


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
