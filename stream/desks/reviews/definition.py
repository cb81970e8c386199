"""The definition of reviews."""

from __future__ import annotations

from typing import Any, Final

from schemas.events import EVENTS_BY_TOPIC, REVIEWS_TOPIC, Envelope, ReviewSubmitted
from stream.desks.reviews.alerts import ALERTS
from stream.desks.reviews.desk import ReviewDesk
from stream.desks.reviews.measures import IN_DISPUTE, MEASURES, RATIOS, WITHOUT_SUBMISSION
from stream.desks.reviews.numbers import window_numbers
from stream.desks.reviews.panels import PANELS
from stream.desks.reviews.presentation import ROWS
from stream.desks.reviews.rules import ReviewRules
from stream.desks.reviews.scorecard import problem_of
from stream.desks.reviews.settings import ReviewSettings
from stream.desks.reviews.story.storyline import ReviewStoryline
from stream.state.kind import Kind, Workplace
from stream.state.panel import Page
from stream.state.rejection import Reason, RejectedRecordError
from stream.state.totals import WindowTotals
from stream.state.value_desks import ValueDesks


class Reviews(Kind):
    """Internal quality reviews of conversations, by scorecards."""

    name = "reviews"
    topic = REVIEWS_TOPIC
    events = EVENTS_BY_TOPIC[REVIEWS_TOPIC]
    measures = MEASURES
    gauges = (IN_DISPUTE, WITHOUT_SUBMISSION)
    ratios = RATIOS
    sections = {"reviews": ReviewSettings}
    panels = PANELS
    alerts = ALERTS
    page = Page.VOICE
    rows = ROWS
    story = ReviewStoryline

    def decode(self, value: bytes) -> Envelope:
        """The event in a record's value, its scorecard checked."""
        event = super().decode(value)
        if isinstance(event, ReviewSubmitted):
            problem = problem_of(event.data.categories)
            if problem is not None:
                raise RejectedRecordError(Reason.INVALID, problem)
        return event

    def new_group(self, workplace: Workplace) -> ReviewDesks:
        """The desks of a worker."""
        return ReviewDesks(workplace, workplace.settings.section(ReviewSettings).rules)

    def window_numbers(self, totals: WindowTotals) -> dict[str, Any]:
        """The final numbers of a window."""
        return window_numbers(totals)


class ReviewDesks(ValueDesks):
    """The desks of reviews in a worker."""

    def __init__(self, workplace: Workplace, rules: ReviewRules) -> None:
        super().__init__(REVIEWS, workplace, lambda context: ReviewDesk(context, rules))


REVIEWS: Final = Reviews()
