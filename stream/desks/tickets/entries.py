"""From a ticket event to the entry of a timeline and the attributes that it sets."""

from __future__ import annotations

from typing import Final

from msgspec import UNSET

from schemas.events import (
    TicketAbandoned,
    TicketDeleted,
    TicketEscalated,
    TicketEvent,
    TicketHandedOff,
    TicketMerged,
    TicketOpened,
    TicketReopened,
    TicketResolved,
    TicketRestored,
    TicketStatusChanged,
    TicketUpdated,
    TicketUpdatedData,
)
from stream.desks.tickets.attributes import Attributes
from stream.desks.tickets.timeline import (
    ACTORS,
    CUSTOMER,
    NO_ACTOR,
    OPEN,
    STATUS_SHIFT,
    STATUSES,
    VISIBILITIES,
    Rank,
    reference_of,
)

Changes = Attributes | dict[str, str | None]

REPLIES: Final = {
    visibility: {
        actor: (int(Rank.CUSTOMER_REPLIED if code == CUSTOMER else Rank.OTHERS_REPLIED), code | flag)
        for actor, code in ACTORS.items()
    }
    for visibility, flag in VISIBILITIES.items()
}
"""Rank and flags of a reply's entry by visibility and actor."""

_RANKS_OF_STATUSES = {"solved": int(Rank.SOLVED), "closed": int(Rank.CLOSED)}
_RANKS_OF_OTHERS: Final[dict[type[TicketEvent], int]] = {
    TicketEscalated: int(Rank.ESCALATED),
    TicketAbandoned: int(Rank.ABANDONED),
    TicketMerged: int(Rank.MERGED),
    TicketDeleted: int(Rank.DELETED),
    TicketRestored: int(Rank.RESTORED),
}
_OPENED = int(Rank.OPENED)
_UPDATED = int(Rank.UPDATED)
_HANDED_OFF = int(Rank.HANDED_OFF)
_IN_PROGRESS = int(Rank.IN_PROGRESS)
_SOLVED = int(Rank.SOLVED)
MERGED: Final = int(Rank.MERGED)
"""From this rank on an entry decides whether the ticket counts at all."""

EntryParts = tuple[int, int, int, Changes | None]


def entry_parts(event: TicketEvent) -> EntryParts:  # noqa: PLR0911 - one case for each event that says more than its kind
    """Rank, flags and reference of the entry of any event but a reply, and the attributes that it sets."""
    if isinstance(event, TicketStatusChanged):
        change = event.data
        code = STATUSES.get(change.status)
        if code is None:
            return _RANKS_OF_STATUSES[change.status], ACTORS[change.actor], 0, None
        return _IN_PROGRESS, ACTORS[change.actor] | code << STATUS_SHIFT, 0, None
    if isinstance(event, TicketOpened):
        opened = event.data
        flags = ACTORS[opened.actor] | VISIBILITIES[opened.visibility] | STATUSES[opened.status] << STATUS_SHIFT
        attributes = Attributes(opened.channel, opened.priority, opened.category, opened.team, opened.customer_tier)
        return _OPENED, flags, reference_of(opened.assignee), attributes
    if isinstance(event, TicketUpdated):
        update = event.data
        assignee = update.assignee
        reference = reference_of(assignee) if isinstance(assignee, str) else 0
        return _UPDATED, NO_ACTOR, reference, _changes(update)
    if isinstance(event, TicketResolved):
        return _SOLVED, ACTORS[event.data.actor], 0, None
    if isinstance(event, TicketReopened):
        return _IN_PROGRESS, ACTORS[event.data.actor] | OPEN << STATUS_SHIFT, 0, None
    if isinstance(event, TicketHandedOff):
        team = event.data.team
        return _HANDED_OFF, NO_ACTOR, 0, None if team is None else {"team": team}
    return _RANKS_OF_OTHERS[type(event)], NO_ACTOR, 0, None


def _changes(update: TicketUpdatedData) -> dict[str, str | None] | None:
    changes: dict[str, str | None] = {}
    if update.channel is not UNSET:
        changes["channel"] = update.channel
    if update.priority is not UNSET:
        changes["priority"] = update.priority
    if update.category is not UNSET:
        changes["category"] = update.category
    if update.team is not UNSET:
        changes["team"] = update.team
    if update.customer_tier is not UNSET:
        changes["customer_tier"] = update.customer_tier
    return changes or None
