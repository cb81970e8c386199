"""What a kind of entities may ask of the view that shows it."""

from __future__ import annotations

from typing import Any, NamedTuple, Protocol

from stream.state.totals import WindowTotals


class View(Protocol):
    """A worker's knowledge at the moment ``now`` (microseconds)."""

    now: int

    def window(self, name: str) -> WindowTotals:
        """The totals of a window, or of the lifetime."""

    def summary(self, kind: str) -> Any:
        """What the readings of a kind's partitions come to."""


class Distribution(NamedTuple):
    """How many are not above each of the ``edges`` (as label values), then how many there are, and their sum."""

    edges: tuple[str, ...]
    counts: list[int]
    sum: float
