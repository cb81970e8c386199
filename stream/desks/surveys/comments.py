"""The newest comments of a partition's surveys."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final, NamedTuple

from stream.desks.surveys.survey import Survey

COMMENTS_KEPT: Final = 200
"""How many of a partition's newest survey comments are kept for reading."""

_MOST: Final = 2 * COMMENTS_KEPT
"""Twice as many as are shown, so that it takes many that are taken back to look for older ones."""


class Comment(NamedTuple):
    """A customer's own words, with what they were about. ``at`` is in microseconds since the epoch."""

    at: int
    survey: str
    scale: str
    score: int
    text: str
    ticket: str | None


class NewestComments:
    """The newest comments by their time.

    Where many of them are taken back, ``lacks`` says that older ones are needed.
    """

    def __init__(self) -> None:
        self._places: list[tuple[int, str]] = []
        self._comments: dict[tuple[int, str], Comment] = {}
        self._evicted = False

    @property
    def lacks(self) -> bool:
        """Whether there may be older comments that are not kept though there is room for them to be shown."""
        return self._evicted and len(self._places) < COMMENTS_KEPT

    def fill(self, surveys: Iterable[tuple[str, Survey]]) -> None:
        """Keep the newest of all these, by subject."""
        self._evicted = False
        for subject, survey in surveys:
            self.keep(subject, survey)

    def keep(self, subject: str, survey: Survey) -> None:
        """Keep a survey's comment if it has one."""
        answer = survey.answer
        if answer is None or not answer.comment:
            return
        place = answer.stamp[0], subject
        if place not in self._comments:
            insort(self._places, place)
        self._comments[place] = Comment(
            answer.stamp[0], answer.survey, answer.scale, answer.score, answer.comment, answer.ticket
        )
        if len(self._places) > _MOST:
            del self._comments[self._places.pop(0)]
            self._evicted = True

    def drop(self, subject: str, survey: Survey) -> None:
        """Keep a survey's comment no more."""
        if survey.answer is None:
            return
        place = survey.answer.stamp[0], subject
        if self._comments.pop(place, None) is not None:
            del self._places[bisect_left(self._places, place)]

    def newest(self) -> Iterator[Comment]:
        """Those that are shown, newest first."""
        return (self._comments[place] for place in islice(reversed(self._places), COMMENTS_KEPT))
