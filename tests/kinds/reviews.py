"""Reviews in tests."""

from __future__ import annotations

from typing import Any

from stream.desks.reviews.definition import ReviewDesks, Reviews
from stream.desks.reviews.rules import ReviewRules
from stream.settings.shared import SharedSettings
from stream.state.kind import Workplace
from tests.kinds.kind_under_test import KindUnderTest
from tests.moments import When, record
from tests.oracle import OracleSettings
from tests.oracle.reviews import ReviewSettings

DEFAULT_RULES = ReviewRules()


def review(
    kind: str, when: When, subject: str = "R-1", reviewee: str = "amara", reviewer: str = "quinn", **data: object
) -> bytes:
    """An event of a review."""
    return record(f"helpdesk.review.{kind}.v1", when, subject, {"reviewee": reviewee, "reviewer": reviewer, **data})


class ReviewsUnder(KindUnderTest, Reviews):
    """Reviews under rules."""

    beginnings = frozenset({"helpdesk.review.submitted.v1"})
    duplicate_if_late = True

    def __init__(self, rules: ReviewRules = DEFAULT_RULES) -> None:
        self._rules = rules

    def new_group(self, workplace: Workplace) -> ReviewDesks:
        return ReviewDesks(workplace, self._rules)

    @classmethod
    def as_in(cls, settings: OracleSettings) -> ReviewsUnder:
        return cls(ReviewRules(self_reviews=settings.section(ReviewSettings).self_reviews))

    def settings_content(self, settings: SharedSettings) -> dict[str, Any]:
        return super().settings_content(settings) | {"self_reviews": self._rules.self_reviews}

    @classmethod
    def events_for_every_metric(cls) -> tuple[bytes, ...]:
        tone = {"category": "tone", "lowest": 1, "highest": 5}
        return (
            review("submitted", 0, team="first", categories=[{**tone, "score": 4}]),
            review("disputed", 5),
            review("submitted", 0, "R-2", categories=[{**tone, "score": 2, "critical": True}]),
            review("disputed", 4, "R-2"),
            review("dispute_settled", 5, "R-2", outcome="accepted"),
            review("submitted", 0, "R-3", categories=[]),
            review("disputed", 4, "R-3"),
            review("dispute_settled", 5, "R-3", outcome="rejected"),
            review("submitted", 0, "R-4", reviewer="amara", categories=[]),
        )
