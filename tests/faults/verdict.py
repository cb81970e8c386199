"""Compares what the workers say with what the log comes to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

import orjson

from stream.desks.kinds import KINDS

Numbers = Mapping[str, Any]

_STATE: Final = ("open_tickets", "open_cases", "backlog_tickets", "tickets_without_opening")
_LIFETIME: Final = "lifetime"
_RELATIVE_ERROR: Final = 1e-6
_KIND_OF: Final = {measure.name: kind.name for kind in KINDS for measure in kind.measures}


def _none_of_any() -> dict[str, int]:
    return dict.fromkeys((kind.name for kind in KINDS), 0)


class Part(NamedTuple):
    """A number that can be added up over workers: ``field`` is what of it, a count or a sum of seconds."""

    where: str
    measure: str
    labels: str
    field: str


Parts = dict[Part, float]


def additive_parts(snapshots: Iterable[Numbers]) -> Parts:
    """The sums over all snapshots: of every part of every window, and of the state with the levels of its stocks."""
    parts: Counter[Part] = Counter()
    for snapshot in snapshots:
        state = snapshot["state"]
        for name in _STATE:
            parts[Part("state", name, "", "count")] += state[name]
        for edge, count in state["open_ticket_age_seconds"].items():
            parts[Part("state", "open_ticket_age_seconds", edge, "count")] += count
        for where, numbers in {**snapshot["windows"], "state": state}.items():
            for measure, found in numbers.get("parts", {}).items():
                for part in found:
                    labels = orjson.dumps(part["labels"], option=orjson.OPT_SORT_KEYS).decode()
                    for name in part.keys() - {"labels"}:
                        parts[Part(where, measure, labels, name)] += part[name]
    return {part: number for part, number in parts.items() if number}


@dataclass(slots=True)
class Verdict:
    """By how much the counts over the lifetime are too low and too high, added up for each kind of entities.

    ``lines`` has one for each number that is wrong, these and all others.
    """

    lost_of: dict[str, int] = field(default_factory=_none_of_any)
    doubled_of: dict[str, int] = field(default_factory=_none_of_any)
    lines: list[str] = field(default_factory=list)

    @property
    def lost(self) -> int:
        """What is lost of all kinds."""
        return sum(self.lost_of.values())

    @property
    def doubled(self) -> int:
        """What is doubled of all kinds."""
        return sum(self.doubled_of.values())

    def add(self, other: Verdict) -> None:
        """Take over what another comparison found."""
        for kind in self.lost_of:
            self.lost_of[kind] += other.lost_of[kind]
            self.doubled_of[kind] += other.doubled_of[kind]
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
            kind = _KIND_OF[part.measure]
            verdict.lost_of[kind] += max(0, int(wanted - got))
            verdict.doubled_of[kind] += max(0, int(got - wanted))
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
