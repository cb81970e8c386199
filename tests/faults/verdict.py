"""Compares what the workers say with what the log comes to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

import orjson

Numbers = Mapping[str, Any]

_STATE: Final = ("open_tickets", "open_cases", "backlog_tickets", "tickets_without_opening")
_LIFETIME: Final = "lifetime"
_RELATIVE_ERROR: Final = 1e-6


class Part(NamedTuple):
    """A number that can be added up over workers: ``field`` is what of it, a count or a sum of seconds."""

    where: str
    measure: str
    labels: str
    field: str


Parts = dict[Part, float]


def additive_parts(snapshots: Iterable[Numbers]) -> Parts:
    """The sums over all snapshots: of every part of every window, and of the state."""
    parts: Counter[Part] = Counter()
    for snapshot in snapshots:
        state = snapshot["state"]
        for name in _STATE:
            parts[Part("state", name, "", "count")] += state[name]
        for edge, count in state["open_ticket_age_seconds"].items():
            parts[Part("state", "open_ticket_age_seconds", edge, "count")] += count
        for window, numbers in snapshot["windows"].items():
            for measure, found in numbers["parts"].items():
                for part in found:
                    labels = orjson.dumps(part["labels"], option=orjson.OPT_SORT_KEYS).decode()
                    for name in part.keys() - {"labels"}:
                        parts[Part(window, measure, labels, name)] += part[name]
    return {part: number for part, number in parts.items() if number}


@dataclass(slots=True)
class Verdict:
    """``lost`` and ``doubled``: by how much the counts over the lifetime are too low and too high, added up.

    ``lines`` has one for each number that is wrong, these and all others.
    """

    lost: int = 0
    doubled: int = 0
    lines: list[str] = field(default_factory=list)

    def add(self, other: Verdict) -> None:
        """Take over what another comparison found."""
        self.lost += other.lost
        self.doubled += other.doubled
        self.lines += other.lines


def compare(whose: str, expected: Parts, actual: Parts) -> Verdict:
    """Compare counts to the unit and sums to a millionth; ``whose`` begins every line."""
    verdict = Verdict()
    for part in sorted({*expected, *actual}):
        wanted, got = expected.get(part, 0), actual.get(part, 0)
        allowed = 0 if part.field == "count" else _RELATIVE_ERROR * (1 + abs(wanted))
        if abs(got - wanted) <= allowed:
            continue
        verdict.lines.append(f"{whose}: {' '.join(filter(None, part))}: expected {wanted}, got {got}")
        if part.where == _LIFETIME and part.field == "count":
            verdict.lost += max(0, int(wanted - got))
            verdict.doubled += max(0, int(got - wanted))
    return verdict


def ownership_faults(partitions: Mapping[str, int], held: Mapping[str, Mapping[str, Iterable[int]]]) -> list[str]:
    """A line for each partition that is not on exactly one worker.

    ``partitions`` is how many each topic has, ``held`` what each worker holds by topic.
    """
    owners: dict[tuple[str, int], list[str]] = {
        (topic, number): [] for topic, count in partitions.items() for number in range(count)
    }
    for worker, topics in held.items():
        for topic, numbers in topics.items():
            for number in numbers:
                owners[topic, number].append(worker)
    return [
        f"{topic}[{number}] is held by {', '.join(names) or 'nobody'}"
        for (topic, number), names in owners.items()
        if len(names) != 1
    ]
