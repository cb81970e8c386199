"""The desk of reviews: takes what happens to reviews in, in any order and any number of times."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from schemas.events import ReviewDeleted, ReviewDisputed, ReviewDisputeSettled, ReviewEvent, ReviewSubmitted
from stream.desks.reviews.measures import IN_DISPUTE, WITHOUT_SUBMISSION
from stream.desks.reviews.review import UNKNOWN, Conversation, Entry, Happening, Review, Submission
from stream.desks.reviews.rules import ReviewRules
from stream.desks.reviews.scorecard import PERFECT, Rating, is_failed, points_of, ratings_of
from stream.state.contributing import Values
from stream.state.rejection import Reason, RejectedRecordError
from stream.state.ties import tie_of
from stream.state.value_desk import DeskContext, Standing, ValueDesk

MOST_REVIEWS: Final = 100
"""How many reviews a conversation may have, one for each pair of reviewee and reviewer."""
MOST_ENTRIES: Final = 1_000
"""How many events of all its reviews are kept of a conversation; those before a deletion are not."""

_HAPPENINGS: Final = {
    ReviewSubmitted: Happening.SUBMITTED,
    ReviewDisputed: Happening.DISPUTED,
    ReviewDisputeSettled: Happening.SETTLED,
    ReviewDeleted: Happening.DELETED,
}


class ReviewDesk(ValueDesk[Conversation]):
    """The reviewed conversations of one partition."""

    noun = "conversation"
    unknown = UNKNOWN

    def __init__(self, context: DeskContext, rules: ReviewRules) -> None:
        super().__init__(context)
        self._rules = rules

    def after(self, before: Conversation, event: ReviewEvent, time: int) -> Conversation | None:
        """The conversation with an event of the review that it is about.

        Raises ``RejectedRecordError`` if there is no room for it.
        """
        data = event.data
        pair = data.reviewee, data.reviewer
        reviews = {(review.reviewee, review.reviewer): review for review in before.reviews}
        review = reviews.get(pair, Review(*pair))
        changed = _after(review, event, time)
        if changed == review:
            return None
        reviews[pair] = changed
        _check_room(event.subject, reviews.values(), more=len(changed.entries) > len(review.entries))
        return Conversation(tuple(reviews[known] for known in sorted(reviews)))

    def last_time(self, value: Conversation) -> int:
        """When a review of it was last submitted, disputed, settled or deleted."""
        return max(review.last_time for review in value.reviews)

    def contribute(self, value: Conversation, sign: int) -> None:
        """Each review that is submitted."""
        for review in value.reviews:
            self._contribute(review, sign)

    def contribute_change(self, before: Conversation, after: Conversation) -> None:
        """Only the reviews that differ."""
        was, now = ({(one.reviewee, one.reviewer): one for one in value.reviews} for value in (before, after))
        for pair, review in was.items():
            if now.get(pair) != review:
                self._contribute(review, -1)
        for pair, review in now.items():
            if was.get(pair) != review:
                self._contribute(review, 1)

    def standing(self, value: Conversation) -> Standing:
        """The disputes that are not settled, and the reviews that lack their submission."""
        for review in value.reviews:
            if review.submission is None:
                if review.deleted is None:
                    yield WITHOUT_SUBMISSION, {}
            elif review.is_in_dispute and self._counts(review):
                yield IN_DISPUTE, {"team": review.submission.team}

    def _counts(self, review: Review) -> bool:
        return self._rules.self_reviews or not review.is_self_review

    def _contribute(self, review: Review, sign: int) -> None:
        submission, at = review.submission, review.submitted_at
        if submission is None or at is None:
            return
        values: Values = {"team": submission.team}
        if review.is_self_review:
            self.count("self_reviews", values, at, sign)
        if not self._counts(review):
            return
        self.count("reviews", values, at, sign)
        points = points_of(submission.ratings)
        if points is not None:
            self.count("reviews_scored", values, at, sign)
            self.amount("review_points", values, at, points, sign)
            self.amount("review_points_possible", values, at, PERFECT, sign)
        if is_failed(submission.ratings):
            self.count("reviews_failed", values, at, sign)
        for rating in submission.ratings:
            self._contribute_rating(rating, {**values, "scorecard_category": rating.category}, at, sign)
        if review.dispute is not None:
            self.count("reviews_disputed", values, review.dispute.at, sign)
        if review.settlement is not None:
            self.count(f"review_disputes_{review.settlement.outcome}", values, review.settlement.at, sign)

    def _contribute_rating(self, rating: Rating, values: Values, at: int, sign: int) -> None:
        points = rating.points
        if points is None:
            return
        self.count("review_ratings", values, at, sign)
        self.amount("review_rating_points", values, at, points, sign)
        self.amount("review_rating_points_possible", values, at, PERFECT, sign)


def _after(review: Review, event: ReviewEvent, time: int) -> Review:
    tie = tie_of(event.source, event.id)
    entry = Entry(time, event.sequence or "", _HAPPENINGS[type(event)], tie)
    match event:
        case ReviewSubmitted():
            return review.with_entry(entry, Submission(event.data.team, ratings_of(event.data.categories)))
        case ReviewDisputeSettled():
            return review.with_entry(entry._replace(outcome=event.data.outcome))
        case ReviewDeleted():
            return review.with_deletion(entry)
        case _:
            return review.with_entry(entry)


def _check_room(subject: str, reviews: Collection[Review], *, more: bool) -> None:
    if len(reviews) > MOST_REVIEWS:
        detail = f"conversation {subject!r} has {MOST_REVIEWS} reviews; give each conversation a subject of its own"
        raise RejectedRecordError(Reason.TIMELINE_FULL, detail)
    if more and sum(len(review.entries) for review in reviews) > MOST_ENTRIES:
        detail = (
            f"conversation {subject!r} has {MOST_ENTRIES} events; give each conversation a subject of its own, and"
            " submit a review only when it is done, not at each change"
        )
        raise RejectedRecordError(Reason.TIMELINE_FULL, detail)
