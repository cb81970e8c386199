"""How a snapshot of deskpulse differs from what the oracle expects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson

from tests.oracle.moments import moment_of

_QUANTILES: Final = frozenset({"p50", "p90", "p95", "p99"})
_PARTS: Final = "parts"
_ROUNDING_NEAR_ZERO: Final = 1e-9
_SHORTEST_TOLD_APART: Final = 0.001
"""Durations of up to so many seconds, but for zero, have the middle as their quantiles."""


def differences(
    expected: Mapping[str, Any],
    actual: Mapping[str, Any],
    *,
    sum_tolerance: float = 1e-6,
    quantile_tolerance: float = 0.0101,
) -> list[str]:
    """Return one readable line for each place where a snapshot is not as expected; none when they agree.

    Whole numbers of the expected snapshot must be met to the unit, other numbers (sums, means, ratios,
    percentages) within ``sum_tolerance`` and quantiles within ``quantile_tolerance``, both relative; quantiles
    of up to a millisecond must be told as half of one. Times are compared as moments, and parts by measure and labels
    in any order. A measure without parts is the same as one that is left out.
    """
    return list(_Comparison(sum_tolerance, quantile_tolerance).of_objects("", expected, actual))


@dataclass(frozen=True, slots=True)
class _Comparison:
    """A walk through two snapshots at once; every method yields the lines about one place."""

    sum_tolerance: float
    quantile_tolerance: float

    def of_objects(self, place: str, expected: Mapping[str, Any], actual: Mapping[str, Any]) -> Iterator[str]:
        for key in [*expected, *(key for key in actual if key not in expected)]:
            here = f"{place}.{key}" if place else key
            if key not in actual:
                yield f"{here}: missing, expected {_shown(expected[key])}"
            elif key not in expected:
                yield f"{here}: unexpected, got {_shown(actual[key])}"
            elif key == _PARTS and isinstance(expected[key], Mapping) and isinstance(actual[key], Mapping):
                yield from self._of_parts(here, expected[key], actual[key])
            elif isinstance(expected[key], Mapping) and isinstance(actual[key], Mapping):
                yield from self.of_objects(here, expected[key], actual[key])
            elif not self._agree(key, expected[key], actual[key]):
                yield f"{here}: expected {_shown(expected[key])}, got {_shown(actual[key])}"

    def _of_parts(
        self,
        place: str,
        expected: Mapping[str, Sequence[Mapping[str, Any]]],
        actual: Mapping[str, Sequence[Mapping[str, Any]]],
    ) -> Iterator[str]:
        for measure in sorted({*expected, *actual}):
            here = f"{place}.{measure}"
            parts = actual.get(measure, ())
            by_labels = _by_labels(parts)
            if len(by_labels) < len(parts):
                yield f"{here}: {len(parts)} parts, but only {len(by_labels)} different sets of labels"
            yield from self.of_objects(here, _by_labels(expected.get(measure, ())), by_labels)

    def _agree(self, key: str, expected: object, actual: object) -> bool:
        if isinstance(expected, int | float):
            if not isinstance(actual, int | float) or isinstance(actual, bool):
                return False
            if isinstance(expected, int):
                return expected == actual
            if key in _QUANTILES and 0 < expected <= _SHORTEST_TOLD_APART:
                expected = _SHORTEST_TOLD_APART / 2
            tolerance = self.quantile_tolerance if key in _QUANTILES else self.sum_tolerance
            return abs(actual - expected) <= tolerance * abs(expected) + _ROUNDING_NEAR_ZERO
        expected_moment = moment_of(expected)
        return expected == actual if expected_moment is None else expected_moment == moment_of(actual)


def _by_labels(parts: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    return {
        orjson.dumps(part["labels"], option=orjson.OPT_SORT_KEYS).decode(): {
            name: number for name, number in part.items() if name != "labels"
        }
        for part in parts
    }


def _shown(value: object) -> str:
    return orjson.dumps(value).decode()
