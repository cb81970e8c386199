"""The settings of reviews."""

from __future__ import annotations

from pydantic import Field

from stream.desks.reviews.rules import ReviewRules
from stream.settings.section import Section


class ReviewSettings(Section):
    """Choices that the metrics of reviews leave open."""

    self_reviews: bool = Field(
        False,
        description="Whether self-reviews count like other reviews. If not, they count only in"
        " `helpdesk_self_reviews`.",
    )

    @property
    def rules(self) -> ReviewRules:
        """The rules by which reviews count."""
        return ReviewRules(self_reviews=self.self_reviews)
