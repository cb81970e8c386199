"""Which entry each event makes in the timeline."""

from __future__ import annotations

from typing import NamedTuple

from schemas.events import (
    CustomerAcquired,
    CustomerEvent,
    CustomerInteracted,
    CustomerPurchased,
    CustomerStageEntered,
    CustomerSubscriptionEnded,
    CustomerSubscriptionStarted,
)
from stream.desks.customers.customer import Entry, Happening
from stream.desks.customers.journey import STAGES
from stream.state.ties import tie_of
from stream.windows.moments import to_microseconds


class _Details(NamedTuple):
    """What of an entry hangs upon the kind of event."""

    happening: Happening
    rank: int = 0
    name: str | None = None
    number: int | None = None
    other: str | None = None
    days: tuple[int, int] | None = None


def entry_of(event: CustomerEvent, time: int) -> Entry:
    """The entry of an event that happened at ``time`` (microseconds)."""
    found = _details_of(event)
    tie = tie_of(event.source, event.id)
    return Entry(time, event.sequence or "", found.happening, found.rank, tie, *found[2:])


def _details_of(event: CustomerEvent) -> _Details:
    match event:
        case CustomerAcquired(data=acquired):
            details = _Details(Happening.ACQUIRED, name=acquired.source, other=acquired.referred_by)
        case CustomerSubscriptionStarted(data=started):
            details = _Details(Happening.SUBSCRIPTION_STARTED, name=started.subscription)
        case CustomerSubscriptionEnded(data=ended):
            ends_at = None if ended.service_ends_at is None else to_microseconds(ended.service_ends_at)
            details = _Details(Happening.SUBSCRIPTION_ENDED, name=ended.subscription, number=ends_at)
        case CustomerPurchased(data=purchased):
            details = _Details(Happening.PURCHASED, name=purchased.currency, number=purchased.amount)
        case CustomerInteracted(data=interacted):
            details = _Details(Happening.INTERACTED, name=interacted.interaction)
        case CustomerStageEntered(data=entered):
            rank = STAGES.index(entered.journey_stage)
            details = _Details(Happening.STAGE_ENTERED, rank, entered.journey_stage)
        case _:
            spent = event.data
            days = spent.first_day.toordinal(), spent.last_day.toordinal()
            details = _Details(Happening.SPENT, 0, spent.spend, spent.amount, spent.currency, days)
    return details
