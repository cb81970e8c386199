"""Values from a second file, found by a key: the role of the user who wrote a row."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from stream.feeds.replay.failure import ReplayError
from stream.feeds.replay.language.format_tables import DelimitedFormat
from stream.feeds.replay.language.mapping_table import LookupTable
from stream.feeds.replay.log_format import LogFormat
from stream.feeds.replay.nulls import Nulls
from stream.feeds.replay.quoting import quoted
from stream.feeds.replay.rows import LogReader
from stream.feeds.replay.similar_columns import columns_like
from stream.feeds.replay.templates import Template

_CSV: Final = DelimitedFormat(kind="csv")


@dataclass(frozen=True, slots=True)
class Lookup:
    """Each column of ``file`` becomes a column of the log that begins with ``prefix``: the ``name`` and a dot.

    Its value is that of the file's row whose column ``key`` holds the text of ``value``, or empty if there is none.
    ``value_key`` is the key of the mapping under which ``value`` was given.
    """

    name: str
    place: str
    file: Path
    key: str
    value: Template
    value_key: str
    format: LogFormat

    @property
    def prefix(self) -> str:
        """What the names of its columns begin with."""
        return f"{self.name}."


@dataclass(frozen=True, slots=True)
class LoadedLookup:
    """The rows of a lookup's file by their keys, with only those columns that the mapping reads."""

    value: Template
    rows: dict[str, dict[str, str]]
    without: dict[str, str]

    def add(self, fields: dict[str, str]) -> None:
        """Put the looked-up values of a row beside its own."""
        fields.update(self.rows.get(self.value.render(fields).strip(), self.without))


def lookups_of(tables: Mapping[str, LookupTable], folder: Path) -> tuple[Lookup, ...]:
    """The lookups of the tables ``[lookup.name]``; files are relative to ``folder``."""
    return tuple(
        Lookup(
            name=name,
            place=f"lookup.{name}",
            file=folder / table.file,
            key=table.key,
            value=table.template(),
            value_key="column" if table.value is None else "value",
            format=(table.format or _CSV).log_format(),
        )
        for name, table in tables.items()
    )


def load(
    lookup: Lookup, open_file: Callable[[], LogReader], mapping_file: str, wanted: dict[str, str], nulls: Nulls
) -> LoadedLookup:
    """Read the file of a lookup; ``wanted`` are the columns that the mapping reads and where it names them.

    Raises ``ReplayError`` when it is not there, lacks a column, has a row that cannot be read, or two rows with the
    same key.
    """
    if not lookup.file.is_file():
        raise ReplayError(f"{mapping_file}: {lookup.place}.file: there is no file {lookup.file}")
    reader = open_file()
    prefix = lookup.prefix
    columns = {name.removeprefix(prefix): place for name, place in wanted.items() if name.startswith(prefix)}
    rows: dict[str, dict[str, str]] = {}
    lines: dict[str, int] = {}
    met: dict[str, None] = dict.fromkeys(reader.header or ())
    for row in reader.rows():
        if row.problem is not None:
            raise ReplayError(f"{lookup.file}: {reader.unit} {row.position}: {row.problem}")
        met.update(dict.fromkeys(row.fields))
        nulls.clear(row.fields)
        key = row.fields.get(lookup.key, "").strip()
        if not key:
            continue
        if key in rows:
            raise ReplayError(
                f"{lookup.file}: {reader.unit}s {lines[key]} and {row.position} both have the {lookup.key} "
                f"{quoted(key)}; {lookup.place}.key in {mapping_file} must name a column that tells the rows apart"
            )
        rows[key] = {prefix + column: row.fields.get(column, "") for column in columns}
        lines[key] = row.position
    for column, place in {lookup.key: f"{lookup.place}.key", **columns}.items():
        if column not in met:
            raise ReplayError(
                f"{lookup.file}: there is no column {column!r}, which {mapping_file} names in {place}; "
                f"{columns_like(column, met)}"
            )
    return LoadedLookup(lookup.value, rows, dict.fromkeys((prefix + column for column in columns), ""))
