"""Whether what was measured came to the right results: a fast wrong answer is worth nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import orjson

from stream.windows.moments import MICROSECONDS
from tests.bench.filled_topics import FilledTopics, TopicPartition
from tests.bench.plain_faust import PlainFaustResult
from tests.bench.raw_loop import RawLoopResult
from tests.oracle import OracleSettings, TicketSettings, compute, differences

_LINES: Final = 10
_RELATIVE_ERROR: Final = 1e-6
# Of two changes of status at the same moment plain Faust takes the later arrival as the later one, deskpulse
# and the oracle the one with the higher hash. How many tickets there are is the same for both.
_SUMS_BY_ARRIVAL: Final = frozenset({"agent_work_seconds", "on_hold_seconds"})

Numbers = Mapping[str, Any]


class ResultsDifferError(Exception):
    """A measured run came to other results than it must; the message says where."""


def check_worker(topics: FilledTopics, snapshots: list[Numbers]) -> None:
    """Compare the worker's snapshots with the oracle's over the same events.

    The last one is compared in full, at its own time; those before it in what does not depend on the time.
    """
    *others, last = snapshots
    expected = compute(topics.values(), now=datetime.fromisoformat(last["now"]))
    _raise_for("the worker", differences(expected, last))
    lifetime = expected["windows"]["lifetime"]
    for snapshot in others:
        _raise_for("the worker", differences(lifetime, snapshot["windows"]["lifetime"]))


def check_raw_loop(topics: FilledTopics, result: RawLoopResult) -> None:
    """Compare the raw loop's dict with what the topics hold."""
    latest: dict[str, str] = {}
    for value in topics.values():
        event = orjson.loads(value)
        latest[event["subject"]] = event["type"]
    expected = {"events": topics.total, "last_types": dict(Counter(latest.values()))}
    _raise_for("the raw loop", differences(expected, {"events": result.events, "last_types": result.last_types}))


def check_plain_faust(topics: FilledTopics, result: PlainFaustResult) -> None:
    """Compare plain Faust's totals with the oracle's over the prefix of each partition that it processed."""
    ends = {
        TopicPartition(topic, partition): end
        for topic, partitions in result.ends.items()
        for partition, end in partitions.items()
    }
    if result.events != sum(ends.values()):
        raise ResultsDifferError(f"plain Faust processed {result.events} events, but got to offsets {ends}")
    without_policies = OracleSettings(TicketSettings(policies=()))
    parts = compute(topics.values(ends), settings=without_policies)["windows"]["lifetime"]["parts"]
    expected = {measure: _summed(measure, found) for measure, found in parts.items()}
    actual = {
        measure: (count, 0.0 if measure in _SUMS_BY_ARRIVAL else duration / MICROSECONDS)
        for measure, (count, duration) in result.totals.items()
        if count
    }
    lines = [
        f"{measure}: expected {wanted}, got {got}"
        for measure in sorted({*expected, *actual})
        if not _equal(wanted := expected.get(measure, (0, 0.0)), got := actual.get(measure, (0, 0.0)))
    ]
    _raise_for("plain Faust", lines)


def _summed(measure: str, parts: Sequence[Numbers]) -> tuple[int, float]:
    seconds = 0.0 if measure in _SUMS_BY_ARRIVAL else sum(part.get("sum", 0.0) for part in parts)
    return sum(part["count"] for part in parts), seconds


def _equal(expected: tuple[int, float], actual: tuple[int, float]) -> bool:
    return expected[0] == actual[0] and abs(expected[1] - actual[1]) <= _RELATIVE_ERROR * (1 + abs(expected[1]))


def _raise_for(whose: str, lines: list[str]) -> None:
    if lines:
        shown = "\n  ".join(lines[:_LINES])
        raise ResultsDifferError(f"the results of {whose} differ in {len(lines)} places:\n  {shown}")
