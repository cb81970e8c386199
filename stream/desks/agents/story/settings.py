"""What one can choose about simulated agents."""

from __future__ import annotations

from dataclasses import dataclass

from stream.simulation.settings import StorySettings


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentStorySettings(StorySettings):
    """How many shifts are on chat, serve the queue of another team too, and end without a sign-off.

    Besides: after how many contacts comes a break.
    """

    chat_share: float = 0.35
    helping_share: float = 0.3
    break_share: float = 0.1
    forgetful_share: float = 0.03
