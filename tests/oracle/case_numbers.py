"""The numbers that a worked case expects, and what final numbers show in their place."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Any, Final

from tests.oracle.case_text import lines_of, span_of

WINDOWS: Final = ("5m", "1h", "24h", "7d", "30d", "lifetime")
NOTHING: Final = "nothing"

Numbers = Mapping[tuple[str, str], Any]
"""Numbers by window and name; those of parts by their labels, those of tables by their keys.

Where the number is that of a duration it is its count and its sum in microseconds, ``None`` where only the count is
told. ``nothing`` in every window are the measures that count there, of which there are none.
"""

_NUMBER: Final = re.compile(r"-?\d+(\.\d+|/\d+)?")


def numbers_of(text: str) -> Numbers:
    """The numbers that lines say.

    Raises ``ValueError`` or ``AssertionError`` for a line that says nothing, or for one that is said twice.
    """
    numbers: dict[tuple[str, str], Any] = {}
    for line in lines_of(text):
        words = line.split()
        if words == [NOTHING]:
            numbers |= {(window, NOTHING): [] for window in WINDOWS}
        elif words[0] == "windows":
            _, name, *values = words
            numbers |= {(window, name): _value_of([value]) for window, value in zip(WINDOWS, values, strict=True)}
        else:
            _add(numbers, words)
    assert numbers, text
    return numbers


def shown(numbers: Numbers, answer: Mapping[str, Any]) -> Numbers:
    """What final numbers with their parts show in the places of the numbers that are expected."""
    return {(window, name): _shown(answer, window, name, value) for (window, name), value in numbers.items()}


def _add(numbers: dict[tuple[str, str], Any], words: list[str]) -> None:
    window = words.pop(0) if words[0] in WINDOWS else "lifetime"
    name = words.pop(0)
    pairs = dict(word.split("=", 1) for word in words if "=" in word)
    values = [word for word in words if "=" not in word]
    place = window, name
    if pairs and values:
        labels = frozenset((label, value.replace("_", " ")) for label, value in pairs.items())
        parts = numbers.setdefault(place, {})
        assert isinstance(parts, dict), f"{name} is told as a total and in parts, both for {window}"
        assert labels not in parts, words
        parts[labels] = _amounts_of(values)
        return
    assert place not in numbers, place
    numbers[place] = {key: _single(value) for key, value in pairs.items()} if pairs else _value_of(values)


def _amounts_of(values: list[str]) -> tuple[int, int | None]:
    count, *span = values
    return int(count), span_of(*span) if span else None


def _value_of(values: list[str]) -> Any:  # noqa: ANN401 - a number, a text or nothing, as JSON has them
    return _single(values[0]) if len(values) == 1 else _amounts_of(values)


def _single(value: str) -> Any:  # noqa: ANN401 - a number, a text or nothing, as JSON has them
    if value == "none":
        return None
    return float(Fraction(value)) if _NUMBER.fullmatch(value) else value


def _shown(answer: Mapping[str, Any], window: str, name: str, like: Any) -> Any:  # noqa: ANN401 - as JSON has them
    numbers = answer["windows"][window]
    if name == NOTHING:
        return sorted(numbers["parts"])
    if isinstance(like, dict) and all(isinstance(labels, frozenset) for labels in like):
        parts = {frozenset(part["labels"].items()): part for part in numbers["parts"].get(name, ())}
        return {labels: _amounts_in([part], like.get(labels)) for labels, part in parts.items()}
    found = _found(answer, name) or _found(answer["state"], name) or _found(numbers, name)
    if found is None:
        amounts = _amounts_in(numbers["parts"].get(name, ()), like)
        return amounts if isinstance(like, tuple) else amounts[0]
    (value,) = found
    if not isinstance(value, dict):
        return value
    if isinstance(like, dict):
        return {key: number for key, number in value.items() if not isinstance(number, dict)}
    return _amounts_in([value], like) if isinstance(like, tuple) else value["count"]


def _found(numbers: Mapping[str, Any], name: str) -> tuple[Any] | None:
    value: Any = numbers
    for key in name.split("."):
        if not isinstance(value, dict) or key not in value:
            return None
        value = value[key]
    return (value,)


def _amounts_in(parts: Any, like: Any) -> tuple[int, int | None]:  # noqa: ANN401 - as JSON has them
    count = sum(part["count"] for part in parts)
    if isinstance(like, tuple) and like[1] is None:
        return count, None
    return count, round(sum(part.get("sum", 0) for part in parts) * 1_000_000)
