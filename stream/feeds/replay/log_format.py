"""How the file of a log is written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from stream.feeds.replay.delimited import QUOTED_LINES

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
    short_rows: bool = False
    thousands: str = ""
