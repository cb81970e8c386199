"""Where the visits of a place are counted: the slots of its series, found once."""

from __future__ import annotations

from typing import Final

from stream.desks.calls.measures import MEASURES
from stream.desks.calls.visit import Place
from stream.state.contributing import Contributor, Values

WITHIN: Final = "within"

_REMEMBERED: Final = 2_000
_MEASURES: Final = frozenset(measure.name for measure in MEASURES)


class PlaceSlots(dict[str | tuple[str, str], int]):
    """The first slots of the series of one place, by measure or stock, or by measure and the seconds to answer in."""

    def __init__(self, contributor: Contributor, place: Place) -> None:
        super().__init__()
        self._contributor = contributor
        self._values: Values = place._asdict()

    def __missing__(self, key: str | tuple[str, str]) -> int:
        """Find a slot that was not asked for before."""
        name, within = (key, None) if isinstance(key, str) else key
        if name in _MEASURES:
            slot = self._contributor.count(name, {**self._values, WITHIN: within}, 0)[0]
        else:
            slot = self._contributor.step(name, self._values, 0, 1)[0]
        self[key] = slot
        return slot


class CallSeries:
    """The slots of all places."""

    def __init__(self, contributor: Contributor) -> None:
        self._contributor = contributor
        self._places: dict[Place, PlaceSlots] = {}

    def of(self, place: Place) -> PlaceSlots:
        """The slots of a place."""
        slots = self._places.get(place)
        if slots is None:
            if len(self._places) >= _REMEMBERED:
                self._places.clear()
            slots = self._places[place] = PlaceSlots(self._contributor, place)
        return slots
