"""How a kind's stories begin: on their own, or at an occasion in the story of another kind."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import ClassVar, NamedTuple, Protocol

from stream.simulation.dice import Dice
from stream.simulation.pace import Pace
from stream.simulation.rhythm import Rhythm
from stream.simulation.settings import SimulatorSettings, StorySettings
from stream.simulation.staff import Staff
from stream.simulation.story import Story


class Occasion(NamedTuple):
    """What happens in the stories of a kind, by the kind's name, at which stories of other kinds may begin."""

    kind: str
    name: str


class Contact(Protocol):
    """What others may know when a customer was served: of the ticket, or of whatever else it was about."""

    @property
    def name(self) -> str:
        """The name of the ticket, or of what else it is."""

    @property
    def customer(self) -> str:
        """Who was served."""

    @property
    def channel(self) -> str:
        """On which channel."""

    @property
    def category(self) -> str:
        """What it was about."""

    @property
    def team(self) -> str:
        """The team that served."""

    @property
    def agent(self) -> str | None:
        """Who of the team; ``None`` for a bot."""

    @property
    def quick(self) -> bool:
        """Whether people answer each other within minutes."""

    @property
    def mood(self) -> float:
        """How content the customer is, about 0 to 1."""


class Stage:
    """What the stories of a kind get from the simulation that they are in.

    ``run`` is the digest that names the simulation, known before the first story begins. ``pace`` changes when a live
    stream follows a past that is over, so it is asked for anew at every step. ``begin`` lets a story begin that runs
    beside the one that calls it.
    """

    def __init__(
        self,
        settings: SimulatorSettings,
        dice: Dice,
        pace: Pace,
        begin: Callable[[Story], None],
        followers: Mapping[Occasion, Sequence[Storyline]],
    ) -> None:
        self.settings = settings
        self.dice = dice
        self.pace = pace
        self.begin = begin
        self.staff = Staff(settings.teams)
        self.run = ""
        self._followers = followers

    def announce(self, occasion: Occasion, contact: Contact, moment: int) -> None:
        """Let the stories begin that follow an occasion at a moment (microseconds since the epoch).

        The ``contact`` may change afterwards, so they take from it what they need before their first step.
        """
        for storyline in self._followers.get(occasion, ()):
            story = storyline.follow(occasion, contact, moment)
            if story is not None:
                self.begin(story)


class Storyline:
    """The stories of a kind in one simulation.

    ``per_ticket`` is how many of them begin on their own for each ticket that is opened. ``follows`` are the occasions
    at which they begin besides, ``occasions`` those that they announce themselves. ``settings_type`` has what one can
    choose about them, if anything.

    A storyline with ``own_dice`` leaves what the others draw as it would be without it; those that have none share one
    sequence of draws, in which each changes all that is drawn after it.
    """

    per_ticket: ClassVar[float] = 0.0
    own_dice: ClassVar[bool] = True
    occasions: ClassVar[tuple[Occasion, ...]] = ()
    follows: ClassVar[tuple[Occasion, ...]] = ()
    settings_type: ClassVar[type[StorySettings] | None] = None

    def __init__(self, stage: Stage) -> None:
        self.stage = stage

    def arrivals(self, start: int, end: int, tickets: int, rhythm: Rhythm) -> Iterator[int]:
        """The moments (microseconds since the epoch), in order, at which stories begin on their own.

        ``tickets`` are opened from ``start`` up to ``end``. By default so many as ``per_ticket`` says begin, in the
        helpdesk's rhythm. A live stream does not ask: there they begin in turns, as often as ``per_ticket`` says.
        """
        if self.per_ticket:
            yield from rhythm.arrivals(start, end, round(self.per_ticket * tickets), self.stage.dice)

    def arrive(self, moment: int) -> Story:
        """A story that begins on its own; for storylines that have arrivals."""
        raise NotImplementedError

    def follow(self, occasion: Occasion, contact: Contact, moment: int) -> Story | None:
        """The story that an occasion leads to, or ``None``; for storylines that follow any."""
        raise NotImplementedError
