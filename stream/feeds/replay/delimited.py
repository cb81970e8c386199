"""Logs with a row for each line and a delimiter between the columns: CSV and TSV."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from stream.feeds.replay.failure import ReplayError
from stream.feeds.replay.log_file import open_text
from stream.feeds.replay.rows import Row

_LONGEST_FIELD: Final = 16 * 1024 * 1024


class DelimitedReader:
    """Reads CSV and TSV. ``columns`` are the names of the columns of a file that has no header.

    ``quote`` is the character around fields that contain the delimiter; an empty one says that there is none.
    Raises ``ReplayError`` when the file has no header, or one that names a column twice.
    """

    unit = "line"

    def __init__(self, path: Path, *, encoding: str, delimiter: str, quote: str, columns: tuple[str, ...]) -> None:
        self._path = path
        self._encoding = encoding
        self._dialect: dict[str, Any] = {"delimiter": delimiter}
        if quote:
            self._dialect["quotechar"] = quote
        else:
            self._dialect["quoting"] = csv.QUOTE_NONE
        self._has_header = not columns
        self.header: tuple[str, ...] = columns or self._read_header()

    def rows(self) -> Iterator[Row]:
        """Yield the rows; their positions are the lines at which they begin."""
        header = self.header
        with self._open() as lines:
            position = 1
            for number, values in enumerate(lines):
                if values and not (number == 0 and self._has_header):
                    yield _row(position, header, values)
                position = lines.line_num + 1

    def _read_header(self) -> tuple[str, ...]:
        with self._open() as lines:
            header = tuple(next(lines, ()))
        if not header:
            raise ReplayError(f"{self._path}: line 1 must name the columns, but it is empty")
        doubled = next((column for column in header if header.count(column) > 1), None)
        if doubled is not None:
            raise ReplayError(f"{self._path}: line 1 names the column {doubled!r} twice")
        return header

    @contextmanager
    def _open(self) -> Iterator[Any]:
        csv.field_size_limit(_LONGEST_FIELD)
        with open_text(self._path, self._encoding) as text:
            lines = csv.reader(text, **self._dialect)
            try:
                yield lines
            except csv.Error as error:
                raise ReplayError(f"{self._path}: line {lines.line_num}: {error}") from error


def _row(position: int, header: tuple[str, ...], values: list[str]) -> Row:
    if len(values) != len(header):
        return Row(position, {}, f"it has {len(values)} fields where the header has {len(header)}")
    return Row(position, dict(zip(header, values, strict=True)))
