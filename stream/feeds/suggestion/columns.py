"""What the values of a column are like."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

NULLS: Final = (
    *("?", "-", "--", "NaN", "nan", "NaT", "N/A", "n/a", "NA", "#N/A"),
    *("null", "NULL", "Null", "None", "nil", "(null)", "\\N", "undefined"),
    *("0000-00-00", "0000-00-00 00:00:00", "0000-00-00T00:00:00Z"),
)
"""Values that stand for none, as exports write them."""

GOOD_OR_BAD: Final = frozenset({"good", "bad"})
"""Scores in words, in lower case."""

NOT_ANSWERED: Final = frozenset({"offered", "unoffered"})
"""What stands in the place of a score that nobody gave, in lower case."""

_NULLS: Final = frozenset(NULLS)

_MOST_COLUMNS: Final = 400
_MOST_DISTINCT: Final = 80
_FEWEST_NULLS: Final = 0.002
_WHOLE: Final = re.compile(r"[-+]?\d{1,15}(?:\.0+)?")
_WORDS: Final = re.compile(r"(?<=[a-z\d])(?=[A-Z])|[\W_]+")


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """A column of a sample. ``values`` are those that are not empty and not null, in the order of the file.

    ``words`` is the name in lower case with a space between its words.
    """

    name: str
    words: str
    rows: int
    values: Sequence[str]
    counts: Counter[str]

    @property
    def filled(self) -> float:
        """The share of the rows that have a value."""
        return len(self.values) / max(1, self.rows)

    @property
    def longest(self) -> int:
        """The length of the longest value."""
        return max(map(len, self.counts), default=0)

    @property
    def is_choice(self) -> bool:
        """Whether it has few values, most of which come again."""
        few = len(self.counts) <= _MOST_DISTINCT
        return few and (len(self.counts) <= max(1, len(self.values) // 2) or len(self.values) <= _MOST_DISTINCT // 2)

    @property
    def numbers(self) -> list[int]:
        """The values as whole numbers; none if one is not."""
        if not all(_WHOLE.fullmatch(value) for value in self.counts):
            return []
        return [int(float(value)) for value in self.counts]

    def matches(self, pattern: re.Pattern[str]) -> bool:
        """Whether the name has one of the words."""
        return pattern.search(self.words) is not None


def nulls_in(rows: Iterable[dict[str, str]]) -> tuple[str, ...]:
    """The values that stand for none, where a column has them now and then: once in a long text they are a word."""
    filled: Counter[str] = Counter()
    found: Counter[tuple[str, str]] = Counter()
    for fields in rows:
        for name, value in fields.items():
            if value:
                filled[name] += 1
                if value in _NULLS:
                    found[name, value] += 1
    common = {value for (name, value), count in found.items() if count >= _FEWEST_NULLS * filled[name]}
    return tuple(value for value in NULLS if value in common)


def columns_of(rows: Sequence[dict[str, str]], nulls: Sequence[str]) -> list[Column]:
    """The columns of a sample that a template can name, the first few hundred."""
    names = dict.fromkeys(name for fields in rows for name in fields)
    absent = {"", *nulls}
    found = []
    for name in names:
        if not name.strip() or name.startswith("@") or any(brace in name for brace in "{}"):
            continue
        values = [value for fields in rows if (value := fields.get(name, "")).strip() not in absent]
        found.append(Column(name, words_of(name), len(rows), values, Counter(values)))
        if len(found) == _MOST_COLUMNS:
            break
    return found


def words_of(name: str) -> str:
    """A name in lower case with a space between its words, for instance ``avg talk duration``."""
    return " ".join(part for part in _WORDS.split(name) if part).lower()
