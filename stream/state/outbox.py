"""The outbox: records that are to be published, and how they are kept until they were."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import msgspec


class Outgoing(NamedTuple):
    """A record for the partition of a topic that has the number of the state's own."""

    topic: str
    key: bytes
    value: bytes


class Outbox(NamedTuple):
    """What was to go out with an append, which is known by its source offset and the time advanced to."""

    offset: int
    advanced_to: int
    records: Sequence[Outgoing]


encode_outbox = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Outbox).decode
_decode_any = msgspec.msgpack.Decoder(tuple[int, int, msgspec.Raw]).decode


def decode_outbox(value: bytes) -> Outbox | None:
    """An outbox, ``None`` if it is of a version that kept there what records are made of."""
    try:
        return _decode(value)
    except msgspec.ValidationError:
        return None


def outbox_position(value: bytes) -> tuple[int, int]:
    """The source offset and the time advanced to of the append that wrote an outbox of any version."""
    offset, advanced_to, _ = _decode_any(value)
    return offset, advanced_to
