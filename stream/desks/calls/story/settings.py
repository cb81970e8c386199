"""What one can choose about simulated calls."""

from __future__ import annotations

from dataclasses import dataclass

from stream.simulation.settings import StorySettings


@dataclass(frozen=True, slots=True, kw_only=True)
class CallStorySettings(StorySettings):
    """How many of those who call or chat begin a chat, are put on hold, and are passed on to another team.

    Besides: how many of those who give up want to be called back, how many find no line or are let go, and how many
    hang up at once.
    """

    chat_share: float = 0.35
    hold_share: float = 0.22
    transfer_share: float = 0.07
    callback_share: float = 0.35
    blocked_share: float = 0.01
    evicted_share: float = 0.005
    hang_up_share: float = 0.02
