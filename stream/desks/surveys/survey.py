"""A survey: its first sending and its latest answer."""

from __future__ import annotations

from typing import Final, NamedTuple

Position = tuple[int, str, bytes]
"""What orders the events of a survey: time, sequence (empty for none, which comes first) and the hash of the id."""


class Sent(NamedTuple):
    """That a survey went out; ``stamp`` is its time and the hash of its id."""

    stamp: tuple[int, bytes]
    survey: str
    channel: str | None
    team: str | None
    sequence: str = ""

    @property
    def position(self) -> Position:
        """Where it stands among what happened to the survey."""
        return self.stamp[0], self.sequence, self.stamp[1]


class Answer(NamedTuple):
    """The answer that counts; ``stamp`` is its time and the hash of its id."""

    stamp: tuple[int, bytes]
    survey: str
    scale: str
    score: int
    comment: str | None
    ticket: str | None
    channel: str | None
    team: str | None
    sequence: str = ""

    @property
    def position(self) -> Position:
        """Where it stands among the answers to the same survey."""
        return self.stamp[0], self.sequence, self.stamp[1]


class Survey(NamedTuple):
    """A survey: its first sending and its latest answer."""

    sent: Sent | None = None
    answer: Answer | None = None


NOT_SENT: Final = Survey()
"""A survey of which nothing is known."""
