"""Series and their slots.

A series is a measure with its label values. Windows count in *slots*, plain integers: a counting series
has one slot; a series of durations has one for each histogram bucket and one for the exact sum.
"""

from __future__ import annotations

from typing import Final, NamedTuple

_SHIFT: Final = 12
_MASK: Final = (1 << _SHIFT) - 1

SUM: Final = _MASK
"""The last slot of a series, which holds the sum of its durations: ``slot | SUM`` for any of its slots."""


class Series(NamedTuple):
    """A measure's name and the values of its labels, in the order that the measure names them."""

    measure: str
    values: tuple[str, ...]


class SeriesRegistry:
    """Gives every series its slots. One registry serves all partitions of a worker, so slots add up."""

    def __init__(self) -> None:
        self._first_slots: dict[Series, int] = {}
        self._series: list[Series] = []

    def first_slot(self, measure: str, values: tuple[str, ...]) -> int:
        """The first slot of a series, the same for the life of the worker."""
        series = Series(measure, values)
        slot = self._first_slots.get(series)
        if slot is None:
            slot = self._first_slots[series] = len(self._series) << _SHIFT
            self._series.append(series)
        return slot

    def series_of(self, slot: int) -> Series:
        """The series that a slot belongs to."""
        return self._series[slot >> _SHIFT]

    @staticmethod
    def offset_of(slot: int) -> int:
        """A slot's place in its series: a bucket, or ``SUM``."""
        return slot & _MASK
