"""A conversation and its reviews: what happened to each since it was last deleted."""

from __future__ import annotations

from bisect import bisect_left
from enum import IntEnum
from typing import Final, NamedTuple

from schemas.events import DisputeOutcome
from stream.desks.reviews.scorecard import Ratings


class Happening(IntEnum):
    """What may happen to a review, in the order in which it is taken at equal times."""

    SUBMITTED = 0
    DISPUTED = 1
    SETTLED = 2
    DELETED = 3


class Entry(NamedTuple):
    """What happened at a time (microseconds); entries are in order as they compare.

    ``sequence`` is empty for none, which comes first; ``tie`` is the hash of the event's id. ``outcome`` is how a
    dispute was settled.
    """

    at: int
    sequence: str
    happening: Happening
    tie: bytes
    outcome: DisputeOutcome | None = None


class Submission(NamedTuple):
    """How a review was submitted, or edited."""

    team: str | None
    ratings: Ratings


class Review(NamedTuple):
    """What one reviewer says of one reviewee in a conversation.

    ``entries`` are in order and later than ``deleted``, the latest deletion: what lies before it does not count any
    more. ``submission`` is the latest of them.
    """

    reviewee: str
    reviewer: str
    entries: tuple[Entry, ...] = ()
    submission: Submission | None = None
    deleted: Entry | None = None

    @property
    def submitted_at(self) -> int | None:
        """When it was first submitted since the latest deletion, in microseconds; ``None`` if it was not."""
        return next((entry.at for entry in self.entries if entry.happening is Happening.SUBMITTED), None)

    @property
    def dispute(self) -> Entry | None:
        """The latest dispute."""
        return self._last(Happening.DISPUTED)

    @property
    def settlement(self) -> Entry | None:
        """The latest settlement, if anything was disputed before it."""
        settled = self._last(Happening.SETTLED)
        first_dispute = next((entry for entry in self.entries if entry.happening is Happening.DISPUTED), None)
        return settled if settled is not None and first_dispute is not None and first_dispute < settled else None

    @property
    def is_in_dispute(self) -> bool:
        """Whether it was disputed, and that was not settled afterwards."""
        dispute, settlement = self.dispute, self.settlement
        return dispute is not None and (settlement is None or settlement < dispute)

    @property
    def is_self_review(self) -> bool:
        """Whether reviewer and reviewee are the same."""
        return self.reviewee == self.reviewer

    @property
    def last_time(self) -> int:
        """When something last happened to it, in microseconds."""
        return max(entry.at for entry in (*self.entries[-1:], self.deleted) if entry is not None)

    def with_entry(self, entry: Entry, submission: Submission | None = None) -> Review:
        """The review with one entry more, and its ``submission`` if it is one; the same if that changes nothing."""
        if entry in self.entries or (self.deleted is not None and entry < self.deleted):
            return self
        index = bisect_left(self.entries, entry)
        before, after = self.entries[:index], self.entries[index:]
        if submission is None or any(later.happening is Happening.SUBMITTED for later in after):
            submission = self.submission
        return self._replace(entries=(*before, entry, *after), submission=submission)

    def with_deletion(self, deleted: Entry) -> Review:
        """The review without what lies before a deletion; the same if a later deletion is known."""
        if self.deleted is not None and deleted <= self.deleted:
            return self
        left = self._replace(entries=self.entries[bisect_left(self.entries, deleted) :], deleted=deleted)
        return left if left.submitted_at is not None else left._replace(submission=None)

    def _last(self, happening: Happening) -> Entry | None:
        return next((entry for entry in reversed(self.entries) if entry.happening is happening), None)


class Conversation(NamedTuple):
    """The reviews of a conversation, in the order of reviewees and reviewers; of each pair there is one."""

    reviews: tuple[Review, ...] = ()


UNKNOWN: Final = Conversation()
"""A conversation of which no review is known."""
