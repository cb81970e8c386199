"""One rule for many columns, or for each element of a list in a cell."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from stream.feeds.replay.flattening import flatten
from stream.feeds.replay.nulls import Nulls
from stream.feeds.replay.quoting import quoted
from stream.feeds.replay.rows import COLUMN, ELEMENT, EPISODE, POSITION, VALUE


@dataclass(frozen=True, slots=True)
class Expansion:
    """What a rule is applied to instead of a row: each of its columns (``for_each``), or each element of a list.

    ``columns`` are named, or those that ``pattern`` is found in. ``list_column`` holds the list, whose elements
    are between ``separator``, or in JSON if that is empty. What is empty, or one of ``nulls``, is left out.
    """

    place: str
    columns: tuple[str, ...]
    pattern: re.Pattern[str] | None
    list_column: str
    separator: str
    nulls: Nulls

    @property
    def has_columns(self) -> bool:
        """Whether it is for several columns."""
        return bool(self.columns or self.pattern)

    def provides(self, column: str) -> bool:
        """Whether a template means what the rule is applied to, and not a column of the log."""
        if column in {COLUMN, VALUE}:
            return self.has_columns
        return bool(self.list_column) and (column == ELEMENT or column.startswith(f"{ELEMENT}."))

    def of(self, fields: dict[str, str]) -> Iterator[tuple[str, dict[str, str]]]:
        """Yield the columns' names, empty without ``for_each``, and the values that the rule is applied to.

        Raises ``ValueError`` when the cell holds no list.
        """
        if not self.has_columns:
            yield from (("", instance) for instance in self._elements(fields))
            return
        for column in self.columns or self._found(fields):
            value = fields.get(column, "")
            if value.strip():
                instance = fields | {COLUMN: column, VALUE: value}
                if self.list_column:
                    yield from ((column, element) for element in self._elements(instance))
                else:
                    yield column, instance

    def matching(self, columns: tuple[str, ...]) -> bool:
        """Whether any of a log's columns is meant by the pattern, if there is one."""
        return self.pattern is None or any(self.pattern.search(column) for column in columns)

    def _found(self, fields: dict[str, str]) -> list[str]:
        pattern = self.pattern
        return [column for column in fields if pattern and column not in {POSITION, EPISODE} and pattern.search(column)]

    def _elements(self, fields: dict[str, str]) -> Iterator[dict[str, str]]:
        cell = fields.get(self.list_column, "").strip()
        if not cell:
            return
        elements = [part.strip() for part in cell.split(self.separator)] if self.separator else self._parsed(cell)
        for element in elements:
            values = flatten({ELEMENT: element})
            if self.nulls:
                self.nulls.clear(values)
            if any(value.strip() for value in values.values()):
                yield fields | values

    def _parsed(self, cell: str) -> list[object]:
        try:
            value = json.loads(cell, parse_int=str, parse_float=str, parse_constant=str)
        except (ValueError, RecursionError):
            raise ValueError(
                f"explode: {quoted(cell)} in the column {self.list_column!r} is not JSON; "
                f"explode.separator is for lists that are not"
            ) from None
        return value if isinstance(value, list) else [value]
