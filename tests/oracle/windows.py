"""The rolling windows, and what falls into them."""

from __future__ import annotations

from typing import Final, NamedTuple

from tests.oracle.moments import SECOND


class Window(NamedTuple):
    """A window as it lies at a moment; all in microseconds, ``None`` where it has no bound.

    It covers the panes from the first to the last, of ``pane`` each, and is ``length`` long.
    """

    name: str
    length: int | None
    pane: int | None
    first_pane: int | None
    last_pane: int | None

    @property
    def condition(self) -> tuple[str, tuple[int | None, ...]]:
        """What is true in SQL of a ``moment`` that falls into it, and the values that stand for the places there."""
        if self.pane is None:
            return "1", ()
        return "moment / ? BETWEEN ? AND ?", (self.pane, self.first_pane, self.last_pane)


_SHAPES: Final = (
    ("5m", 300, 3),
    ("1h", 3_600, 30),
    ("24h", 86_400, 900),
    ("7d", 604_800, 7_200),
    ("30d", 2_592_000, 21_600),
)
"""The name of each, and its length and that of its panes in seconds."""

LENGTHS: Final = {name: length * SECOND for name, length, _ in _SHAPES}
"""The lengths of the windows that have one, in microseconds."""


def windows_at(now: int) -> tuple[Window, ...]:
    """The windows at a moment, that of all time as the last one."""
    return (*(_window(now, *shape) for shape in _SHAPES), Window("lifetime", None, None, None, None))


def _window(now: int, name: str, seconds: int, pane_seconds: int) -> Window:
    pane = pane_seconds * SECOND
    last_pane = now // pane
    return Window(name, seconds * SECOND, pane, last_pane - seconds // pane_seconds + 1, last_pane)
