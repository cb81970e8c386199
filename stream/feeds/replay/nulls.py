"""Values by which a log says that there is none."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

EVERYWHERE: Final = "*"
"""What a mapping says in place of a column to mean all of them."""


@dataclass(frozen=True, slots=True)
class Nulls:
    """The values that are empty: those of every column, and further ones of some. Space around a value is ignored."""

    everywhere: frozenset[str] = frozenset()
    of_column: dict[str, frozenset[str]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.everywhere or self.of_column)

    def clear(self, fields: dict[str, str]) -> None:
        """Make all such values of a row empty."""
        everywhere, of_column = self.everywhere, self.of_column
        for column, value in fields.items():
            bare = value.strip()
            if bare in everywhere or (column in of_column and bare in of_column[column]):
                fields[column] = ""
