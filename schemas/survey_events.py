"""What happens to surveys, on the topic ``helpdesk.surveys``."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from schemas.envelope import Attribute, Identifier, SourceEnvelope

SurveyKind = Literal["csat", "nps", "ces"]
Scale = Literal["1-3", "1-5", "1-7", "1-10", "0-10", "good-bad"]


class SurveySentData(Struct, frozen=True, kw_only=True, gc=False):
    """A survey went out to a customer."""

    survey: SurveyKind
    ticket: Identifier | None = None
    channel: Attribute | None = None
    team: Attribute | None = None


class SurveyRespondedData(Struct, frozen=True, kw_only=True, gc=False):
    """A customer answered. A later answer to the same survey replaces an earlier one.

    ``score`` lies on ``scale``; on ``good-bad``, good is 1 and bad is 0.
    """

    survey: SurveyKind
    scale: Scale
    score: Annotated[int, Meta(ge=0, le=10)]
    comment: Annotated[str, Meta(max_length=16384)] | None = None
    ticket: Identifier | None = None
    channel: Attribute | None = None
    team: Attribute | None = None


class SurveySent(SourceEnvelope, frozen=True, kw_only=True, gc=False, tag_field="type", tag="helpdesk.survey.sent.v1"):
    """A survey was sent."""

    data: SurveySentData


class SurveyResponded(
    SourceEnvelope, frozen=True, kw_only=True, gc=False, tag_field="type", tag="helpdesk.survey.responded.v1"
):
    """A survey was answered."""

    data: SurveyRespondedData


SurveyEvent = SurveySent | SurveyResponded
