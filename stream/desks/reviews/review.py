"""A conversation and its reviews: how each was submitted last, and what became of it."""

from __future__ import annotations

from typing import Final, NamedTuple

from schemas.events import DisputeOutcome
from stream.desks.reviews.scorecard import Ratings

Position = tuple[int, str, int, bytes]
"""What orders the events of a review: time (microseconds), sequence (empty for none), rank and the hash of the id."""


class Submission(NamedTuple):
    """How a review was submitted, or edited."""

    position: Position
    team: str | None
    ratings: Ratings


class Settlement(NamedTuple):
    """How a dispute ended."""

    position: Position
    outcome: DisputeOutcome


class Review(NamedTuple):
    """What one reviewer says of one reviewee in a conversation, by its latest events.

    ``submitted`` and ``first_disputed`` are when these first happened, in microseconds.
    """

    reviewee: str
    reviewer: str
    submitted: int | None = None
    submission: Submission | None = None
    first_disputed: int | None = None
    disputed: Position | None = None
    settlement: Settlement | None = None
    deleted: Position | None = None

    @property
    def is_deleted(self) -> bool:
        """Whether it was deleted and not submitted again afterwards."""
        return self.deleted is not None and (self.submission is None or self.submission.position < self.deleted)

    @property
    def is_in_dispute(self) -> bool:
        """Whether it was disputed, and that was not settled afterwards."""
        if self.disputed is None or self.is_deleted:
            return False
        return self.settlement is None or self.settlement.position < self.disputed

    @property
    def is_of_oneself(self) -> bool:
        """Whether reviewer and reviewee are the same."""
        return self.reviewee == self.reviewer

    @property
    def last_time(self) -> int:
        """When something last happened to it, in microseconds."""
        parts = (part.position for part in (self.submission, self.settlement) if part is not None)
        return max(position[0] for position in (*parts, self.disputed, self.deleted) if position is not None)

    @property
    def kept(self) -> Review:
        """The same with nothing left of how a deleted review rated."""
        if self.submission is None or not self.is_deleted:
            return self
        return self._replace(submission=Submission(self.submission.position, None, ()))


class Conversation(NamedTuple):
    """The reviews of a conversation, in the order of reviewees and reviewers; of each pair there is one."""

    reviews: tuple[Review, ...] = ()


UNKNOWN: Final = Conversation()
"""A conversation of which no review is known."""
