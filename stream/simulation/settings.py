"""What the simulated helpdesk looks like."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

StorySettingsType = TypeVar("StorySettingsType", bound="StorySettings")


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """A team: the ids of its agents and the categories of tickets that it takes first."""

    agents: tuple[str, ...]
    categories: tuple[str, ...] = ()


def _channels() -> dict[str, float]:
    return {"email": 0.36, "web": 0.22, "chat": 0.21, "phone": 0.12, "social": 0.06, "api": 0.03}


def _priorities() -> dict[str, float]:
    return {"low": 0.18, "normal": 0.57, "high": 0.18, "urgent": 0.07}


def _categories() -> dict[str, float]:
    return {
        "question": 0.29,
        "incident": 0.17,
        "billing": 0.15,
        "account": 0.13,
        "delivery": 0.11,
        "complaint": 0.08,
        "feature request": 0.07,
    }


def _teams() -> dict[str, Team]:
    return {
        "front desk": Team(
            agents=("amara", "bastian", "chiara", "dilan", "elif", "freya", "goran", "hana"),
            categories=("question", "account", "feature request"),
        ),
        "billing": Team(agents=("ines", "jonas", "keiko", "lamine"), categories=("billing",)),
        "logistics": Team(agents=("marta", "nuno", "olga"), categories=("delivery",)),
        "technical": Team(agents=("pavel", "quinn", "rosa", "sami", "tove", "umar"), categories=("incident",)),
        "care": Team(agents=("vera", "wim", "ximena"), categories=("complaint",)),
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class StorySettings:
    """What one can choose about the stories of a kind; each kind with choices has a class of its own.

    The fields that end in ``_share`` are probabilities from 0 to 1. Raises ``ValueError``, which names the field, for
    one that is not.
    """

    def __post_init__(self) -> None:
        """Refuse what is no probability."""
        for share in fields(self):
            if share.name.endswith("_share") and not 0 <= getattr(self, share.name) <= 1:
                raise ValueError(f"{share.name}: must lie from 0 to 1, not {getattr(self, share.name)}")


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatorSettings:
    """How the helpdesk is staffed, what people come to it with, and what happens to it.

    ``timezone`` is the IANA zone of the day and week rhythm and of the working hours. ``channels``,
    ``priorities`` and ``categories`` map a name to its share; shares are relative, they need not add up
    to 1. ``stories`` are the settings of the kinds' stories that differ from their defaults, at most one of a class.

    ``live_compression`` divides the durations of the live stream: at 2 400 a day takes 36 seconds.
    Durations of a few minutes are divided by less, so that a chat remains a chat.

    Raises ``ValueError``, which names the field, when a value is out of its range.
    """

    timezone: str = "Europe/Berlin"
    channels: Mapping[str, float] = field(default_factory=_channels)
    priorities: Mapping[str, float] = field(default_factory=_priorities)
    categories: Mapping[str, float] = field(default_factory=_categories)
    teams: Mapping[str, Team] = field(default_factory=_teams)
    stories: tuple[StorySettings, ...] = ()
    live_compression: float = 2400.0

    def __post_init__(self) -> None:
        """Refuse what cannot be simulated."""
        try:
            ZoneInfo(self.timezone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError(f"timezone: {self.timezone!r} is no IANA time zone, such as Europe/Berlin") from None
        for name in ("channels", "priorities", "categories"):
            shares: Mapping[str, float] = getattr(self, name)
            if any(not share >= 0 for share in shares.values()) or not sum(shares.values()) > 0:
                raise ValueError(f"{name}: shares must be at least 0, and one of them above 0")
        if not self.teams or not all(team.agents for team in self.teams.values()):
            raise ValueError("teams: there must be a team, and each team needs an agent")
        types = [type(story) for story in self.stories]
        for type_ in types:
            if types.count(type_) > 1:
                raise ValueError(f"stories: {type_.__name__} is there twice")
        if not self.live_compression >= 1:
            raise ValueError(f"live_compression: must be at least 1, not {self.live_compression}")

    def story(self, settings_type: type[StorySettingsType]) -> StorySettingsType:
        """The settings of this class: those given, or the defaults."""
        return next((story for story in self.stories if isinstance(story, settings_type)), settings_type())
