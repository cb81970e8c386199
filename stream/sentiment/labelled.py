"""Labelled texts as a CSV file has them: which sentiment somebody says each has."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from stream.sentiment.sentiment import SENTIMENTS, Sentiment
from stream.sentiment.training import Labelled

LEAST: Final = 10
"""Of how many texts of each of two sentiments at least a model is made."""

MOST: Final = 200_000
"""Of how many texts at most a model is made."""

_LEAST_SENTIMENTS: Final = 2
_LONGEST_QUOTE: Final = 60
_LONGEST_FIELD: Final = 1_000_000


class LabelledError(Exception):
    """Some lines are no labelled texts; the message names the line, if it is one."""


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of text and label, and which sentiment is meant by a label that is none."""

    text: str = "text"
    sentiment: str = "sentiment"
    renamed: Mapping[str, Sentiment] | None = None


@dataclass(frozen=True, slots=True)
class LabelledTexts:
    """The texts in the order of the file, and how many lines had none."""

    messages: list[Labelled]
    without_text: int


def labelled_in(lines: Iterable[str], columns: Columns) -> LabelledTexts:
    """The labelled texts in the lines of a CSV file with a heading. Raises ``LabelledError``."""
    sentiments: dict[str, Sentiment] = {each: each for each in SENTIMENTS} | dict(columns.renamed or {})
    messages: list[Labelled] = []
    without_text = 0
    for number, text, label in _rows(lines, columns):
        sentiment = sentiments.get(label.strip().casefold())
        if sentiment is None:
            raise LabelledError(
                f"line {number}: {label[:_LONGEST_QUOTE]!r} is none of {', '.join(SENTIMENTS)}; --as says what it"
                " counts as, such as --as question=neutral"
            )
        if not text.strip():
            without_text += 1
        elif len(messages) == MOST:
            raise LabelledError(f"line {number}: these are more than {MOST:,} texts; take a sample of them")
        else:
            messages.append(Labelled(text, sentiment))
    counts = Counter(sentiment for _, sentiment in messages)
    if sum(count >= LEAST for count in counts.values()) < _LEAST_SENTIMENTS:
        told = ", ".join(f"{counts[each]} {each}" for each in SENTIMENTS)
        raise LabelledError(f"has {told}; it takes {LEAST} texts at least of each of two sentiments")
    return LabelledTexts(messages, without_text)


def _rows(lines: Iterable[str], columns: Columns) -> Iterator[tuple[int, str, str]]:
    """The number of the line on which each row ends, its text and its label."""
    csv.field_size_limit(_LONGEST_FIELD)
    reader = csv.reader(lines, strict=True)
    try:
        heading = next(reader, [])
        for name in (columns.text, columns.sentiment):
            if name not in heading:
                known = ", ".join(heading)[:_LONGEST_QUOTE] or "none"
                raise LabelledError(
                    f"has no column {name!r}, but {known}; name the columns with --text-column and --sentiment-column"
                )
        text, sentiment = heading.index(columns.text), heading.index(columns.sentiment)
        for row in reader:
            if len(row) > max(text, sentiment):
                yield reader.line_num, row[text], row[sentiment]
            elif row:
                raise LabelledError(
                    f"line {reader.line_num}: has {len(row)} fields, where the heading has {len(heading)}"
                )
    except csv.Error as error:
        raise LabelledError(f"line {reader.line_num}: {error}") from error
