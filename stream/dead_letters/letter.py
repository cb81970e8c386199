"""A dead letter, and the note that it was sent again: what their headers say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple, Protocol

Header = tuple[str, bytes]

REPLAY_COUNT: Final = "deskpulse.replay-count"
"""Header of a record that was sent again: how many times that was by now."""

REPLAY_ORIGIN: Final = "deskpulse.replay-origin"
"""Header of a record that was sent again: the record that was rejected first, as ``topic:partition:offset``."""

REPLAY_TIMESTAMP: Final = "deskpulse.replay-timestamp"
"""Header of a record that was sent again: the timestamp, in milliseconds, of the record that was rejected first."""

_PREFIX: Final = "deskpulse."
_FIRST: Final = "deskpulse.reason"
_OMITTED: Final = "deskpulse.value-omitted"
_PARTS: Final = 3


class OriginError(Exception):
    """A text that names no record."""


class Origin(NamedTuple):
    """The place of a record in a source topic."""

    topic: str
    partition: int
    offset: int

    def __str__(self) -> str:
        return f"{self.topic}:{self.partition}:{self.offset}"


class Root(NamedTuple):
    """The record that was rejected first. A topic made anew has its offsets again, but not with these timestamps."""

    origin: Origin
    timestamp: int


def origin_of(text: str) -> Origin:
    """The place that ``topic:partition:offset`` names. Raises ``OriginError``."""
    parts = text.rsplit(":", 2)
    if len(parts) != _PARTS or not parts[0] or not all(part.isascii() and part.isdecimal() for part in parts[1:]):
        message = f"{text[:200]!r} is not a record; write topic:partition:offset, for instance helpdesk.tickets:3:41"
        raise OriginError(message)
    return Origin(parts[0], int(parts[1]), int(parts[2]))


class KafkaRecord(Protocol):
    """What is needed of a record of a dead-letter topic."""

    @property
    def topic(self) -> str:
        """Its topic."""

    @property
    def partition(self) -> int:
        """Its partition."""

    @property
    def offset(self) -> int:
        """Its offset."""

    @property
    def timestamp(self) -> int:
        """When it was written, in milliseconds."""

    @property
    def value(self) -> bytes | None:
        """Its bytes."""

    @property
    def headers(self) -> Sequence[Header]:
        """Its headers."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A dead letter without its bytes.

    ``topic``, ``partition`` and ``offset`` are its own, ``origin`` is the record that was rejected, written
    at ``timestamp`` (milliseconds). ``root`` is the record that was rejected first, if this one was sent
    again ``replays`` times; else it is the origin. ``written_at`` is in milliseconds. ``size`` is that of the
    original value in bytes, ``None`` without one; ``omitted`` says that the letter does not have it.
    """

    topic: str
    partition: int
    offset: int
    written_at: int
    origin: Origin
    timestamp: int
    root: Root
    replays: int
    reason: str
    detail: str
    size: int | None
    omitted: bool


class Receipt(NamedTuple):
    """The note that the letter of ``root`` with one replay less than ``replays`` was sent again."""

    root: Root
    replays: int


def read(record: KafkaRecord) -> Letter | Receipt | None:
    """What a record of a dead-letter topic is; ``None`` if deskpulse has not written it."""
    original, own = split(record.headers)
    names, before = dict(own), dict(original)
    try:
        if not own:
            return _replay_of(before)
        origin = Origin(
            names["deskpulse.topic"].decode(), int(names["deskpulse.partition"]), int(names["deskpulse.offset"])
        )
        timestamp = int(names["deskpulse.timestamp"])
        replay = _replay_of(before) or Receipt(Root(origin, timestamp), 0)
        omitted = names.get(_OMITTED)
        size = None if record.value is None else len(record.value)
        return Letter(
            record.topic,
            record.partition,
            record.offset,
            record.timestamp,
            origin,
            timestamp,
            replay.root,
            replay.replays,
            names[_FIRST].decode(),
            names["deskpulse.detail"].decode(),
            size if omitted is None else int(omitted),
            omitted is not None,
        )
    except (KeyError, ValueError, OriginError):
        return None


def split(headers: Sequence[Header]) -> tuple[list[Header], list[Header]]:
    """The headers that the record had when it was rejected, and those that the dead letter added."""
    # The record may have headers of these names itself, from its publisher or as a letter that was sent again.
    starts = [index for index, (name, _) in enumerate(headers) if name == _FIRST]
    start = starts[-1] if starts else len(headers)
    return list(headers[:start]), list(headers[start:])


def replay_headers(letter: Letter, headers: Sequence[Header]) -> list[Header]:
    """The headers of the record that is sent for a letter with these headers."""
    original, _ = split(headers)
    kept = [(name, value) for name, value in original if not name.startswith(_PREFIX)]
    return [*kept, *receipt_headers(letter)]


def receipt_headers(letter: Letter) -> list[Header]:
    """The headers of the note that a letter was sent again."""
    return [
        (REPLAY_COUNT, str(letter.replays + 1).encode()),
        (REPLAY_ORIGIN, str(letter.root.origin).encode()),
        (REPLAY_TIMESTAMP, str(letter.root.timestamp).encode()),
    ]


def _replay_of(headers: dict[str, bytes]) -> Receipt | None:
    if REPLAY_COUNT not in headers:
        return None
    root = Root(origin_of(headers[REPLAY_ORIGIN].decode()), int(headers[REPLAY_TIMESTAMP]))
    return Receipt(root, int(headers[REPLAY_COUNT]))
