"""How a log is written: its file, and the times in it."""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from stream.feeds.replay.delimited import QUOTED_LINES
from stream.feeds.replay.times import TimeFormat
from stream.feeds.replay.toml_table import TomlTable

_KINDS: Final = ("csv", "tsv", "jsonl", "xes")


@dataclass(frozen=True, slots=True)
class LogFormat:
    """How the file is to be read: its ``kind`` (csv, tsv, jsonl, xes) and what differs within a kind."""

    kind: str
    encoding: str
    delimiter: str
    quote: str
    columns: tuple[str, ...]
    quoted_lines: int


def read_log_format(table: TomlTable) -> LogFormat:
    """Read the table ``format``; raises ``ReplayError`` when it is not valid."""
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
    table.finish()
    return LogFormat(kind, encoding, delimiter, quote, columns, quoted_lines)


def _read_quoted_lines(table: TomlTable) -> int:
    value = table.value("quoted_lines")
    if value is None:
        return QUOTED_LINES
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        table.fail("quoted_lines", f"must be a whole number of lines from 1, not {value!r}")
    return value


def read_time_format(table: TomlTable) -> TimeFormat:
    """Read the spelling of times in the table ``time``; raises ``ReplayError`` when it is not valid."""
    name = table.text("zone", "UTC")
    try:
        zone = ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        table.fail("zone", f"{name!r} is no IANA time zone; it must be one such as UTC or Europe/Rome")
    try:
        return TimeFormat(table.text("format", "iso"), zone)
    except ValueError as error:
        table.fail("format", f"cannot be used: {error}")
