"""Raw JSON records and the flat rows that the oracle's tables are loaded from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

import orjson
from xxhash import xxh3_64_intdigest

from tests.oracle.kinds import KINDS
from tests.oracle.moments import EARLIEST_MOMENT, LATEST_MOMENT, moment_of
from tests.oracle.shapes import Shape, attribute, identifier, is_time, one_of, or_null

_ENVELOPE: Final = Shape(
    {"specversion": one_of("1.0"), "id": identifier, "source": identifier, "subject": identifier},
    {
        "recordedtime": or_null(is_time),
        "sequence": or_null(attribute),
        "datacontenttype": one_of("application/json"),
    },
)
_EVENTS: Final = {kind.type_of(event): (kind.name, shape) for kind in KINDS for event, shape in kind.events.items()}


def rows_of(events: Iterable[bytes]) -> Iterator[dict[str, Any]]:
    """Yield one flat row for each valid record; records that deskpulse would dead-letter are left out.

    A row has the name of the ``kind``, the record's ``subject``, ``type``, ``source`` and ``id``, its time as
    ``moment`` (microseconds since the Unix epoch), its ``sequence`` (empty if it has none), ``tie`` (what decides
    between events of one time, sequence and rank) and its ``data`` object. Duplicates are kept.
    """
    for raw in events:
        try:
            record = orjson.loads(raw)
        except orjson.JSONDecodeError:
            continue
        if not isinstance(record, dict) or not _ENVELOPE.fits(record):
            continue
        event_type = record.get("type")
        if not isinstance(event_type, str) or event_type not in _EVENTS:
            continue
        kind, shape = _EVENTS[event_type]
        data = record.get("data", {} if shape.may_be_left_out else None)
        if not isinstance(data, dict) or not shape.fits(data):
            continue
        moment = moment_of(record.get("time"))
        if moment is None or not EARLIEST_MOMENT <= moment <= LATEST_MOMENT:
            continue
        identity = f"{record['source']}\0{record['id']}".encode()
        yield {
            "kind": kind,
            "subject": record["subject"],
            "type": event_type,
            "source": record["source"],
            "id": record["id"],
            "moment": moment,
            "sequence": record.get("sequence") or "",
            # Unsigned big-endian numbers sort as the bytes do.
            "tie": xxh3_64_intdigest(identity),
            "data": data,
        }


def read_log(path: str | Path) -> Iterator[bytes]:
    """Yield the raw records of a JSON Lines file, one for each line that is not blank.

    Raises ``OSError`` when the file cannot be read.
    """
    with Path(path).open("rb") as lines:
        for line in lines:
            record = line.strip()
            if record:
                yield record
