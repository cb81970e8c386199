"""What one can choose about simulated customers."""

from __future__ import annotations

from dataclasses import dataclass

from stream.simulation.settings import StorySettings


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerStorySettings(StorySettings):
    """How many of those who are served become known as customers, and how many prospects reach each stage.

    In a month, ``churn_share`` of the customers who are content leave; of those who were served badly up to
    ``anger_share`` more. ``return_share`` of them come back, and ``referral_share`` of the loyal ones bring somebody
    along.
    """

    known_share: float = 0.08
    consideration_share: float = 0.45
    decision_share: float = 0.5
    churn_share: float = 0.02
    anger_share: float = 0.5
    return_share: float = 0.15
    referral_share: float = 0.08
