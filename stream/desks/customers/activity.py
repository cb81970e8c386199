"""When a customer was active: a pure function of subscriptions and purchases.

A customer is active at a moment if a subscription began before it and its service has not ended before it. So who
begins at the very moment at which a period begins is new in that period, and who leaves at that moment was active at
its start. As the spans of moments here hold their start and not their end, both lie one microsecond later.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from stream.desks.customers.customer import Entries, Happening
from stream.desks.customers.spans import EVER, Span, Spans, merged

JUST_AFTER: Final = 1

_STARTED: Final = Happening.SUBSCRIPTION_STARTED
_ENDED: Final = Happening.SUBSCRIPTION_ENDED


class Activity(NamedTuple):
    """The ``spans`` in which a customer was active, and when they first began to be (microseconds)."""

    spans: Spans = ()
    first: int | None = None

    @property
    def first_span_start(self) -> int | None:
        """From when on they may be active."""
        return None if self.first is None else self.first + JUST_AFTER


INACTIVE: Final = Activity()


def activity_of(account: Entries, active_after_purchase: int) -> Activity:
    """When a customer of this account was active.

    Overlapping and touching subscriptions are one. Who never had a subscription is active from each purchase on for
    ``active_after_purchase`` (microseconds).
    """
    services = _services_of(account)
    if not services:
        purchases = (entry for entry in account if entry.happening is Happening.PURCHASED)
        services = [(entry.at, entry.at + active_after_purchase) for entry in purchases if _is_paid(entry.number)]
    if not services:
        return INACTIVE
    if len(services) == 1:
        start, end = services[0]
        spans = ((start + JUST_AFTER, end if end == EVER else end + JUST_AFTER),) if end > start else ()
        return Activity(spans, start)
    first = min(start for start, _ in services)
    all_spans = ((start + JUST_AFTER, end if end == EVER else end + JUST_AFTER) for start, end in services)
    return Activity(merged(all_spans), first)


def _is_paid(amount: int | None) -> bool:
    return amount is not None and amount >= 0


def _services_of(account: Entries) -> list[Span]:
    """From when to when each subscription was served; what of it was said last holds."""
    done: list[Span] = []
    running: dict[str | None, Span] = {}
    for entry in account:
        happening = entry.happening
        if happening is not _STARTED and happening is not _ENDED:
            continue
        span = running.get(entry.name)
        if happening is _STARTED:
            if span is not None and span[1] < entry.at:
                done.append(span)
                span = None
            running[entry.name] = entry.at if span is None else span[0], EVER
        elif span is not None:
            end = entry.at if entry.number is None else entry.number
            running[entry.name] = span[0], max(end, span[0])
    return [*done, *running.values()]
