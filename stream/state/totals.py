"""Totals by series: what the slots of a window, of the lifetime or of a day come to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from stream.state.measure import Measure
from stream.windows.series import SUM, Series, SeriesRegistry

SlotTotals = dict[int, int]


@dataclass(slots=True)
class SeriesTotal:
    """How often a series was contributed to, by bucket too; for durations also their sum (microseconds).

    What is only counted has a single bucket.
    """

    count: int = 0
    sum: int = 0
    buckets: dict[int, int] = field(default_factory=dict)

    def add(self, other: SeriesTotal) -> None:
        """Add another total to this one."""
        self.count += other.count
        self.sum += other.sum
        for bucket, count in other.buckets.items():
            self.buckets[bucket] = self.buckets.get(bucket, 0) + count


WindowTotals = Mapping[str, Mapping[tuple[str, ...], SeriesTotal]]
"""The totals of every measure that was contributed to, by label values in the order that the measure names them."""


def by_series(found: Iterable[SlotTotals], registry: SeriesRegistry) -> dict[str, dict[tuple[str, ...], SeriesTotal]]:
    """Add totals by slot up and give them back by measure and label values; only what is not zero."""
    summed: SlotTotals = {}
    for totals in found:
        if summed:
            get = summed.get
            for slot, amount in totals.items():
                summed[slot] = get(slot, 0) + amount
        else:
            summed = dict(totals)
    by_first_slot: dict[int, SeriesTotal] = {}
    offset_of = registry.offset_of
    for slot, amount in summed.items():
        if not amount:
            continue
        offset = offset_of(slot)
        total = by_first_slot.get(slot - offset)
        if total is None:
            total = by_first_slot[slot - offset] = SeriesTotal()
        if offset == SUM:
            total.sum = amount
        else:
            total.count += amount
            total.buckets[offset] = amount
    result: dict[str, dict[tuple[str, ...], SeriesTotal]] = {}
    for slot, total in by_first_slot.items():
        series: Series = registry.series_of(slot)
        result.setdefault(series.measure, {})[series.values] = total
    return result


def total_of(totals: WindowTotals, measure: str) -> SeriesTotal:
    """A measure's total over all its series."""
    merged = SeriesTotal()
    for total in totals.get(measure, {}).values():
        merged.add(total)
    return merged


def counts_by(totals: WindowTotals, measure: Measure, *labels: str) -> Counter[tuple[str, ...]]:
    """How often a measure was contributed to, by the values of these labels of it."""
    places = [measure.labels.index(label) for label in labels]
    counts: Counter[tuple[str, ...]] = Counter()
    for values, total in totals.get(measure.name, {}).items():
        counts[tuple(values[place] for place in places)] += total.count
    return counts
