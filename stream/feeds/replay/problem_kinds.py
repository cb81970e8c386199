"""Why rows made no event, by kind: the same complaint about ten thousand values is one."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Final, NamedTuple

MOST_KINDS: Final = 200
"""So many kinds are told apart; what is of yet another one counts as that of ``OTHERS``."""

OTHERS: Final = "other reasons"

_EXAMPLES: Final = 3
_QUOTED: Final = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"")
_NUMBER: Final = re.compile(r"\d+(?:[.,]\d+)*")
_LEFT_OUT: Final = "…"


class Example(NamedTuple):
    """A row that made no event: its position, and why."""

    position: int
    reason: str


@dataclass(slots=True)
class ProblemKind:
    """A kind of reason: its text, in which ``…`` stands for what differs, how many rows, and the first of them."""

    text: str
    rows: int = 0
    examples: list[Example] = field(default_factory=list)


def printable(text: str) -> str:
    """The text with a mark in place of control characters, which would command a terminal."""
    return text if text.isprintable() else "".join(one if one.isprintable() else "�" for one in text)


class ProblemKinds:
    """Counts reasons by their kind. Values in quotation marks are left out of a kind, but for ``names``."""

    def __init__(self, names: Collection[str] = ()) -> None:
        self._names = frozenset(names)
        self._kinds: dict[str, ProblemKind] = {}

    def __iter__(self) -> Iterator[ProblemKind]:
        """The kinds, the most frequent first."""
        return iter(sorted(self._kinds.values(), key=lambda kind: -kind.rows))

    def count(self, position: int, reason: str) -> None:
        """Count the reason of a row."""
        text = _QUOTED.sub(self._quoted, reason)
        key = _NUMBER.sub(_LEFT_OUT, text)
        kind = self._kinds.get(key)
        if kind is None:
            if len(self._kinds) >= MOST_KINDS:
                key = text = OTHERS
            kind = self._kinds.setdefault(key, ProblemKind(text))
        elif kind.text != text:
            # Numbers that are the same in all reasons belong to the kind, such as those of a scale.
            kind.text = key
        kind.rows += 1
        if len(kind.examples) < _EXAMPLES:
            kind.examples.append(Example(position, reason))

    def _quoted(self, match: re.Match[str]) -> str:
        quoted = match.group()
        return quoted if quoted[1:-1] in self._names else _LEFT_OUT
