"""The order of events that happened at the same time."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final

import orjson

from stream.feeds.replay.filling import filled
from stream.feeds.replay.rows import LogRow
from stream.feeds.replay.templates import Template

_WHOLE: Final = re.compile(r"0*(\d{1,20})(?:\.0+)?", re.ASCII)
_LAST_POSITION: Final = 10**12
_LAST_PART: Final = 10**9

Rank = int | str
"""What rows of the same time are compared by; all rows of a log have the same type of it."""


@dataclass(frozen=True, slots=True)
class EqualTimes:
    """How events with the same time follow each other.

    ``order`` is that of the file (``file``), the opposite (``file_reversed``), or none but that of the kinds of
    events (``kind``). A ``template`` stands for a column that tells the order. ``exploded`` says that several rows
    can have the same position.
    """

    order: str
    template: Template | None
    exploded: bool

    def attributes(self) -> Callable[[LogRow], bytes]:
        """What makes the end of an event in JSON with a row's ``sequence``, which replaces its last brace.

        It raises ``ValueError`` when the row has none, or one that is no text.
        """
        if self.template is not None:
            return partial(_given, self.template)
        if self.order == "kind":
            return _none
        if self.exploded:
            return _of_part if self.order == "file" else _of_part_reversed
        return _of_position if self.order == "file" else _of_position_reversed

    def rank(self, row: LogRow, ordinal: int) -> Rank:
        """The place of a row, the ``ordinal``-th of the log, among those of its time; raises ``ValueError``."""
        if self.template is not None:
            return _text(self.template, row)
        return -ordinal if self.order == "file_reversed" else ordinal


def _padded(value: str) -> str:
    whole = _WHOLE.fullmatch(value.strip())
    return whole.group(1).zfill(20) if whole else value.strip()


def _given(template: Template, row: LogRow) -> bytes:
    try:
        return b',"sequence":%s}' % orjson.dumps(_text(template, row))
    except orjson.JSONEncodeError as error:
        raise ValueError(f"sequence: not text: {error}") from error


def _text(template: Template, row: LogRow) -> str:
    filled(template, row.fields, "sequence")
    padded = {column: _padded(row.fields[column]) for column in template.columns}
    return template.render(row.fields | padded)


def _none(row: LogRow) -> bytes:
    del row
    return b"}"


def _of_position(row: LogRow) -> bytes:
    return b',"sequence":"%012d"}' % row.position


def _of_position_reversed(row: LogRow) -> bytes:
    return b',"sequence":"%012d"}' % (_LAST_POSITION - row.position)


def _of_part(row: LogRow) -> bytes:
    return b',"sequence":"%012d.%09d"}' % (row.position, row.part)


def _of_part_reversed(row: LogRow) -> bytes:
    return b',"sequence":"%012d.%09d"}' % (_LAST_POSITION - row.position, _LAST_PART - row.part)
