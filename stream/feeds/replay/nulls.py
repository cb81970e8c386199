"""Values by which a log says that there is none."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from stream.feeds.replay.toml_table import TomlTable

_EVERYWHERE: Final = "*"


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


def read_nulls(table: TomlTable) -> Nulls:
    """Read ``null``: a value, a list of values, or a table of them by column, in which ``*`` is every column.

    Raises ``ReplayError`` when it is none of these.
    """
    if not isinstance(table.value("null"), dict):
        return Nulls(_bare(table, "null"))
    columns = table.table("null")
    of_column = {column: _bare(columns, column) for column in columns.keys()}
    return Nulls(of_column.pop(_EVERYWHERE, frozenset()), of_column)


def _bare(table: TomlTable, key: str) -> frozenset[str]:
    return frozenset(value.strip() for value in table.texts(key))
