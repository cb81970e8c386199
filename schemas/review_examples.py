"""The golden examples of the events of reviews."""

from __future__ import annotations

from typing import Final

from schemas.envelope import Envelope
from schemas.example_envelopes import at, few, full
from schemas.review_events import (
    RatedCategory,
    ReviewDeleted,
    ReviewDeletedData,
    ReviewDisputed,
    ReviewDisputedData,
    ReviewDisputeSettled,
    ReviewDisputeSettledData,
    ReviewSubmitted,
    ReviewSubmittedData,
)

_SOURCE: Final = "https://quality.example.com/reviews"

FULL_REVIEWS: Final[tuple[Envelope, ...]] = (
    ReviewSubmitted(
        specversion="1.0",
        **full(74001, "48213", at(4, 9, 12, 40), _SOURCE),
        data=ReviewSubmittedData(
            reviewee="agent-17",
            reviewer="agent-3",
            team="billing",
            categories=(
                RatedCategory(category="tone", lowest=1, highest=5, score=4, weight=2),
                RatedCategory(category="data protection", lowest=0, highest=1, score=1, weight=3, critical=True),
                RatedCategory(category="grammar", score=None, lowest=1, highest=5),
            ),
        ),
    ),
    ReviewDisputed(
        specversion="1.0",
        **full(74002, "48213", at(4, 13, 5, 0), _SOURCE),
        data=ReviewDisputedData(reviewee="agent-17", reviewer="agent-3"),
    ),
    ReviewDisputeSettled(
        specversion="1.0",
        **full(74003, "48213", at(5, 8, 20, 0), _SOURCE),
        data=ReviewDisputeSettledData(reviewee="agent-17", reviewer="agent-3", outcome="rejected"),
    ),
    ReviewDeleted(
        specversion="1.0",
        **full(74004, "48198", at(5, 8, 31, 0), _SOURCE),
        data=ReviewDeletedData(reviewee="agent-9", reviewer="agent-3"),
    ),
)

MINIMAL_REVIEWS: Final[tuple[Envelope, ...]] = (
    ReviewSubmitted(
        specversion="1.0",
        **few(83001, "50001", at(6, 8, 0, 0), _SOURCE),
        data=ReviewSubmittedData(
            reviewee="agent-1",
            reviewer="agent-2",
            categories=(RatedCategory(category="solution", lowest=0, highest=100, score=85),),
        ),
    ),
    ReviewDisputed(
        specversion="1.0",
        **few(83002, "50001", at(6, 9, 0, 0), _SOURCE),
        data=ReviewDisputedData(reviewee="agent-1", reviewer="agent-2"),
    ),
    ReviewDisputeSettled(
        specversion="1.0",
        **few(83003, "50001", at(6, 10, 0, 0), _SOURCE),
        data=ReviewDisputeSettledData(reviewee="agent-1", reviewer="agent-2", outcome="accepted"),
    ),
    ReviewDeleted(
        specversion="1.0",
        **few(83004, "50001", at(6, 10, 5, 0), _SOURCE),
        data=ReviewDeletedData(reviewee="agent-1", reviewer="agent-2"),
    ),
)
