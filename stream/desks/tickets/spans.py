"""What the durations of a ticket contribute: each in calendar time, and in business time where there are hours."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping

from stream.desks.tickets.rules import TicketRules
from stream.windows.histogram import BORDERS
from stream.windows.sliding import Contribution

CALENDAR = 0
"""The place, in a duration's pair of slots, of calendar time."""

BUSINESS = 1
"""The place, in a duration's pair of slots, of business time."""


def contribute_span(
    out: list[Contribution],
    slots: tuple[int, int],
    at: int,
    start: int,
    end: int,
    rules: TicketRules,
    sign: int = 1,
) -> None:
    """Add a duration from ``start`` to ``end`` that counts at ``at``, or with ``sign`` -1 take it back."""
    span = end - start
    out.append((slots[CALENDAR] + bisect_left(BORDERS, span), at, sign, sign * span))
    if rules.calendar is not None:
        span = rules.calendar.between(start, end)
        out.append((slots[BUSINESS] + bisect_left(BORDERS, span), at, sign, sign * span))


def contribute_time_spent(
    out: list[Contribution],
    durations: Mapping[str, tuple[int, int]],
    place: int,
    at: int,
    work: int,
    hold: int,
    sign: int,
) -> None:
    """Add the work and the time on hold of a ticket that was resolved at ``at``, or with ``sign`` -1 take them back."""
    wait = work + hold
    slot = durations["requester_wait_seconds"][place]
    out.append((slot + bisect_left(BORDERS, wait), at, sign, sign * wait))
    slot = durations["agent_work_seconds"][place]
    out.append((slot + bisect_left(BORDERS, work), at, sign, sign * work))
    slot = durations["on_hold_seconds"][place]
    out.append((slot + bisect_left(BORDERS, hold), at, sign, sign * hold))
