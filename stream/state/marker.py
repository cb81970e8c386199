"""Markers: the row that ends every append of a changelog and says how far the state has come with it."""

from __future__ import annotations

from typing import Final, NamedTuple

import msgspec

FORMAT: Final = 5
"""The format of a changelog's rows, in which they are written."""

READ: Final = frozenset({3, 4, FORMAT})
"""The formats that are read. In format 3 no event has a sequence, and up to format 4 the
outbox holds no records but what they are made of. Any other one is refused."""

GROWING: Final = 1_000
"""The format of a changelog whose source topic is being given more partitions; no worker goes on from there."""


class Marker(NamedTuple):
    """How far the state had come with an append, and who appended it.

    ``offset`` is the last source offset taken in (-1 before the first), ``watermark`` the highest event time, and up
    to ``advanced_to`` everything that happens to clocks by itself was announced (microseconds). The owner with the
    highest ``claim`` owns the partition; among those with the same, the one that came first.
    """

    version: int
    offset: int
    watermark: int
    advanced_to: int
    claim: int
    owner: int

    @property
    def grows(self) -> bool:
        """Whether the source topic is being given more partitions, so that not all rows are where they belong."""
        return self.version == GROWING


encode_marker = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(tuple[int, ...]).decode


def decode_marker(value: bytes) -> Marker:
    """The marker in a row's value; raises ``ValueError`` if it is of another format."""
    fields = _decode(value)
    if fields[0] not in READ and fields[0] != GROWING:
        *others, last = map(str, sorted(READ))
        known = f"{', '.join(others)} and {last}"
        message = f"the changelog has rows of format {fields[0]}, this version reads formats {known}"
        raise ValueError(message)
    return Marker(*fields)
