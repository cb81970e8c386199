"""What happens to mentions of the brand on social media and elsewhere, on the topic ``helpdesk.mentions``."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from schemas.envelope import Attribute, SourceEnvelope

Sentiment = Literal["positive", "neutral", "negative"]


class MentionPostedData(Struct, frozen=True, kw_only=True, gc=False):
    """Somebody mentioned the brand. A later posting of the same mention, an edit, replaces an earlier one.

    ``sentiment`` is left out where nobody knows it; it is estimated from the ``text`` then, if there is a model.
    ``category`` is what the mention is about, such as a product.
    """

    text: Annotated[str, Meta(max_length=16384)] | None = None
    sentiment: Sentiment | None = None
    channel: Attribute | None = None
    category: Attribute | None = None


class MentionLabelledData(Struct, frozen=True, kw_only=True, gc=False):
    """Somebody said which sentiment a mention has, which goes before what was posted or estimated."""

    sentiment: Sentiment


class MentionDeletedData(Struct, frozen=True, kw_only=True, gc=False):
    """A mention was taken down, or is none of the brand; it counts no more."""


class MentionPosted(
    SourceEnvelope, frozen=True, kw_only=True, gc=False, tag_field="type", tag="helpdesk.mention.posted.v1"
):
    """A mention was posted or edited."""

    data: MentionPostedData = MentionPostedData()


class MentionLabelled(
    SourceEnvelope, frozen=True, kw_only=True, gc=False, tag_field="type", tag="helpdesk.mention.labelled.v1"
):
    """A mention was labelled by somebody."""

    data: MentionLabelledData


class MentionDeleted(
    SourceEnvelope, frozen=True, kw_only=True, gc=False, tag_field="type", tag="helpdesk.mention.deleted.v1"
):
    """A mention was deleted."""

    data: MentionDeletedData = MentionDeletedData()


MentionEvent = MentionPosted | MentionLabelled | MentionDeleted
