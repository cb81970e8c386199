"""How a log is written: its file, and the times in it."""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from stream.feeds.replay.delimited import QUOTED_LINES
from stream.feeds.replay.local_times import GAPS, OVERLAPS, LocalTimes
from stream.feeds.replay.number_spelling import THOUSANDS
from stream.feeds.replay.times import TimeFormat
from stream.feeds.replay.toml_table import TomlTable

KINDS: Final = ("csv", "tsv", "jsonl", "json", "xes")
"""The kinds of logs that can be read."""


@dataclass(frozen=True, slots=True)
class LogFormat:
    """How the file is to be read: its ``kind`` (csv, tsv, jsonl, json, xes) and what differs within a kind.

    ``thousands`` is what stands between the thousands of a number.
    """

    kind: str
    encoding: str
    delimiter: str
    quote: str
    columns: tuple[str, ...]
    quoted_lines: int = QUOTED_LINES
    records: str = ""
    skip_lines: int = 0
    thousands: str = ""


def read_log_format(table: TomlTable) -> LogFormat:
    """Read the table ``format``; raises ``ReplayError`` when it is not valid."""
    kind = table.choice("kind", KINDS)
    encoding = table.text("encoding", "utf-8")
    try:
        codecs.lookup(encoding)
        "".encode(encoding)  # what Python knows besides encodings of text, such as zip, fails here
    except (LookupError, ValueError):
        table.fail("encoding", f"{encoding!r} is unknown; it must be one that Python knows, such as utf-8 or cp1252")
    delimiter = quote = ""
    quoted_lines, skip_lines = QUOTED_LINES, 0
    columns: tuple[str, ...] = ()
    if kind in {"csv", "tsv"}:
        delimiter = table.text("delimiter", "," if kind == "csv" else "\t")
        if len(delimiter) != 1 or delimiter in "\r\n":
            table.fail("delimiter", f'must be one character, such as ";" or "\\t", not {delimiter!r}')
        quote = table.text("quote", '"')
        if len(quote) > 1 or quote in {"\r", "\n", delimiter}:
            table.fail("quote", f"must be one character other than the delimiter, or empty, not {quote!r}")
        columns = table.texts("columns")
        doubled = next((column for column in columns if columns.count(column) > 1), None)
        if doubled is not None:
            table.fail("columns", f"names the column {doubled!r} twice; each must have a name of its own")
        quoted_lines = _read_count(table, "quoted_lines", QUOTED_LINES, 1)
        skip_lines = _read_count(table, "skip_lines", 0, 0)
    thousands = table.text("thousands", "")
    if thousands and thousands not in THOUSANDS:
        table.fail("thousands", f"must be one of {' '.join(map(repr, THOUSANDS))}, not {thousands!r}")
    records = table.text("records", "") if kind == "json" else ""
    table.finish()
    return LogFormat(kind, encoding, delimiter, quote, columns, quoted_lines, records, skip_lines, thousands)


def _read_count(table: TomlTable, key: str, default: int, least: int) -> int:
    value = table.value(key)
    if value is None:
        return default
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        table.fail(key, f"must be a whole number of lines from {least}, not {value!r}")
    return value


def read_time_format(table: TomlTable) -> TimeFormat:
    """Read the spelling of times in the table ``time``; raises ``ReplayError`` when it is not valid."""
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
