"""When the events of a log happened."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping as Fields
from contextlib import suppress
from datetime import UTC, datetime
from typing import Final

from stream.feeds.replay.local_times import LocalTimeError
from stream.feeds.replay.mapping import Mapping
from stream.feeds.replay.quoting import quoted
from stream.feeds.replay.row_times import RowTimes
from stream.feeds.replay.templates import Template
from stream.feeds.replay.times import TimeFormat

_EARLIEST: Final = datetime(1990, 1, 1, tzinfo=UTC)


class Moments:
    """Reads the times of the rows of a log in one pass, in the order of the file.

    ``latest`` is the last moment that a row may give. ``counted`` gets the local times that were read in a way that
    needs saying.
    """

    def __init__(self, mapping: Mapping, latest: datetime, counted: Counter[str] | None = None) -> None:
        self._mapping = mapping
        self._latest = latest
        self._newest_first = mapping.equal_times.order == "file_reversed"
        self._counted = counted
        self._times: dict[TimeFormat, RowTimes] = {}
        self._order_tells = mapping.time_format.local_times.order_tells
        self._subject = ""
        self._read: dict[tuple[TimeFormat, str, str], datetime] = {}

    def begin(self, subject: str) -> None:
        """Turn to the next row."""
        self._subject = subject
        if self._read:
            self._read.clear()

    def pass_by(self, fields: Fields[str, str]) -> None:
        """Take the time of the row itself into account, whether or not an event will have it."""
        if self._order_tells:
            with suppress(ValueError):  # a rule that needs the time meets the error again
                self.of_row(fields)

    def of_row(self, fields: Fields[str, str]) -> datetime:
        """The time of the row itself; raises ``ValueError`` as ``read`` does."""
        return self.read(self._mapping.time, self._mapping.time_format, fields)

    def read(
        self,
        template: Template,
        time_format: TimeFormat,
        fields: Fields[str, str],
        label: str = "",
        not_before: datetime | None = None,
    ) -> datetime:
        """A time of the row; raises ``ValueError`` when the row gives none between 1990 and the latest moment.

        ``label`` tells the columns apart for which a rule reads the same template. ``not_before`` is when something
        happened that the row has happen before.
        """
        text = template.render(fields)
        try:
            reading = time_format.read(text)
            if reading.is_steady:
                time = reading.time
                if self._times:
                    self._of_format(time_format).pass_by(template.text + label, self._subject)
            else:
                time = self._in_order(text, time_format, template.text + label, not_before)
        except LocalTimeError as error:
            raise ValueError(f"time: {quoted(text)} cannot be read: {error}") from error
        except (ValueError, OverflowError) as error:
            missing = template.missing(fields)
            if missing is not None:
                raise ValueError(
                    f"time: the column {missing!r} is empty; if such rows are totals or the like, skip them by a "
                    f"[[rule]] placed first, with when = {{ {missing!r} = {{ empty = true }} }}; otherwise "
                    f'time_empty = "skip" in a rule makes no event of them'
                ) from error
            raise ValueError(f"time: {quoted(text)} is not a time in the format {time_format.spelling}") from error
        if not _EARLIEST <= time <= self._latest:
            raise ValueError(f"time: {quoted(text)} lies before 1990 or in the future")
        return time

    def _in_order(self, text: str, time_format: TimeFormat, place: str, not_before: datetime | None) -> datetime:
        """Read a time once for each row, however many rules ask for it."""
        key = time_format, place, text
        if key not in self._read:
            self._read[key] = self._of_format(time_format).read(text, place, self._subject, not_before)
        return self._read[key]

    def _of_format(self, time_format: TimeFormat) -> RowTimes:
        times = self._times.get(time_format)
        if times is None:
            times = RowTimes(time_format, newest_first=self._newest_first, counted=self._counted)
            self._times[time_format] = times
        return times
