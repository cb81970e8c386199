"""What an older worker left in Kafka: its source records and the rows of its changelogs."""

from __future__ import annotations

import base64
import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import Final, Literal, NamedTuple

import orjson

from stream.state.rows import Row

PARTITIONS: Final = 2

_FILE: Final = Path(__file__).parent / "data" / "changelog_format_3.jsonl.gz"


class Left(NamedTuple):
    """A record of a source topic, or of the changelog that belongs to it."""

    kind: Literal["source", "changelog"]
    topic: str
    partition: int
    key: bytes
    value: bytes | None

    @property
    def row(self) -> Row:
        """The record as a row of a changelog."""
        return Row(self.key, self.value)


def what_was_left() -> Iterator[Left]:
    """All records, in the order of each partition."""
    with gzip.open(_FILE) as lines:
        for line in lines:
            record = orjson.loads(line)
            kind: Literal["source", "changelog"] = "source" if "source" in record else "changelog"
            value = record["value"]
            yield Left(
                kind,
                record[kind],
                record["partition"],
                base64.b64decode(record["key"]),
                None if value is None else base64.b64decode(value),
            )


def source_values() -> list[bytes]:
    """The events of all source topics."""
    return [left.value for left in what_was_left() if left.kind == "source" and left.value is not None]
