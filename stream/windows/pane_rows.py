"""Totals written down by series, so that they can be read where the slots have other numbers."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from typing import Final

import msgspec

from stream.windows.series import SUM, SeriesRegistry

_encode = msgspec.msgpack.Encoder().encode
_decode: Final = msgspec.msgpack.Decoder(list[tuple[str, tuple[str, ...], list[int]]]).decode

_FASTEST: Final = 1

FirstSlot = Callable[[str, tuple[str, ...]], int]


def encode_totals(totals: Mapping[int, int], registry: SeriesRegistry) -> bytes | None:
    """Totals by slot as bytes, ``None`` if all are zero."""
    by_series: dict[int, list[int]] = {}
    for slot, amount in totals.items():
        if amount:
            offset = slot & SUM
            found = by_series.get(slot - offset)
            if found is None:
                found = by_series[slot - offset] = []
            found.append(offset)
            found.append(amount)
    if not by_series:
        return None
    return zlib.compress(
        _encode([(*registry.series_of(slot), amounts) for slot, amounts in by_series.items()]), _FASTEST
    )


def add_totals(value: bytes, first_slot: FirstSlot, into: dict[int, int]) -> None:
    """Add the totals that `encode_totals` wrote to ``into``, which has a default of zero.

    ``first_slot`` finds the first slot of a measure with its label values.
    """
    for measure, values, amounts in _decode(zlib.decompress(value)):
        slot = first_slot(measure, values)
        for place in range(0, len(amounts), 2):
            into[slot + amounts[place]] += amounts[place + 1]
