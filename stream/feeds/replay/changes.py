"""Which columns of a row differ from the row before of the same subject."""

from __future__ import annotations

from array import array
from collections.abc import Mapping as Fields
from datetime import datetime
from typing import Final, NamedTuple

from stream.feeds.replay.sequences import Rank
from stream.feeds.replay.times import EPOCH, MICROSECOND

_EMPTY: Final = hash("")
_IGNORED: Final = -(2**63)
_BITS: Final = 8


class Watched(NamedTuple):
    """A column, and those of its values that count as none at all: not as a change, nor as what was there before."""

    column: str
    ignored: frozenset[str] = frozenset()


class Changes:
    """Finds the changes of some ``columns`` in a pass over the log before the rows are mapped.

    The row before is the one before in time, and by rank where times are equal. Before its first row, all columns
    of a subject are empty. Of each row only hashes are kept, and of these only what changed. What a rejected row
    changed counts as changed by the next row of the subject in the file.
    """

    def __init__(self, columns: tuple[Watched, ...]) -> None:
        self._columns = columns
        self._subjects: dict[str, int] = {}
        self._ordinals = array("q")
        self._subject = array("q")
        self._times = array("q")
        self._ranks: list[Rank] = []
        self._values = [array("q") for _ in columns]
        self._width = (len(columns) + _BITS - 1) // _BITS
        self._changed = bytearray()
        self._rejected: dict[str, int] = {}

    def note(self, fields: Fields[str, str], ordinal: int, subject: str, time: datetime, rank: Rank) -> None:
        """Take a row, the ``ordinal``-th of the log, into account."""
        self._ordinals.append(ordinal)
        self._subject.append(self._subjects.setdefault(subject, len(self._subjects)))
        self._times.append((time - EPOCH) // MICROSECOND)
        self._ranks.append(rank)
        for column, values in zip(self._columns, self._values, strict=True):
            value = fields.get(column.column, "").strip()
            values.append(_IGNORED if value in column.ignored else hash(value))

    def find(self) -> None:
        """Compare the rows, once all were noted."""
        # Each sort keeps the order of the one before among what is equal: no row needs a key of all three.
        order = sorted(range(len(self._ordinals)), key=self._ranks.__getitem__)
        self._ranks.clear()
        order.sort(key=self._times.__getitem__)
        order.sort(key=self._subject.__getitem__)
        self._changed = bytearray(self._width * (self._ordinals[-1] + 1 if self._ordinals else 0))
        subject = -1
        before = [_EMPTY] * len(self._columns)
        for index in order:
            if self._subject[index] != subject:
                subject = self._subject[index]
                before = [_EMPTY] * len(self._columns)
            bits = 0
            for number, values in enumerate(self._values):
                value = values[index]
                if value != before[number] and value != _IGNORED:
                    before[number] = value
                    bits |= 1 << number
            start = self._ordinals[index] * self._width
            self._changed[start : start + self._width] = bits.to_bytes(self._width, "little")
        self._subjects = {}
        self._ordinals, self._subject, self._times = array("q"), array("q"), array("q")
        self._values = []

    def of_row(self, ordinal: int, subject: str, fields: Fields[str, str]) -> frozenset[Watched]:
        """The columns that the ``ordinal``-th row of the log changed; none if it has no subject or no time."""
        bits = self._bits(ordinal)
        if subject in self._rejected:
            bits |= self._rejected[subject] & self._with_state(fields)
        return frozenset(column for number, column in enumerate(self._columns) if bits >> number & 1)

    def met(self, subject: str, fields: Fields[str, str]) -> None:
        """Note that a row of the subject was mapped."""
        if subject in self._rejected:
            self._rejected[subject] &= ~self._with_state(fields)
            if not self._rejected[subject]:
                del self._rejected[subject]

    def reject(self, subject: str, ordinal: int) -> None:
        """Note that a row of the subject did not fit."""
        bits = self._bits(ordinal)
        if bits:
            self._rejected[subject] = self._rejected.get(subject, 0) | bits

    def _bits(self, ordinal: int) -> int:
        return int.from_bytes(self._changed[ordinal * self._width : (ordinal + 1) * self._width], "little")

    def _with_state(self, fields: Fields[str, str]) -> int:
        """The columns whose values in a row are no ignored ones."""
        return sum(
            1 << number
            for number, column in enumerate(self._columns)
            if fields.get(column.column, "").strip() not in column.ignored
        )
