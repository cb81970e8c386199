"""Feeds every target its share of the inputs."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Final

from tests.fuzz.finding import Finding, Target
from tests.fuzz.log_files import LogFileTarget
from tests.fuzz.mappings import MappingTarget
from tests.fuzz.partitions import PartitionTarget
from tests.fuzz.settings import SettingsTarget

TARGETS: Final[Sequence[Target]] = (PartitionTarget(), MappingTarget(), LogFileTarget(), SettingsTarget())

_ROUND: Final = 50_000
_SHARES: Final = 1_000
_MOST_FINDINGS: Final = 1_000


@dataclass(slots=True)
class Report:
    """How many inputs there were, what was found, and by target the inputs with the seconds that they took."""

    inputs: int = 0
    findings: list[Finding] = field(default_factory=list)
    spent: dict[str, tuple[int, float]] = field(default_factory=dict)


def fuzz(seed: int, inputs: int, *, only: str | None = None, until: float = float("inf")) -> Report:
    """Feed ``inputs`` inputs made from ``seed``; end sooner at the monotonic time ``until``, after a whole round."""
    report = Report()
    number = 0
    while report.inputs < inputs and time.monotonic() < until and len(report.findings) < _MOST_FINDINGS:
        this_round = min(_ROUND, inputs - report.inputs)
        for target, share in _shares(this_round, only):
            started = time.monotonic()
            report.findings.extend(target.feed(Random(f"{seed} {number} {target.name}"), share))
            fed, spent = report.spent.get(target.name, (0, 0.0))
            report.spent[target.name] = fed + share, spent + time.monotonic() - started
        report.inputs += this_round
        number += 1
    return report


def _shares(inputs: int, only: str | None) -> list[tuple[Target, int]]:
    if only is not None:
        return [(target, inputs) for target in TARGETS if target.name == only]
    first, *others = TARGETS
    shares = [(target, inputs * target.share // _SHARES) for target in others]
    return [(first, inputs - sum(share for _, share in shares)), *shares]
