"""What a kind of entities may ask of the view that shows it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol

from stream.state.stock import StockLevels, WindowStocks
from stream.state.totals import WindowTotals


class View(Protocol):
    """A worker's knowledge at the moment ``now`` (microseconds)."""

    now: int

    def window(self, name: str) -> WindowTotals:
        """The totals of a window, or of the lifetime."""

    def levels(self) -> StockLevels:
        """How much there is of each stock now."""

    def stocks(self, window: str) -> WindowStocks:
        """The stocks over a window; the lifetime has none."""

    def readings(self, kind: str) -> Sequence[Any]:
        """What the desks of a kind said of their entities, partition by partition."""


class Distribution(NamedTuple):
    """How many are not above each of the ``edges`` (as label values), then how many there are, and their sum."""

    edges: tuple[str, ...]
    counts: list[int]
    sum: float
