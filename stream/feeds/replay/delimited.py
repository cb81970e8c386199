"""Logs with a row for each line and a delimiter between the columns: CSV and TSV."""

from __future__ import annotations

import csv
from collections.abc import Generator, Iterator
from contextlib import closing
from itertools import islice, zip_longest
from pathlib import Path
from typing import Any, Final

from stream.feeds.replay.failure import ReplayError
from stream.feeds.replay.quotes import QuoteEnd, QuoteEnds
from stream.feeds.replay.rows import LineCount, LogRow
from stream.feeds.replay.text_lines import LONGEST_LINE, TextLines, open_lines

QUOTED_LINES: Final = 1_000
"""How many lines a row may have by default."""

_BELOW: Final = "if they are named further down, skip_lines in [format] says how many lines stand above"


class DelimitedReader:
    """Reads CSV and TSV. ``columns`` are the names of the columns of a file that has no header.

    The first ``skip_lines`` lines are no part of the table. ``quote`` is the character around fields that contain the
    delimiter; an empty one says that there is none. A row has several lines where a quoted field has line breaks. It
    is one row only if it is right as a whole: it has as many fields as the header, nothing but a delimiter after a
    closing quote, and no more than ``quoted_lines`` lines. Otherwise its quote is taken for a stray one: the row is
    the first line alone, which cannot be read, and the next line is read as a row of its own. A row of one line is
    read as Python's csv does, and may have fewer fields if ``short_rows`` are allowed.

    Raises ``ReplayError`` when the file has no header, or one that names a column twice.
    """

    unit = "line"

    def __init__(  # noqa: PLR0913 - one for each key of [format]
        self,
        path: Path,
        *,
        encoding: str,
        delimiter: str,
        quote: str,
        columns: tuple[str, ...],
        quoted_lines: int = QUOTED_LINES,
        skip_lines: int = 0,
        short_rows: bool = False,
    ) -> None:
        self.line_count = LineCount()
        self._path = path
        self._encoding = encoding
        self._quoted_lines = quoted_lines
        self._quote = quote
        self._dialect: dict[str, Any] = {"delimiter": delimiter}
        if quote:
            self._dialect["quotechar"] = quote
        else:
            self._dialect["quoting"] = csv.QUOTE_NONE
        self._skip_lines = skip_lines
        self._short_rows = short_rows
        self._header_lines = 0
        self.header: tuple[str, ...] = columns or self._read_header()

    def rows(self) -> Iterator[LogRow]:
        """Yield the rows; their positions are the lines at which they begin."""
        csv.field_size_limit(LONGEST_LINE)
        count = self.line_count
        count.reset()
        count.above, count.header = self._skip_lines, self._header_lines
        with (
            open_lines(self._path, self._encoding, reach=self._quoted_lines) as lines,
            closing(QuoteEnds(self._path, self._encoding, self._dialect)) as quote_ends,
        ):
            try:
                yield from self._rows(lines, quote_ends)
            finally:
                count.lines = lines.total
                count.above = min(count.above, lines.total)

    def _rows(self, lines: TextLines, quote_ends: QuoteEnds) -> Iterator[LogRow]:
        header, most = self.header, self._quoted_lines
        width = len(header)
        start = lines.start = self._skip_lines + self._header_lines + 1
        while True:
            before = start - 1
            parsed = csv.reader(lines.from_line(start), strict=True, **self._dialect)
            try:
                for values in parsed:
                    end = before + parsed.line_num
                    if len(values) == width and end - start < most:
                        yield LogRow(start, dict(zip(header, values, strict=True)))
                    elif end > start:
                        break
                    else:
                        yield from self._other(start, values)
                    if end > start:
                        self.line_count.joined += end - start
                    start = lines.start = end + 1
                else:
                    if not lines.has(start):
                        return
                    problem = lines.unusable(start)
                    if problem is not None:
                        yield LogRow(start, {}, problem)
                        start = lines.start = start + 1
                    continue
            except csv.Error:
                pass
            start = lines.start = yield from self._line_by_line(lines, start, quote_ends)

    def _line_by_line(self, lines: TextLines, start: int, quote_ends: QuoteEnds) -> Generator[LogRow, None, int]:
        """Yield the rows from a line on up to where a quote ends that opens in it; return the line after them."""
        end: QuoteEnd | None = None
        number = start
        for number, text in enumerate(lines.from_line(start), start):
            lines.start = number
            if end is not None and number >= end.line and not end.is_never:
                return number
            parsed = csv.reader((text, self._quote), **self._dialect)
            try:
                values = next(parsed)
            except csv.Error as error:
                yield LogRow(number, {}, str(error))
            else:
                if parsed.line_num > 1 and self._quote:
                    end = end or quote_ends.after(number)
                    row = self._joined(lines, number, end)
                    yield row
                    if row.problem is None:
                        self.line_count.joined += end.line - number
                        return end.line + 1
                else:
                    yield from self._other(number, values)
            if end is None:
                break
        return number + 1

    def _joined(self, lines: TextLines, start: int, end: QuoteEnd) -> LogRow:
        more = end.line - start
        if end.is_never:
            swallowed = f"; it would take in {_lines(more)}, up to the end of the file" if more else ""
            return LogRow(start, {}, f"a quote opens here that is never closed{swallowed}")
        closed = f"a quote opens here that would take in {_lines(more)}, up to line {end.line}"
        if not end.is_clean:
            return LogRow(start, {}, f"{closed}, where more than a delimiter follows it")
        if more >= self._quoted_lines:
            return LogRow(start, {}, f"{closed}; with format.quoted_lines = {self._quoted_lines} that is too many")
        parsed = csv.reader(islice(lines.from_line(start), more + 1), strict=True, **self._dialect)
        try:
            values = next(parsed)
        except csv.Error as error:
            return LogRow(start, {}, f"{closed}: {error}")
        if len(values) != len(self.header):
            return LogRow(start, {}, f"{closed}; the row would have {_fields(values, self.header)}")
        return LogRow(start, dict(zip(self.header, values, strict=True)))

    def _other(self, position: int, values: list[str]) -> Iterator[LogRow]:
        """Yield the row of one line, if it is none that is blank."""
        if not values:
            self.line_count.blank += 1
        elif self._short_rows and len(values) < len(self.header):
            yield LogRow(position, dict(zip_longest(self.header, values, fillvalue="")))
        elif len(values) != len(self.header):
            yield LogRow(position, {}, f"it has {_fields(values, self.header)}")
        else:
            yield LogRow(position, dict(zip(self.header, values, strict=True)))

    def _read_header(self) -> tuple[str, ...]:
        first = self._skip_lines + 1
        csv.field_size_limit(LONGEST_LINE)
        with open_lines(self._path, self._encoding, reach=self._quoted_lines) as lines:
            lines.start = first
            problem = lines.unusable(first)
            if problem is not None:
                raise ReplayError(f"{self._path}: line {first} must name the columns, but {problem}")
            parsed = csv.reader(lines.from_line(first), strict=True, **self._dialect)
            try:
                header = tuple(next(parsed, ()))
            except csv.Error as error:
                raise ReplayError(
                    f"{self._path}: line {first} must name the columns, but cannot be read: {error}"
                ) from error
            self._header_lines = parsed.line_num
        if not header:
            raise ReplayError(f"{self._path}: line {first} must name the columns, but it is empty; {_BELOW}")
        doubled = next((column for column in header if header.count(column) > 1), None)
        if doubled is not None:
            raise ReplayError(f"{self._path}: line {first} names the column {doubled!r} twice")
        return header


def _lines(count: int) -> str:
    return "1 line" if count == 1 else f"{count} lines"


def _fields(values: list[str], header: tuple[str, ...]) -> str:
    return f"{len(values)} fields where the header has {len(header)}"
