"""What an older worker left in Kafka: its source records, the rows of its changelogs, and what it had to publish."""

from __future__ import annotations

import base64
import gzip
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, NamedTuple

import orjson

from stream.state.rows import Row

PARTITIONS: Final = 2

_FOLDER: Final = Path(__file__).parent / "data"

Kind = Literal["source", "changelog", "pending"]
_KINDS: Final[tuple[Kind, ...]] = ("source", "changelog", "pending")


class Left(NamedTuple):
    """A record of a source topic, of the changelog that belongs to it, or one that was pending in its outbox."""

    kind: Kind
    topic: str
    partition: int
    key: bytes
    value: bytes | None

    @property
    def row(self) -> Row:
        """The record as a row of a changelog."""
        return Row(self.key, self.value)


@dataclass(frozen=True, slots=True)
class OlderWorker:
    """The worker whose changelog had a format; ``settings`` were its settings file."""

    format: int
    settings: str = ""

    def what_was_left(self) -> Iterator[Left]:
        """All records, in the order of each partition."""
        with gzip.open(_FOLDER / f"changelog_format_{self.format}.jsonl.gz") as lines:
            for line in lines:
                record = orjson.loads(line)
                kind = next(kind for kind in _KINDS if kind in record)
                value = record["value"]
                yield Left(
                    kind,
                    record[kind],
                    record["partition"],
                    base64.b64decode(record["key"]),
                    None if value is None else base64.b64decode(value),
                )

    def values(self, kind: Kind = "source") -> list[bytes]:
        """The events of all topics of a kind."""
        return [left.value for left in self.what_was_left() if left.kind == kind and left.value is not None]


OF_FORMAT_3: Final = OlderWorker(3)
OF_FORMAT_4: Final = OlderWorker(
    4,
    """
[retention]
days = 32

[sla.calendars.office]
time_zone = "Europe/Rome"
monday = ["08:30-12:30", "13:30-18:00"]
tuesday = ["08:30-12:30", "13:30-18:00"]
wednesday = ["08:30-12:30", "13:30-18:00"]
thursday = ["08:30-12:30", "13:30-20:00"]
friday = ["08:30-13:00", "22:00-06:00"]

[[sla.policies]]
name = "pressing"
match = { priority = ["high", "urgent"] }
calendar = "office"
[sla.policies.targets]
first_reply = "1h"
resolution = { within = "8h", pause = ["pending"], at_risk = "2h" }

[[sla.policies]]
name = "everybody"
[sla.policies.targets]
first_reply = { channel = { chat = "10m", other = "4h" } }
next_reply = "1d"
agent_work = { within = "1d12h", pause = ["pending", "hold"] }
""",
)


def what_was_left() -> Iterator[Left]:
    """What the worker of format 3 left, in the order of each partition."""
    return OF_FORMAT_3.what_was_left()


def source_values() -> list[bytes]:
    """The events of all source topics that the worker of format 3 had read."""
    return OF_FORMAT_3.values()
