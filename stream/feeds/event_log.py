"""Reading a log that already holds events, one to a line, as ``deskpulse simulate --out`` writes it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import msgspec

from schemas.events import TICKETS_TOPIC, Moment
from stream.desks.kinds import KINDS
from stream.feeds.replay import ReplayedEvent
from stream.feeds.replay.event_types import EVENT_TYPES
from stream.feeds.replay.log_file import open_bytes
from stream.state.records import EARLIEST
from stream.windows.moments import to_microseconds

_TOPICS: Final = {str(event.__struct_config__.tag): kind.topic for kind in KINDS for event in kind.events}


class _Address(msgspec.Struct):
    type: str = ""
    subject: str = ""
    time: Moment | None = None


_decode = msgspec.json.Decoder(_Address).decode


def read_event_log(path: Path) -> Iterator[ReplayedEvent]:
    """The events of a file in its order.

    A line that is no event of a known type is handed on as it is, for the worker to dead-letter. The file may be
    packed by gzip. Raises ``ReplayError`` if it cannot be read.
    """
    with open_bytes(path) as file:
        for line in file:
            value = line.rstrip(b"\r\n")
            if value:
                yield _addressed(value)


def check_event(value: bytes) -> str:
    """The type of an event in JSON; raises ``ValueError`` when the worker would not accept it."""
    try:
        address = _decode(value)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ValueError(f"no event: {error}") from error
    kind = EVENT_TYPES.get(address.type)
    if kind is None:
        raise ValueError(f"not an event: its type is {address.type!r}")
    if address.time is not None and to_microseconds(address.time) < EARLIEST:
        raise ValueError(f"not an event: its time, {address.time.isoformat()}, lies before 1990")
    kind.check(value)
    return kind.name


def _addressed(value: bytes) -> ReplayedEvent:
    try:
        address = _decode(value)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        address = _Address()
    time = 0 if address.time is None else to_microseconds(address.time)
    return ReplayedEvent(_TOPICS.get(address.type, TICKETS_TOPIC), address.subject.encode(), value, time)
