"""Logs with a JSON object on each line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from stream.feeds.replay.flattening import flatten
from stream.feeds.replay.rows import LineCount, LogRow
from stream.feeds.replay.text_lines import open_lines


class JsonLinesReader:
    """Reads JSON Lines. A member of a nested object is the column ``outer.inner``, of a list ``list.0``.

    Numbers keep their spelling, booleans are ``true`` and ``false``, and null is empty.
    """

    unit = "line"
    header = None

    def __init__(self, path: Path, *, encoding: str) -> None:
        self.line_count = LineCount()
        self._path = path
        self._encoding = encoding

    def rows(self) -> Iterator[LogRow]:
        """Yield a row for each line that is not blank."""
        count = self.line_count
        count.reset()
        start = 1
        with open_lines(self._path, self._encoding) as lines:
            try:
                while lines.has(start):
                    for position, line in enumerate(lines.from_line(start), start):
                        start = lines.start = position + 1
                        if line.isspace():
                            count.blank += 1
                        else:
                            yield _row(position, line)
                    problem = lines.unusable(start)
                    if problem is not None:
                        yield LogRow(start, {}, problem)
                        start = lines.start = start + 1
            finally:
                count.lines = lines.total


def _row(position: int, line: str) -> LogRow:
    try:
        record = json.loads(line, parse_int=str, parse_float=str, parse_constant=str)
    except (ValueError, RecursionError) as error:
        return LogRow(position, {}, f"not JSON: {error}")
    if not isinstance(record, dict):
        return LogRow(position, {}, "not a JSON object")
    return LogRow(position, flatten(record), record=record)
