"""Stocks written down by series, so that they can be read where the slots have other numbers."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from typing import Final

import msgspec

from stream.windows.pane_rows import FirstSlot
from stream.windows.series import SeriesRegistry
from stream.windows.steps import Bucket, Step, Sums

_FASTEST: Final = 1

_Steps = tuple[int, list[tuple[str, tuple[str, ...], list[int]]]]
_Sums = tuple[int, list[tuple[str, tuple[str, ...], int, bytes]]]
_encode: Final = msgspec.msgpack.Encoder().encode
_decode_steps: Final = msgspec.msgpack.Decoder(_Steps).decode
_decode_sums: Final = msgspec.msgpack.Decoder(_Sums).decode


def encode_steps(buckets: Iterable[Bucket], start: int, registry: SeriesRegistry) -> bytes | None:
    """The steps in buckets that begin at ``start`` (microseconds) as bytes, ``None`` if there are none."""
    by_slot: dict[int, list[int]] = {}
    for bucket in buckets:
        for (slot, at), delta in bucket.items():
            by_slot.setdefault(slot, []).extend((at - start, delta))
    if not by_slot:
        return None
    found = [(*registry.series_of(slot), steps) for slot, steps in by_slot.items()]
    return zlib.compress(_encode((start, found)), _FASTEST)


def steps_in(value: bytes, first_slot: FirstSlot) -> Iterator[Step]:
    """The steps that `encode_steps` wrote; ``first_slot`` finds the slot of a stock with its label values."""
    start, found = _decode_steps(zlib.decompress(value))
    for stock, values, steps in found:
        slot = first_slot(stock, values)
        for place in range(0, len(steps), 2):
            yield slot, start + steps[place], steps[place + 1]


def encode_sums(sums: Sums, oldest: int, registry: SeriesRegistry) -> bytes:
    """The sums over all steps before the bucket ``oldest`` as bytes."""
    slots = {*sums.levels, *sums.moments}
    found = [
        (*registry.series_of(slot), sums.levels.get(slot, 0), _to_bytes(sums.moments.get(slot, 0))) for slot in slots
    ]
    return zlib.compress(_encode((oldest, found)), _FASTEST)


def decode_sums(value: bytes, first_slot: FirstSlot) -> tuple[Sums, int]:
    """The sums that `encode_sums` wrote, and before which bucket all their steps lie."""
    oldest, found = _decode_sums(zlib.decompress(value))
    sums = Sums()
    for stock, values, level, moments in found:
        slot = first_slot(stock, values)
        for amounts, amount in ((sums.levels, level), (sums.moments, int.from_bytes(moments, signed=True))):
            if amount:
                amounts[slot] = amount
    return sums, oldest


def _to_bytes(amount: int) -> bytes:
    # Msgpack's integers end at 64 bits, which the moments of ten thousand entities exceed.
    return amount.to_bytes(amount.bit_length() // 8 + 1, signed=True)
