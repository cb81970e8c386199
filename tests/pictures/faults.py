"""What may be wrong with a picture, and what is right in spite of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from tests.monitoring.dashboards import Content
from tests.pictures.answers import Answers

LARGEST: Final = 300_000
"""In bytes: the pictures are part of the repository."""

_SHARE: Final = "percentunit"
_ROUNDING: Final = 1e-9

EXCEPTIONS: Final = {
    ("pipeline", "Labels folded into other: empty"): "no label of the simulated helpdesk has too many values",
    ("pipeline", "Copies of the state rebuilt: empty"): "no copy of the state is damaged in the simulated week",
    ("pipeline", "Lag by partition: scrolls"): "a line for each of 24 partitions",
    ("pipeline", "Dead letters by reason: scrolls"): "a line for each topic and reason",
    ("pipeline", "Partitions by worker: scrolls"): "a line for each worker and topic",
    ("customers", "Further stage entered first: empty"): "nobody of the simulated customers enters stages out of order",
    ("voice", "Comments by sentiment: empty"): "the simulated helpdesk has no model of sentiment",
    ("queue", "Longest wait (target ≤ 5 min): empty"): "nobody waits at the moment of the pictures",
    ("now", "Clocks at risk and breached: scrolls"): "a table of all combinations, the worst on top",
    ("service-levels", "Clocks at risk and breached: scrolls"): "a table of all combinations, the worst on top",
}
"""The dashboard, and how what is reported begins; with the reason."""


def judged(dashboard: str, reported: Iterable[str]) -> Iterator[str]:
    """What is wrong with a picture of a dashboard: what was reported without reason, and reasons that are in vain."""
    reported = list(reported)
    expected = [start for name, start in EXCEPTIONS if name == dashboard]
    yield from (fault for fault in reported if not fault.startswith(tuple(expected)))
    for start in expected:
        if not any(fault.startswith(start) for fault in reported):
            yield f"{start}: is an exception, but not so any more"


def above_the_whole(panels: Iterable[Content], answers: Answers) -> Iterator[str]:
    """The panels of shares that show more than the whole of something, as what was reported of a picture."""
    for panel in panels:
        if panel["fieldConfig"]["defaults"].get("unit") != _SHARE:
            continue
        shown = [
            float(value)
            for results in answers[str(panel["id"])].values()
            for series in results
            for _, value in series["values"]
        ]
        # A comparison with what is no number is false.
        if highest := max((value for value in shown if value > 1 + _ROUNDING), default=0):
            yield f"{panel['title']}: {highest:.0%} of the whole"


def too_large(picture: Path) -> Iterator[str]:
    """Whether a picture takes more than it may."""
    if (size := picture.stat().st_size) > LARGEST:
        yield f"the picture has {size:,} bytes, more than {LARGEST:,}"
