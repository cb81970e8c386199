"""Times of a zone whose clocks are put forward and back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import Final, NamedTuple

SKIPPED: Final = "local times that the clocks skipped, read as"
TWICE: Final = "local times that the clocks showed twice, read as"

_HOW_GAPS: Final = {
    "end": f"{SKIPPED} the end of the gap",
    "earlier": f"{SKIPPED} earlier by the length of the gap",
    "later": f"{SKIPPED} later by the length of the gap",
}
_MICROSECOND: Final = timedelta(microseconds=1)
_DAYS_REMEMBERED: Final = 4096


class LocalTimeError(ValueError):
    """A time that the clocks of the zone never showed, or twice, and that the mapping rejects for that."""


class Reading(NamedTuple):
    """What a time was read as, in UTC.

    ``second`` is the other moment at which the clocks showed it, if the order of the rows is to tell which one
    is meant. ``how`` says how it was read if it needs saying. ``is_steady`` says that no other time of the log has
    to do with it: the clocks are not changed around it.
    """

    time: datetime
    second: datetime | None = None
    how: str = ""
    is_steady: bool = False


@lru_cache(_DAYS_REMEMBERED)
def _steady_offset(zone: tzinfo, day: date) -> timedelta | None:
    """The offset of a zone whose clocks are not changed on a day, nor on those around it."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=zone)
    before, after = midnight - timedelta(days=1), midnight + timedelta(days=2)
    return before.utcoffset() if before.utcoffset() == after.utcoffset() else None


@dataclass(frozen=True, slots=True)
class LocalTimes:
    """The times of a zone, and how to read those that its clocks never showed (``gap``) or twice (``overlap``).

    A time in a gap is the ``end`` of it, so that it comes neither before what the clocks showed before the gap
    nor after what they showed later; or it is read with the zone's offset after the gap (``earlier``) or before
    it (``later``). One in an overlap is its ``earlier`` or its ``later`` moment, or the ``order`` of the rows tells.
    """

    zone: tzinfo
    gap: str = "end"
    overlap: str = "order"

    @property
    def order_tells(self) -> bool:
        """Whether a time may mean two moments, and the order of the rows says which."""
        return self.overlap == "order" and self.zone.utcoffset(None) is None

    def read(self, local: datetime) -> Reading:
        """Read a time without a zone; raises ``LocalTimeError`` if the mapping rejects such a time."""
        steady = _steady_offset(self.zone, local.date())
        if steady is not None:
            return Reading((local - steady).replace(tzinfo=UTC), is_steady=True)
        aware = local.replace(tzinfo=self.zone, fold=0)
        offset, other = aware.utcoffset(), aware.replace(fold=1).utcoffset()
        if offset == other and offset is not None:
            return Reading((local - offset).replace(tzinfo=UTC))
        first, second = aware.astimezone(UTC), aware.replace(fold=1).astimezone(UTC)
        return self._in_gap(second, first) if second < first else self._in_overlap(first, second)

    def _in_gap(self, earlier: datetime, later: datetime) -> Reading:
        if self.gap == "reject":
            raise LocalTimeError(f"the clocks of {self.zone} skipped it")
        how = _HOW_GAPS[self.gap]
        if self.gap == "end":
            return Reading(self._change(earlier, later), how=how)
        return Reading(earlier if self.gap == "earlier" else later, how=how)

    def _in_overlap(self, first: datetime, second: datetime) -> Reading:
        if self.overlap == "reject":
            raise LocalTimeError(f"the clocks of {self.zone} showed it twice")
        if self.overlap == "order":
            return Reading(first, second)
        if self.overlap == "earlier":
            return Reading(first, how=f"{TWICE} the first")
        return Reading(second, how=f"{TWICE} the second")

    def _change(self, before: datetime, after: datetime) -> datetime:
        """The first moment with the offset that the zone has at ``after``, and has not at ``before``."""
        offset = after.astimezone(self.zone).utcoffset()
        while after - before > _MICROSECOND:
            middle = before + (after - before) // 2
            if middle.astimezone(self.zone).utcoffset() == offset:
                after = middle
            else:
                before = middle
        return after
