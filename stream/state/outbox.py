"""The outbox: records that are to be published, and how they are kept until they were."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import msgspec


class Outgoing(NamedTuple):
    """A record for the partition of a topic that has the number of the state's own.

    ``kept`` is what the outbox keeps of it, if not topic, key and value: anything that MessagePack can say and of which
    the desk makes the same record again. An append carries all that is not known to have been published, so it pays
    to keep less than what is published.
    """

    topic: str
    key: bytes
    value: bytes
    kept: Any = None


class Outbox(NamedTuple):
    """What was to go out with an append, which is known by its source offset and the time advanced to.

    ``records`` are the records as they were kept, each in MessagePack.
    """

    offset: int
    advanced_to: int
    records: Sequence[msgspec.Raw]


_Record = tuple[str, bytes, bytes]
_encode: Final = msgspec.msgpack.Encoder().encode
_decode_record: Final = msgspec.msgpack.Decoder(_Record).decode

decode_outbox: Final = msgspec.msgpack.Decoder(Outbox).decode


def encode_outbox(offset: int, advanced_to: int, records: Sequence[Outgoing]) -> bytes:
    """The outbox of an append with this source offset and time advanced to."""
    kept = [(topic, key, value) if instead is None else instead for topic, key, value, instead in records]
    return _encode((offset, advanced_to, kept))


def decode_record(kept: msgspec.Raw) -> Outgoing:
    """A record of which topic, key and value were kept. Raises ``msgspec.ValidationError`` if they were not."""
    return Outgoing(*_decode_record(kept))
