"""How final numbers are put for people: as cells of a table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

Numbers = Mapping[str, Any]
Cell = Callable[[Numbers], str]
"""What a table shows of the numbers of a window, or of the state."""

NOTHING: Final = "-"


def duration_text(seconds: float | None) -> str:
    """A duration in the two largest units that fit, for instance ``2d 4h``."""
    if seconds is None:
        return NOTHING
    if seconds < 60:  # noqa: PLR2004 - seconds in a minute
        return f"{seconds:.1f}s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    if days:
        return f"{days}d {hours}h"
    return f"{hours}h {minutes}m" if hours else f"{minutes}m {rest}s"


def percent_text(value: float | None, factor: float = 100) -> str:
    """A share, or with ``factor`` 1 a percentage, to a tenth of a percent."""
    return NOTHING if value is None else f"{value * factor:.1f} %"


def count(name: str) -> Cell:
    """A count."""
    return lambda numbers: str(numbers[name])


def mean(name: str) -> Cell:
    """The mean of a duration."""
    return lambda numbers: duration_text(numbers[name]["mean"])


def mean_level(name: str) -> Cell:
    """The mean level of a stock, which the lifetime has not."""
    return lambda numbers: f"{numbers[name]['mean']:.1f}" if name in numbers else NOTHING


def level_of_window(name: str) -> Cell:
    """The level of a stock of the window, which the lifetime has not."""
    return lambda numbers: str(numbers[name]) if name in numbers else NOTHING


def spread(name: str) -> Cell:
    """Median and ninth decile of a duration."""

    def cell(numbers: Numbers) -> str:
        found = numbers[name]
        if not found["count"]:
            return NOTHING
        return " / ".join(duration_text(found[share]) for share in ("p50", "p90"))

    return cell


def share(name: str, factor: float = 100) -> Cell:
    """A ratio, or with ``factor`` 1 a percentage."""
    return lambda numbers: percent_text(numbers[name], factor)


def top(name: str, most: int = 2) -> Cell:
    """The most frequent values with their counts."""

    def cell(numbers: Numbers) -> str:
        return ", ".join(f"{value} {found}" for value, found in list(numbers[name].items())[:most]) or NOTHING

    return cell
