"""Retention and churn: who was active at the start of a period and at its end, and who came between.

With ``S`` active at the start, ``E`` at the end, ``K`` at both, ``L`` (lost) only at the start, ``N`` (new) who were
first active within the period and ``R`` (returned) who are active at the end, were not at the start and are not new.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from stream.desks.customers.activity import Activity
from stream.desks.customers.spans import Spans, common, contains, merged, shifted, without


class Retention(NamedTuple):
    """How many customers were active at the start and at the end of a period, and who of them stayed, came or left."""

    active_at_start: int = 0
    active_at_end: int = 0
    kept: int = 0
    lost: int = 0
    new: int = 0
    returned: int = 0

    @property
    def retention(self) -> float | None:
        """What part of those active at the start were kept, ``None`` of nobody."""
        return self._part(self.kept)

    @property
    def churn(self) -> float | None:
        """What part of those active at the start were lost, ``None`` of nobody."""
        return self._part(self.lost)

    @property
    def balance(self) -> float | None:
        """Those active at the end but for as many as were new, as a part of those active at the start.

        It is the retention only if none of the new ones left and nobody returned.
        """
        return self._part(self.active_at_end - self.new)

    def _part(self, part: int) -> float | None:
        return part / self.active_at_start if self.active_at_start else None


def retention_in(activities: Iterable[Activity], start: int, end: int) -> Retention:
    """The retention of all customers from ``start`` to ``end`` (microseconds)."""
    before = after = kept = new = returned = 0
    for activity in activities:
        was, is_now = contains(activity.spans, start), contains(activity.spans, end)
        is_new = activity.first is not None and start <= activity.first < end
        before += was
        after += is_now
        kept += was and is_now
        new += is_new
        returned += is_now and not was and not is_new
    return Retention(before, after, kept, before - kept, new, returned)


class SpansOver(NamedTuple):
    """At which moments a customer counts as each of these over the window that ends then."""

    kept: Spans
    lost: Spans
    new: Spans
    returned: Spans


def spans_over(activity: Activity, length: int) -> SpansOver:
    """At which moments a customer counts over the window of this length that ends then."""
    now, start = activity.spans, activity.first_span_start
    if start is None:
        return SpansOver((), (), (), ())
    then = shifted(now, length)
    new = ((start, start + length),)
    return SpansOver(common(now, then), without(then, now), new, without(now, merged((*then, *new))))
