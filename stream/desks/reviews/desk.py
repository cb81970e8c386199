"""The desk of reviews: takes what happens to reviews in, in any order and any number of times."""

from __future__ import annotations

from typing import Final

from schemas.events import (
    RatedCategory,
    ReviewDeleted,
    ReviewDisputed,
    ReviewDisputeSettled,
    ReviewEvent,
    ReviewSubmitted,
)
from stream.desks.reviews.measures import IN_DISPUTE, WITHOUT_SUBMISSION
from stream.desks.reviews.review import UNKNOWN, Conversation, Position, Review, Settlement, Submission
from stream.desks.reviews.rules import ReviewRules
from stream.desks.reviews.scorecard import PERFECT, Rating, Ratings, is_failed, points_of
from stream.state.contributing import Values
from stream.state.ties import tie_of
from stream.state.value_desk import DeskContext, Standing, ValueDesk

_RANKS: Final = {ReviewSubmitted: 0, ReviewDisputed: 1, ReviewDisputeSettled: 2, ReviewDeleted: 3}


def ratings_of(categories: tuple[RatedCategory, ...]) -> Ratings:
    """The ratings of a scorecard."""
    return tuple(
        Rating(one.category, one.score, one.lowest, one.highest, one.weight, one.critical) for one in categories
    )


class ReviewDesk(ValueDesk[Conversation]):
    """The reviewed conversations of one partition."""

    noun = "conversation"
    unknown = UNKNOWN

    def __init__(self, context: DeskContext, rules: ReviewRules) -> None:
        super().__init__(context)
        self._rules = rules

    def after(self, before: Conversation, event: ReviewEvent, time: int) -> Conversation | None:
        """The conversation with the latest event of each kind in the review that the event is about."""
        data = event.data
        pair = data.reviewee, data.reviewer
        reviews = {(review.reviewee, review.reviewer): review for review in before.reviews}
        review = reviews.get(pair, Review(*pair))
        position = time, event.sequence or "", _RANKS[type(event)], tie_of(event.source, event.id)
        changed = _after(review, event, position).kept
        if changed == review:
            return None
        reviews[pair] = changed
        return Conversation(tuple(reviews[known] for known in sorted(reviews)))

    def last_time(self, value: Conversation) -> int:
        """When a review of it was last submitted, disputed, settled or deleted."""
        return max(review.last_time for review in value.reviews)

    def contribute(self, value: Conversation, sign: int) -> None:
        """Each review that was submitted and not deleted."""
        for review in value.reviews:
            if review.submission is not None and review.submitted is not None and not review.is_deleted:
                self._contribute(review, review.submission, review.submitted, sign)

    def standing(self, value: Conversation) -> Standing:
        """The disputes that are not settled, and the reviews that lack their submission."""
        for review in value.reviews:
            if review.submission is not None:
                if review.is_in_dispute and self._counts(review):
                    yield IN_DISPUTE, {"team": review.submission.team}
            elif not review.is_deleted:
                yield WITHOUT_SUBMISSION, {}

    def _counts(self, review: Review) -> bool:
        return self._rules.self_reviews or not review.is_of_oneself

    def _contribute(self, review: Review, submission: Submission, at: int, sign: int) -> None:
        values: Values = {"team": submission.team}
        if review.is_of_oneself:
            self.count("reviews_of_oneself", values, at, sign)
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
        if review.first_disputed is not None:
            self.count("reviews_disputed", values, review.first_disputed, sign)
        if review.settlement is not None:
            settled_at = review.settlement.position[0]
            self.count(f"review_disputes_{review.settlement.outcome}", values, settled_at, sign)

    def _contribute_rating(self, rating: Rating, values: Values, at: int, sign: int) -> None:
        points = rating.points
        if points is None:
            return
        self.count("review_ratings", values, at, sign)
        self.amount("review_rating_points", values, at, points, sign)
        self.amount("review_rating_points_possible", values, at, PERFECT, sign)


def _after(review: Review, event: ReviewEvent, position: Position) -> Review:
    """The review with an event, of which nothing but its first moment counts if a later one is known."""
    time = position[0]
    match event:
        case ReviewSubmitted():
            review = review._replace(submitted=_earliest(review.submitted, time))
            if review.submission is None or review.submission.position < position:
                submission = Submission(position, event.data.team, ratings_of(event.data.categories))
                review = review._replace(submission=submission)
        case ReviewDisputed():
            review = review._replace(first_disputed=_earliest(review.first_disputed, time))
            if review.disputed is None or review.disputed < position:
                review = review._replace(disputed=position)
        case ReviewDisputeSettled():
            if review.settlement is None or review.settlement.position < position:
                review = review._replace(settlement=Settlement(position, event.data.outcome))
        case ReviewDeleted():
            if review.deleted is None or review.deleted < position:
                review = review._replace(deleted=position)
    return review


def _earliest(known: int | None, time: int) -> int:
    return time if known is None else min(known, time)
