"""The settings of reviews."""

from __future__ import annotations

from pydantic import Field

from stream.desks.reviews.rules import ReviewRules
from stream.settings.section import Section


class ReviewSettings(Section):
    """Choices that the metrics of reviews leave open."""

    self_reviews: bool = Field(
        False,
        description="Whether reviews of oneself count as those of others do; otherwise they count in"
        " `helpdesk_self_reviews` only.",
    )

    @property
    def rules(self) -> ReviewRules:
        """The rules by which reviews count."""
        return ReviewRules(self_reviews=self.self_reviews)
