"""The newest comments of a partition's surveys."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterator
from itertools import islice
from typing import Final, NamedTuple

COMMENTS_KEPT: Final = 200
"""How many of a partition's newest survey comments are kept for reading."""

# Twice as many as are shown, so that it takes many that are taken back to look for older ones.
_MOST: Final = 2 * COMMENTS_KEPT


class Comment(NamedTuple):
    """A customer's own words, with what they were about. ``at`` is in microseconds since the epoch."""

    at: int
    survey: str
    scale: str
    score: int
    text: str
    ticket: str | None


class NewestComments:
    """The newest comments by the ids of their surveys. ``evicted`` says that older ones had to go."""

    def __init__(self) -> None:
        self.evicted = False
        self._places: list[tuple[int, str]] = []
        self._comments: dict[tuple[int, str], Comment] = {}

    @property
    def lacks_older(self) -> bool:
        """Whether so many were taken back that those which had to go are among the newest again."""
        return self.evicted and len(self._places) < COMMENTS_KEPT

    def add(self, subject: str, comment: Comment) -> None:
        """Take a comment in; the oldest goes if there are too many."""
        place = comment.at, subject
        if place not in self._comments:
            insort(self._places, place)
        self._comments[place] = comment
        if len(self._places) > _MOST:
            del self._comments[self._places.pop(0)]
            self.evicted = True

    def take_back(self, subject: str, at: int) -> None:
        """Forget the comment of a survey that was made at a time (microseconds), if there is one."""
        place = at, subject
        if self._comments.pop(place, None) is not None:
            del self._places[bisect_left(self._places, place)]

    def newest(self) -> Iterator[Comment]:
        """Those for reading, newest first."""
        return (self._comments[place] for place in islice(reversed(self._places), COMMENTS_KEPT))
