"""Which dead letters there are, which were sent again, and which of them still wait for somebody."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from stream.dead_letters.letter import Letter, Origin, Receipt, Root


class Status(StrEnum):
    """``OPEN``: nobody has sent it again. ``REPLAYED``: it was, and has not come back.

    ``SUPERSEDED``: it was sent again and came back as a newer letter.
    """

    OPEN = "open"
    REPLAYED = "replayed"
    SUPERSEDED = "superseded"


@dataclass(frozen=True, slots=True)
class Selection:
    """Which letters are meant: from these source topics, with these reasons; ``None`` means all."""

    topics: frozenset[str] | None = None
    reasons: frozenset[str] | None = None

    def has(self, letter: Letter) -> bool:
        """Whether a letter is among them."""
        return (self.topics is None or letter.origin.topic in self.topics) and (
            self.reasons is None or letter.reason in self.reasons
        )


@dataclass(slots=True)
class Ledger:
    """All letters by where they come from.

    Dead letters are written at least once: of those of the same origin the last one counts.
    """

    _letters: dict[Origin, Letter] = field(default_factory=dict)
    _newest: dict[Root, Letter] = field(default_factory=dict)
    _sent: Counter[Root] = field(default_factory=Counter)

    def add(self, entry: Letter | Receipt) -> None:
        """Take note of a letter or of one that was sent again, in any order."""
        if isinstance(entry, Receipt):
            self._sent[entry.root] = max(self._sent[entry.root], entry.replays)
            return
        self._letters[entry.origin] = entry
        newest = self._newest.get(entry.root)
        if newest is None or entry.replays >= newest.replays:
            self._newest[entry.root] = entry

    def status(self, letter: Letter) -> Status:
        """How a letter stands."""
        if self._newest[letter.root].replays > letter.replays:
            return Status.SUPERSEDED
        # A letter that came back is proof enough that it was sent, the note may be missing after a crash.
        return Status.REPLAYED if self._sent[letter.root] > letter.replays else Status.OPEN

    def letters(self, selection: Selection, *, only_open: bool = True) -> list[Letter]:
        """The letters that are meant, the oldest first."""
        chosen = (
            letter
            for letter in self._letters.values()
            if selection.has(letter) and not (only_open and self.status(letter) is not Status.OPEN)
        )
        return sorted(chosen, key=lambda letter: (letter.written_at, letter.origin))

    def find(self, origin: Origin) -> Letter | None:
        """The letter of a record; if that was sent again and came back, the newest one."""
        letter = self._letters.get(origin)
        return None if letter is None else self._newest[letter.root]

    def letter_of(self, origin: Origin) -> Letter | None:
        """The letter of exactly this record."""
        return self._letters.get(origin)

    def summary(self, letters: Iterable[Letter]) -> dict[str, int]:
        """How many of the letters have which reason, the most frequent first."""
        return dict(Counter(letter.reason for letter in letters).most_common())

    def __iter__(self) -> Iterator[Letter]:
        return iter(self._letters.values())

    def __len__(self) -> int:
        return len(self._letters)
