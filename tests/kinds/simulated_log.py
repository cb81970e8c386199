"""A simulated helpdesk of a hundred days, as the records of each kind, with a customer tier on two tickets of three."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final
from zlib import crc32

import orjson

from stream.desks.kinds import KINDS
from stream.feeds.simulator import Simulator, SimulatorSettings

Records = dict[str, list[str]]

TIERS: Final = ("gold", "silver", None)
END: Final = datetime(2026, 11, 1, tzinfo=UTC)
_PREFIX: Final = "helpdesk."


def tier_of(subject: str) -> str | None:
    """The customer tier of a ticket."""
    return TIERS[crc32(subject.encode()) % len(TIERS)]


def simulated(tickets: int, days: int, seed: int) -> Records:
    """The records of each kind, oldest first."""
    records: Records = {kind.name: [] for kind in KINDS}
    for event in Simulator(SimulatorSettings(), seed).history(END - timedelta(days=days), END, tickets):
        content = orjson.loads(event.value)
        if content["type"] == "helpdesk.ticket.opened.v1":
            content["data"]["customer_tier"] = tier_of(content["subject"])
        records[event.topic.removeprefix(_PREFIX)].append(orjson.dumps(content).decode())
    return records


def subject_of(value: str) -> str:
    """What a record is about."""
    subject: str = orjson.loads(value)["subject"]
    return subject


def split(records: Records, share: float) -> tuple[Records, Records]:
    """The first part of the records of each kind, and the rest."""
    ends = {kind: round(share * len(values)) for kind, values in records.items()}
    first = {kind: values[: ends[kind]] for kind, values in records.items()}
    return first, {kind: values[ends[kind] :] for kind, values in records.items()}
