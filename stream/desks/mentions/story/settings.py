"""How much is simulated of what people say about the brand."""

from __future__ import annotations

from dataclasses import dataclass

from stream.simulation.settings import StorySettings


@dataclass(frozen=True, slots=True, kw_only=True)
class MentionStorySettings(StorySettings):
    """On how many days a product breaks, and how many people join in then with each that complains of it.

    How many mentions come with a sentiment, and how many of the others are labelled, edited or deleted afterwards.
    """

    broken_day_share: float = 0.08
    joining_share: float = 0.7
    labelled_share: float = 0.55
    labelled_later_share: float = 0.5
    edited_share: float = 0.03
    deleted_share: float = 0.02
