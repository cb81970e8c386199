"""The times of rows, where the order of the rows says what a time means."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import datetime

from stream.feeds.replay.local_times import TWICE, Reading
from stream.feeds.replay.times import TimeFormat


class RowTimes:
    """Reads the times of a log, whose rows come in the order of the file.

    A time that the clocks showed twice is the first of its two moments, unless that lies before the time that
    the row before of the same subject has in the same place, and the second one does not. If the log has its
    ``newest_first`` it is the second, unless that lies after the time of the row before and the first does not.
    ``counted`` gets the times that were read in a way that needs saying.
    """

    def __init__(
        self, time_format: TimeFormat, *, newest_first: bool = False, counted: Counter[str] | None = None
    ) -> None:
        self.order_tells = time_format.local_times.order_tells
        self._read = time_format.read
        self._newest_first = newest_first
        self._counted: Counter[str] = Counter() if counted is None else counted
        self._previous: defaultdict[str, dict[str, datetime]] = defaultdict(dict)

    def read(self, text: str, place: str, subject: str, not_before: datetime | None = None) -> datetime:
        """Read the time that a row has in a place, once for each row.

        ``not_before`` is when something happened that the row has happen before. Raises ``ValueError`` or
        ``OverflowError`` when the text is no time.
        """
        reading = self._read(text)
        time, how = reading.time, reading.how
        if self.order_tells:
            previous = self._previous[place]
            if reading.second is not None:
                time, how = self._in_order(reading, reading.second, previous.get(subject), not_before)
            previous[subject] = time
        if how:
            self._counted[how] += 1
        return time

    def pass_by(self, place: str, subject: str) -> None:
        """Take into account that a row has a steady time, which needs no reading, in a place."""
        if place in self._previous:
            self._previous[place].pop(subject, None)

    def _in_order(
        self, reading: Reading, second: datetime, previous: datetime | None, not_before: datetime | None
    ) -> tuple[datetime, str]:
        first = reading.time
        if not_before is not None and first < not_before <= second:
            return second, f"{TWICE} the second, as the order tells"
        if self._newest_first:
            if previous is not None and first <= previous < second:
                return first, f"{TWICE} the first, as the order tells"
            return second, f"{TWICE} the second"
        if previous is not None and first < previous <= second:
            return second, f"{TWICE} the second, as the order tells"
        return first, f"{TWICE} the first"
