"""Repaired values, from a file, that take the place of those in dead letters."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import orjson

from stream.dead_letters.letter import Origin, OriginError, origin_of
from stream.desks.kinds import DECODERS
from stream.state.record_check import event_in
from stream.state.records import RecordLimits
from stream.state.rejection import RejectedRecordError


class RepairError(Exception):
    """A file of repaired values that cannot be used."""


class _Line(msgspec.Struct, forbid_unknown_fields=False):
    origin: str
    value: str | dict[str, Any]


_decode_line = msgspec.json.Decoder(_Line).decode


def read_repairs(path: Path, origin: Origin | None, limits: RecordLimits, now: int) -> dict[Origin, bytes]:
    """The repaired values by the records that they take the place of.

    With ``origin`` the whole file is the value of that record; else each line is a JSON object with the
    ``origin`` of a record and its ``value``, the event itself or a text that holds it. Raises ``RepairError``
    for a file that cannot be read and for a value that a worker with these ``limits`` would reject again ``now``
    (microseconds), naming the line.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        message = f"cannot read {path}: {error.strerror}"
        raise RepairError(message) from error
    if origin is not None:
        _check(str(path), origin, content, limits, now)
        return {origin: content}
    repairs: dict[Origin, bytes] = {}
    for place, repaired, value in _lines(path, content):
        if repaired in repairs:
            message = f"{place}: {repaired} has a value already, on a line before"
            raise RepairError(message)
        _check(place, repaired, value, limits, now)
        repairs[repaired] = value
    if not repairs:
        message = f"{path} has no repaired values"
        raise RepairError(message)
    return repairs


def _lines(path: Path, content: bytes) -> Iterator[tuple[str, Origin, bytes]]:
    for number, line in enumerate(content.splitlines(), start=1):
        if not line.strip():
            continue
        place = f"{path}, line {number}"
        try:
            repair = _decode_line(line)
            origin = origin_of(repair.origin)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, OriginError) as error:
            message = f"{place}: {error}; a line is a JSON object with origin and value"
            raise RepairError(message) from error
        value = repair.value.encode() if isinstance(repair.value, str) else orjson.dumps(repair.value)
        yield place, origin, value


def _check(place: str, origin: Origin, value: bytes, limits: RecordLimits, now: int) -> None:
    decode = DECODERS.get(origin.topic)
    if decode is None:
        message = f"{place}: {origin.topic} is not a source topic; there are {', '.join(DECODERS)}"
        raise RepairError(message)
    try:
        event_in(value, decode, limits.size, now + limits.skew)
    except RejectedRecordError as error:
        message = f"{place}: the value for {origin} would be rejected again: {error.reason}, {error.detail}"
        raise RepairError(message) from error
