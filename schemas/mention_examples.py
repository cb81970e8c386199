"""The golden examples of the events of mentions."""

from __future__ import annotations

from typing import Final

from schemas.envelope import Envelope
from schemas.example_envelopes import at, few, full
from schemas.mention_events import (
    MentionDeleted,
    MentionDeletedData,
    MentionLabelled,
    MentionLabelledData,
    MentionPosted,
    MentionPostedData,
)

_SOURCE: Final = "https://listening.example.com/mentions"

FULL_MENTIONS: Final[tuple[Envelope, ...]] = (
    MentionPosted(
        specversion="1.0",
        **full(73001, "m-55120", at(4, 19, 42, 7), _SOURCE),
        data=MentionPostedData(
            text="Third day without internet, and nobody answers.",
            sentiment="negative",
            channel="microblog",
            category="router",
        ),
    ),
    MentionLabelled(
        specversion="1.0",
        **full(73002, "m-55120", at(5, 8, 15, 0), _SOURCE),
        data=MentionLabelledData(sentiment="negative"),
    ),
    MentionDeleted(specversion="1.0", **full(73003, "m-55098", at(5, 8, 16, 30), _SOURCE), data=MentionDeletedData()),
)

MINIMAL_MENTIONS: Final[tuple[Envelope, ...]] = (
    MentionPosted(specversion="1.0", **few(82001, "m-60001", at(6, 8, 0, 0), _SOURCE)),
    MentionLabelled(
        specversion="1.0",
        **few(82002, "m-60001", at(6, 9, 30, 0), _SOURCE),
        data=MentionLabelledData(sentiment="neutral"),
    ),
    MentionDeleted(specversion="1.0", **few(82003, "m-60002", at(6, 9, 31, 0), _SOURCE)),
)
