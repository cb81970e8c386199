"""How much is simulated of what colleagues review."""

from __future__ import annotations

from dataclasses import dataclass

from stream.simulation.settings import StorySettings


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewStorySettings(StorySettings):
    """How many of the settled tickets are reviewed, by a second reviewer too, or by the agents themselves.

    How many reviews are edited, disputed or deleted afterwards, and how many disputes are accepted.
    """

    reviewed_share: float = 0.08
    second_share: float = 0.1
    self_share: float = 0.04
    edited_share: float = 0.05
    disputed_share: float = 0.1
    accepted_share: float = 0.4
    deleted_share: float = 0.03
