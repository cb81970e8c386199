"""The kinds that are simulated, each with its storyline and the stage of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields
from heapq import merge
from zoneinfo import ZoneInfo

from stream.simulation.dice import Dice
from stream.simulation.pace import CompressedPace, RealPace
from stream.simulation.rhythm import Rhythm
from stream.simulation.settings import SimulatorSettings
from stream.simulation.story import Story
from stream.simulation.storyline import Occasion, Stage, Storyline
from stream.state.kind import Kind


class Cast:
    """The storylines of these kinds, in one simulation.

    ``dice`` are those of the storylines that have none of their own; ``begin`` lets a story begin. Raises
    ``ValueError`` when settings are those of no story here, when a story follows an occasion that its kind does not
    announce, and when no story begins on its own.
    """

    def __init__(
        self, settings: SimulatorSettings, seed: int, dice: Dice, begin: Callable[[Story], None], kinds: Sequence[Kind]
    ) -> None:
        self._types = {kind.name: kind.story for kind in kinds if kind.story is not None}
        _check(settings, self._types)
        zone = ZoneInfo(settings.timezone)
        self._settings = settings
        self._rhythm = Rhythm(zone)
        self._real = RealPace(zone)
        self._compressed: list[CompressedPace] = []
        self._followers: dict[Occasion, list[Storyline]] = {}
        self._storylines: list[Storyline] = []
        for name, story in self._types.items():
            drawn_from = Dice(f"{seed} {name}") if story.own_dice else dice
            self._compressed.append(CompressedPace(settings.live_compression, drawn_from))
            storyline = story(Stage(settings, drawn_from, self._real, begin, self._followers))
            self._storylines.append(storyline)
            for occasion in story.follows:
                self._followers.setdefault(occasion, []).append(storyline)
        self._beginning = [storyline for storyline in self._storylines if storyline.per_ticket]
        self._credits = [0.0] * len(self._beginning)

    @property
    def plan(self) -> str:
        """What is simulated and all its settings, as a text."""
        choices: list[tuple[str, object]] = []
        for shared in fields(self._settings):
            if shared.name == "stories":
                for name, story in self._types.items():
                    choices += _choices(self._settings, story) or [(name, True)]
            else:
                choices.append((shared.name, getattr(self._settings, shared.name)))
        return f"{type(self._settings).__name__}({', '.join(f'{name}={value!r}' for name, value in choices)})"

    def named(self, run: str) -> None:
        """Give the simulation its name."""
        for storyline in self._storylines:
            storyline.stage.run = run

    def in_real_time(self) -> None:
        """Let times be as in real life."""
        for storyline in self._storylines:
            storyline.stage.pace = self._real

    def compressed(self) -> None:
        """Let times be compressed."""
        for storyline, pace in zip(self._storylines, self._compressed, strict=True):
            storyline.stage.pace = pace

    def arrivals(self, start: int, end: int, tickets: int) -> Iterator[tuple[int, Storyline]]:
        """The stories that begin on their own while ``tickets`` are opened, by their moments in order."""
        places = range(len(self._storylines))
        for moment, place in merge(*(self._arrivals_of(place, start, end, tickets) for place in places)):
            yield moment, self._storylines[place]

    def _arrivals_of(self, place: int, start: int, end: int, tickets: int) -> Iterator[tuple[int, int]]:
        for moment in self._storylines[place].arrivals(start, end, tickets, self._rhythm):
            yield moment, place

    def next_to_begin(self) -> Storyline:
        """Whose story begins next in a live stream: in turns, as often as ``per_ticket`` says."""
        if len(self._beginning) == 1:
            return self._beginning[0]
        for place, storyline in enumerate(self._beginning):
            self._credits[place] += storyline.per_ticket
        place = self._credits.index(max(self._credits))
        self._credits[place] -= sum(storyline.per_ticket for storyline in self._beginning)
        return self._beginning[place]


def _choices(settings: SimulatorSettings, story: type[Storyline]) -> list[tuple[str, object]]:
    if story.settings_type is None:
        return []
    chosen = settings.story(story.settings_type)
    return [(choice.name, getattr(chosen, choice.name)) for choice in fields(chosen)]


def _check(settings: SimulatorSettings, types: Mapping[str, type[Storyline]]) -> None:
    simulated = ", ".join(types) or "none"
    known = {story.settings_type for story in types.values()}
    for given in map(type, settings.stories):
        if given not in known:
            raise ValueError(f"stories: {given.__name__} is of no kind that is simulated ({simulated})")
    for name, story in types.items():
        for kind, occasion in story.follows:
            if kind in types and Occasion(kind, occasion) not in types[kind].occasions:
                raise ValueError(f"the story of {name} follows {occasion!r}, which that of {kind} does not announce")
    if not any(story.per_ticket for story in types.values()):
        raise ValueError(f"no story begins on its own among the kinds that are simulated ({simulated})")
