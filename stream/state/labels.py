"""Bounds on label values that come from untrusted events."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from stream.settings.shared import DEFAULT_COMBINATIONS

OTHER: Final = "other"
NONE: Final = "none"

CLOSED_LABELS: Final = frozenset(
    {
        *("survey", "scale", "score", "policy", "sla", "within", "window", "state", "sentiment", "estimated"),
        *("journey_stage", "previous_stage", "interaction", "spend"),
    }
)
"""The labels whose values are a closed set; those of all others come from events as they are."""

COMBINATION: Final = "combination"
"""The name, beside those of the labels, under which combinations that were not told apart are counted."""

_LONGEST = 80


class LabelBounds:
    """Keeps the distinct values of each label within a bound.

    A label with a list of allowed values keeps those; any other label keeps the first ``limit`` distinct
    values that it meets. The rest, and values that are too long or not printable, become ``other``.
    An attribute that is not set is ``none``.

    ``combinations`` bounds how many combinations of a ticket's label values are told apart, for a few dozen
    values of each of four labels make millions of series.
    """

    def __init__(
        self, limit: int, allowed: Mapping[str, frozenset[str]], combinations: int = DEFAULT_COMBINATIONS
    ) -> None:
        self._limit = limit
        self._allowed = allowed
        self._combinations = combinations
        self._seen: dict[str, dict[str, str]] = {}
        self.overflows: Counter[str] = Counter()
        """How often a value of each label was folded into ``other``."""
        self.combinations = 0
        """How many combinations are told apart."""

    def fold(self, label: str, value: str | None) -> str:
        """The value to export for an attribute's ``value``."""
        if value is None:
            return NONE
        seen = self._seen.setdefault(label, {})
        known = seen.get(value)
        if known is not None:
            return known
        if value in (OTHER, NONE):
            return value
        if self._admits(label, value, len(seen)):
            seen[value] = value
            return value
        self.overflows[label] += 1
        return OTHER

    def refold(self, label: str, value: str) -> str:
        """The value to export for one that was exported before."""
        return value if label in CLOSED_LABELS else self.fold(label, value)

    def kept(self) -> dict[str, list[str]]:
        """The values kept so far of each label that has no list of allowed ones."""
        return {label: list(values) for label, values in self._seen.items() if label not in self._allowed}

    def keep(self, kept: Mapping[str, Sequence[str]], combinations: int) -> bool:
        """Keep the values that were kept before a restart; ``False``, and nothing is changed, if that is too many.

        So it is if there may be no room for all of the ``combinations`` that were told apart then.
        Afterwards every value that was told apart before is told apart again, and every value that was folded is
        folded again: a label of which any were folded had reached its limit.
        """
        together = {label: {*self._seen.get(label, ()), *values} for label, values in kept.items()}
        if any(len(values) > self._limit for values in together.values()):
            return False
        if combinations and self.combinations + combinations >= self._combinations:
            return False
        for label, values in kept.items():
            self._seen.setdefault(label, {}).update((value, value) for value in values)
        return True

    def admits_combination(self, taken: int) -> bool:
        """Whether one more combination may be told apart besides those ``taken``; counts it if not."""
        if taken < self._combinations:
            self.combinations = taken + 1
            return True
        self.overflows[COMBINATION] += 1
        return False

    def _admits(self, label: str, value: str, taken: int) -> bool:
        allowed = self._allowed.get(label)
        if allowed is not None:
            return value in allowed
        return taken < self._limit and len(value) <= _LONGEST and value.isprintable()
