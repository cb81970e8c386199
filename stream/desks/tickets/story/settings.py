"""What the simulated tickets go through."""

from __future__ import annotations

from dataclasses import dataclass

from stream.simulation.settings import StorySettings


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketStorySettings(StorySettings):
    """How troubled the tickets are; probabilities from 0 to 1."""

    bot_share: float = 0.65
    bot_solves_share: float = 0.3
    agent_opened_share: float = 0.03
    abandonment_share: float = 0.05
    unanswered_share: float = 0.01
    merge_share: float = 0.02
    spam_share: float = 0.015
    restored_share: float = 0.2
    note_share: float = 0.25
    escalation_share: float = 0.06
    reassignment_share: float = 0.1
    hold_share: float = 0.06
    reopen_share: float = 0.07
