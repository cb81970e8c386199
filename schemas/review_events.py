"""What happens to internal quality reviews of conversations, on the topic ``helpdesk.reviews``.

The entity is the conversation that was reviewed: a ticket, a call, or whatever else it was. Each reviewer has one
review of it for each reviewee, whom every event names.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from schemas.envelope import Attribute, Identifier, SourceEnvelope

ScaleValue = Annotated[int, Meta(ge=-1_000_000, le=1_000_000)]
CategoryName = Annotated[str, Meta(min_length=1, max_length=80)]
CategoryWeight = Annotated[int, Meta(ge=0, le=1_000_000)]
DisputeOutcome = Literal["accepted", "rejected"]


class RatedCategory(Struct, frozen=True, kw_only=True, gc=False):
    """A category of the scorecard, with the ``score`` given on a scale from ``lowest`` to ``highest``.

    A score that is null says that the category is not applicable. One that is ``critical`` fails the whole review if
    less than half of its scale is reached. Weights are relative to each other. Scores and weights are whole numbers:
    multiply those with decimals, such as 3.5 on 1 to 5 to 7 on 2 to 10.
    """

    category: CategoryName
    score: ScaleValue | None
    lowest: ScaleValue
    highest: ScaleValue
    weight: CategoryWeight = 1
    critical: bool = False


Scorecard = Annotated[tuple[RatedCategory, ...], Meta(max_length=50)]


class ReviewSubmittedData(Struct, frozen=True, kw_only=True, gc=False):
    """A reviewer rated what a reviewee did in a conversation; ``team`` is that of the reviewee.

    A later one of the same reviewer and reviewee, an edit, replaces an earlier one whole. Each category appears once,
    each score lies on its scale, and ``lowest`` is below ``highest``.
    """

    reviewee: Identifier
    reviewer: Identifier
    categories: Scorecard
    team: Attribute | None = None


class ReviewDisputedData(Struct, frozen=True, kw_only=True, gc=False):
    """The reviewee does not agree with a review, which counts as before until it is edited or deleted."""

    reviewee: Identifier
    reviewer: Identifier


class ReviewDisputeSettledData(Struct, frozen=True, kw_only=True, gc=False):
    """A dispute was settled. If it was accepted, an edit or deletion of the review follows."""

    reviewee: Identifier
    reviewer: Identifier
    outcome: DisputeOutcome


class ReviewDeletedData(Struct, frozen=True, kw_only=True, gc=False):
    """A review was taken back; it counts no more, unless it is submitted again afterwards."""

    reviewee: Identifier
    reviewer: Identifier


class ReviewSubmitted(
    SourceEnvelope, frozen=True, kw_only=True, gc=False, tag_field="type", tag="helpdesk.review.submitted.v1"
):
    """A conversation was reviewed, or its review edited; ``subject`` is the id of the conversation."""

    data: ReviewSubmittedData


class ReviewDisputed(
    SourceEnvelope, frozen=True, kw_only=True, gc=False, tag_field="type", tag="helpdesk.review.disputed.v1"
):
    """A review was disputed."""

    data: ReviewDisputedData


class ReviewDisputeSettled(
    SourceEnvelope, frozen=True, kw_only=True, gc=False, tag_field="type", tag="helpdesk.review.dispute_settled.v1"
):
    """The dispute about a review was settled."""

    data: ReviewDisputeSettledData


class ReviewDeleted(
    SourceEnvelope, frozen=True, kw_only=True, gc=False, tag_field="type", tag="helpdesk.review.deleted.v1"
):
    """A review was deleted."""

    data: ReviewDeletedData


ReviewEvent = ReviewSubmitted | ReviewDisputed | ReviewDisputeSettled | ReviewDeleted
