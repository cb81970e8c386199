"""The mapping: what says which row of a log means which events."""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from stream.feeds.replay.data_values import read_template
from stream.feeds.replay.delimited import QUOTED_LINES
from stream.feeds.replay.failure import ReplayError
from stream.feeds.replay.local_times import GAPS, OVERLAPS, LocalTimes
from stream.feeds.replay.rules import Rule, read_rule
from stream.feeds.replay.templates import Template
from stream.feeds.replay.times import TimeFormat
from stream.feeds.replay.toml_table import TomlTable

_KINDS: Final = ("csv", "tsv", "jsonl", "json", "xes")
_ORDERS: Final = ("time", "file")
_SHIPPED: Final = files("stream.feeds") / "mappings"


@dataclass(frozen=True, slots=True)
class LogFormat:
    """How the file is to be read: its ``kind`` (csv, tsv, jsonl, json, xes) and what differs within a kind."""

    kind: str
    encoding: str
    delimiter: str
    quote: str
    columns: tuple[str, ...]
    quoted_lines: int
    records: str


@dataclass(frozen=True, slots=True)
class Mapping:
    """A validated mapping.

    ``source`` is the CloudEvents source of all events; ``subject``, ``time`` and ``id`` are what a rule uses
    that has none of its own; without ``id``, ids come from the row's position and content. ``first_by`` says
    what the first row of a subject is: the earliest (``time``) or the one that comes first (``file``).
    """

    file: str
    description: str
    source: str
    format: LogFormat
    time: Template
    time_format: TimeFormat
    subject: Template
    id: Template | None
    first_by: str
    rules: tuple[Rule, ...]

    @property
    def needs_first_rows(self) -> bool:
        """Whether the earliest row of each subject must be known before the first row is mapped."""
        return self.first_by == "time" and any(rule.first_of_subject is not None for rule in self.rules)

    def columns(self) -> dict[str, str]:
        """The columns that the mapping reads, each with the first place in the file that names it."""
        places: dict[str, str] = {}
        for template, place in ((self.subject, "subject"), (self.time, "time.value"), (self.id, "id")):
            for column in template.columns if template else ():
                places.setdefault(column, place)
        for rule in self.rules:
            for column, place in rule.columns():
                places.setdefault(column, place)
        return places


def shipped_mappings() -> tuple[str, ...]:
    """The names of the mappings that come with the product."""
    return tuple(sorted(entry.name.removesuffix(".toml") for entry in _SHIPPED.iterdir() if ".toml" in entry.name))


def load_mapping(path: str | Path) -> Mapping:
    """Read a mapping from a file, or the one that comes with the product under a bare name.

    Raises ``ReplayError`` with one line that names the file, the key and what would be right.
    """
    return _read_mapping(TomlTable.read(_found(Path(path)), str(path)), str(path))


def _found(given: Path) -> Path | Traversable:
    if given.suffix or len(given.parts) != 1 or given.is_file():
        return given
    if given.name not in shipped_mappings():
        known = ", ".join(shipped_mappings())
        raise ReplayError(f"{given}: no such mapping; give the path of a .toml file, or one of {known}")
    return _SHIPPED / f"{given.name}.toml"


def _read_mapping(table: TomlTable, file: str) -> Mapping:
    time = table.table("time")
    mapping = Mapping(
        file=file,
        description=table.text("description", ""),
        source=table.text("source"),
        format=_read_format(table.table("format")),
        time=read_template(time, "value"),
        time_format=_read_time_format(time),
        subject=read_template(table, "subject"),
        id=read_template(table, "id") if table.has("id") else None,
        first_by=table.choice("first_by", _ORDERS, "time"),
        rules=tuple(read_rule(rule) for rule in table.tables("rule")),
    )
    time.finish()
    table.finish()
    if not mapping.source:
        table.fail("source", 'must not be empty; it names where the events come from, such as "/logs/helpdesk"')
    return mapping


def _read_format(table: TomlTable) -> LogFormat:
    kind = table.choice("kind", _KINDS)
    encoding = table.text("encoding", "utf-8")
    try:
        codecs.lookup(encoding)
        "".encode(encoding)  # what Python knows besides encodings of text, such as zip, fails here
    except (LookupError, ValueError):
        table.fail("encoding", f"{encoding!r} is unknown; it must be one that Python knows, such as utf-8 or cp1252")
    delimiter = quote = ""
    quoted_lines = QUOTED_LINES
    columns: tuple[str, ...] = ()
    if kind in {"csv", "tsv"}:
        delimiter = table.text("delimiter", "," if kind == "csv" else "\t")
        if len(delimiter) != 1 or delimiter in "\r\n":
            table.fail("delimiter", f'must be one character, such as ";" or "\\t", not {delimiter!r}')
        quote = table.text("quote", '"')
        if len(quote) > 1 or quote in {"\r", "\n", delimiter}:
            table.fail("quote", f"must be one character other than the delimiter, or empty, not {quote!r}")
        columns = table.texts("columns")
        quoted_lines = _read_quoted_lines(table)
    records = table.text("records", "") if kind == "json" else ""
    table.finish()
    return LogFormat(kind, encoding, delimiter, quote, columns, quoted_lines, records)


def _read_quoted_lines(table: TomlTable) -> int:
    value = table.value("quoted_lines")
    if value is None:
        return QUOTED_LINES
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        table.fail("quoted_lines", f"must be a whole number of lines from 1, not {value!r}")
    return value


def _read_time_format(table: TomlTable) -> TimeFormat:
    name = table.text("zone", "UTC")
    try:
        zone = ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        table.fail("zone", f"{name!r} is no IANA time zone; it must be one such as UTC or Europe/Rome")
    local_times = LocalTimes(zone, table.choice("gap", GAPS, "end"), table.choice("overlap", OVERLAPS, "order"))
    try:
        return TimeFormat(table.texts("format") or "iso", local_times)
    except ValueError as error:
        table.fail("format", f"cannot be used: {error}")
