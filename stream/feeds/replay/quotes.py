"""Where quoted fields end that go on after the end of a line."""

from __future__ import annotations

import csv
from collections.abc import Generator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from stream.feeds.replay.failure import ReplayError
from stream.feeds.replay.text_lines import open_lines


class QuoteEnd(NamedTuple):
    """The line that ends a row of which a quoted field is open when the line begins.

    A row that ``is_never`` ended goes up to that line, the last one. It is ``is_clean`` if nothing but a delimiter
    follows the closing quote.
    """

    line: int
    is_clean: bool
    is_never: bool = False


class QuoteEnds:
    """Finds the ends of quoted fields, in a pass of its own over the file that never goes back.

    Whether a line ends a row of which a field is open depends on nothing before that line. Thus one pass is
    enough, however many stray quotes there are, and whatever rows they begin.
    """

    def __init__(self, path: Path, encoding: str, dialect: Mapping[str, Any]) -> None:
        self._path = path
        self._encoding = encoding
        self._dialect = dialect
        self._quote: str = dialect.get("quotechar", "")
        self._found = self._find()
        self._last = QuoteEnd(0, is_clean=False)

    def after(self, line: int) -> QuoteEnd:
        """The end of a row of which a field is open when a line ends; the lines that are asked for never decrease."""
        while self._last.line <= line and not self._last.is_never:
            self._last = next(self._found)
        return self._last

    def close(self) -> None:
        """Close the file."""
        self._found.close()

    def _find(self) -> Generator[QuoteEnd]:
        number = 0
        with suppress(ReplayError), open_lines(self._path, self._encoding) as lines:
            while lines.has(number + 1):
                for text in lines.from_line(number + 1):
                    number += 1
                    lines.start = number + 1
                    if self._quote in text and (end := self._end(number, text)) is not None:
                        yield end
                if lines.unusable(number + 1):
                    number += 1
                    lines.start = number + 1
                    yield QuoteEnd(number, is_clean=False)
        # Whoever reads the rows meets the error of a file that cannot be read on, too, and with the rows before it.
        yield QuoteEnd(number, is_clean=False, is_never=True)

    def _end(self, number: int, text: str) -> QuoteEnd | None:
        parsed = csv.reader((self._quote + text, self._quote), strict=True, **self._dialect)
        try:
            next(parsed)
        except csv.Error:
            return QuoteEnd(number, is_clean=False)
        return QuoteEnd(number, is_clean=True) if parsed.line_num == 1 else None
