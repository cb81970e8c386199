"""Bounds on label values that come from untrusted events."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Final

OTHER: Final = "other"
NONE: Final = "none"

_LONGEST = 80


class LabelBounds:
    """Keeps the distinct values of each label within a bound.

    A label with a list of allowed values keeps those; any other label keeps the first ``limit`` distinct
    values that it meets. The rest, and values that are too long or not printable, become ``other``.
    An attribute that is not set is ``none``.
    """

    def __init__(self, limit: int, allowed: Mapping[str, frozenset[str]]) -> None:
        self._limit = limit
        self._allowed = allowed
        self._seen: dict[str, dict[str, str]] = {}
        self.overflows: Counter[str] = Counter()
        """How often a value of each label was folded into ``other``."""

    def fold(self, label: str, value: str | None) -> str:
        """The value to export for an attribute's ``value``."""
        if value is None:
            return NONE
        seen = self._seen.setdefault(label, {})
        known = seen.get(value)
        if known is not None:
            return known
        if self._admits(label, value, len(seen)):
            seen[value] = value
            return value
        self.overflows[label] += 1
        return OTHER

    def _admits(self, label: str, value: str, taken: int) -> bool:
        if value in (OTHER, NONE):
            return True
        allowed = self._allowed.get(label)
        if allowed is not None:
            return value in allowed
        return taken < self._limit and len(value) <= _LONGEST and value.isprintable()
