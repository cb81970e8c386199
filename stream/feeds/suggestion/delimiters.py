"""How the lines of a table are cut into fields, and whether the first one names the columns."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from itertools import islice
from typing import Final, NamedTuple

_DELIMITERS: Final = (",", ";", "\t", "|")
_LINES: Final = 200
_LONGEST_FIELD: Final = 16 * 1024 * 1024
_NUMBER: Final = re.compile(r"[-+]?[\d.,:/ -]*\d[\d.,:/ -]*(?:[AaPp][Mm])?")
_MOSTLY: Final = 0.8
_HIGHEST_HEADER: Final = 50


class Dialect(NamedTuple):
    """The delimiter, the quotation mark (empty: none), and how many fields most lines have."""

    delimiter: str
    quote: str
    fields: int


def dialect_of(text: str, delimiter: str | None = None) -> tuple[Dialect, list[list[str]]]:
    """The dialect under which most lines have the same number of fields, and more than one; and the lines so cut.

    A ``delimiter`` that is given is taken as it is.
    """
    best: tuple[float, Dialect, list[list[str]]] | None = None
    for candidate in (delimiter,) if delimiter else _DELIMITERS:
        for quote in ('"', ""):
            lines = cut(text, candidate, quote)
            counts = Counter(len(line) for line in lines)
            fields, same = max(counts.items(), key=lambda item: (item[1], item[0]), default=(1, 0))
            # A line that is not cut at all fits every delimiter that does not occur.
            score = same / max(1, len(lines)) + (1 if fields > 1 else 0)
            if best is None or score > best[0] or (score == best[0] and fields > best[1].fields):
                best = score, Dialect(candidate, quote, fields), lines
    assert best is not None  # noqa: S101 - there is at least one candidate
    return best[1], best[2]


def cut(text: str, delimiter: str, quote: str) -> list[list[str]]:
    """The first lines that are not blank, cut into fields."""
    csv.field_size_limit(_LONGEST_FIELD)
    lines: list[list[str]] = []
    try:
        read = (
            csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, quotechar=quote)
            if quote
            else csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, quoting=csv.QUOTE_NONE)
        )
        lines.extend(islice((line for line in read if line), _LINES))
    except csv.Error:
        pass
    return lines


def lines_above_header(text: str, dialect: Dialect) -> int:
    """How many lines stand above the one that names the columns, such as a title and a date; mostly none."""
    lines = text.split("\n")[:_HIGHEST_HEADER]
    for number, line in enumerate(lines):
        cells = next(iter(cut(line, dialect.delimiter, dialect.quote)), [])
        filled = sum(bool(cell.strip()) for cell in cells)
        if len(cells) == dialect.fields and filled >= _MOSTLY * len(cells):
            above = [_filled(other, dialect) for other in lines[:number]]
            names = not any(_NUMBER.fullmatch(cell.strip()) for cell in cells)
            return number if names and max(above, default=0) <= filled / 2 else 0
    return 0


def _filled(line: str, dialect: Dialect) -> int:
    cells = next(iter(cut(line, dialect.delimiter, dialect.quote)), [])
    return sum(bool(cell.strip()) for cell in cells)


def has_header(lines: list[list[str]]) -> bool:
    """Whether the first line names columns: it is text above columns of numbers and times, or has none of these."""
    first, others = lines[0], lines[1:]
    numeric = [bool(_NUMBER.fullmatch(cell.strip())) for cell in first]
    for index in range(len(first)):
        below = [line[index].strip() for line in others if index < len(line) and line[index].strip()]
        if below and sum(bool(_NUMBER.fullmatch(cell)) for cell in below) >= _MOSTLY * len(below):
            if numeric[index]:
                return False
            if first[index].strip():
                return True
    return not any(numeric)


def named(first: list[str]) -> tuple[str, ...]:
    """Names for columns that have none: those of the first line as far as they can be told apart, else numbers."""
    names: dict[str, None] = {}
    for number, cell in enumerate(first, 1):
        name = cell.strip() or f"column_{number}"
        names[name if name not in names else f"{name}_{number}"] = None
    return tuple(names)
