"""How lines and spans are written in worked cases."""

from __future__ import annotations

import re
from typing import Final

from tests.oracle.moments import DAY, HOUR, SECOND

_UNITS: Final = {"d": 86_400_000_000, "h": 3_600_000_000, "m": 60_000_000, "s": 1_000_000, "us": 1}
_SPAN: Final = re.compile(r"(\d+)(d|h|us|m|s)")


def lines_of(text: str) -> list[str]:
    """The lines of a case that say something."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def span_of(text: str) -> int:
    """The microseconds of a span such as ``1h30m``."""
    if re.fullmatch(rf"({_SPAN.pattern})+", text) is None:
        message = f"{text!r} is not a duration such as 1h30m"
        raise ValueError(message)
    return sum(int(digits) * _UNITS[unit] for digits, unit in _SPAN.findall(text))


def seconds_of(text: str) -> float:
    """The seconds of a span."""
    return span_of(text) / SECOND


def hours_of(text: str) -> float:
    """The hours of a span."""
    return span_of(text) / HOUR


def days_of(text: str) -> float:
    """The days of a span."""
    return span_of(text) / DAY
