"""A stream as networks deliver it: records twice, out of order and unreadable."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from heapq import heappop, heappush
from typing import Any, Final

import orjson

from stream.feeds.simulator.records import SimulatedEvent
from stream.simulation.dice import Dice

_MEAN_DELAY: Final = 40.0
_LONGEST_DELAY: Final = 1000


def disturb(
    events: Iterable[SimulatedEvent],
    seed: int,
    duplicates: float = 0.02,
    late: float = 0.05,
    poison: float = 0.0,
) -> Iterator[SimulatedEvent]:
    """Yield the same records with a share of them twice, a share late, and unreadable ones between them.

    ``duplicates``, ``late`` and ``poison`` are shares of the records, from 0 to 1. A late or doubled record
    comes up to 1 000 records after its place; its bytes stay the same. Unreadable records are added, with
    ids of their own, so that a reader who sets them aside sees exactly the undisturbed stream. Raises
    ``ValueError`` when a share lies outside 0 to 1.
    """
    for name, share in (("duplicates", duplicates), ("late", late), ("poison", poison)):
        if not 0 <= share <= 1:
            raise ValueError(f"{name}: must lie from 0 to 1, not {share}")
    return _disturbed(events, Dice(seed), duplicates, late, poison)


def _disturbed(
    events: Iterable[SimulatedEvent], dice: Dice, duplicates: float, late: float, poison: float
) -> Iterator[SimulatedEvent]:
    held: list[tuple[int, int, SimulatedEvent]] = []
    for place, event in enumerate(events):
        while held and held[0][0] <= place:
            yield heappop(held)[2]
        if dice.chance(poison):
            yield _poisoned(event, dice)
        if dice.chance(duplicates):
            heappush(held, (place + _delay(dice), 2 * place + 1, event))
        if dice.chance(late):
            heappush(held, (place + 1 + _delay(dice), 2 * place, event))
        else:
            yield event
    while held:
        yield heappop(held)[2]


def _delay(dice: Dice) -> int:
    return min(_LONGEST_DELAY - 1, int(dice.expovariate(1.0 / _MEAN_DELAY)))


def _truncated(value: bytes, dice: Dice) -> bytes:
    return value[: 1 + int(dice.random() * (len(value) - 1))]


def _changed(field: str, wrong: Callable[[Dice], object]) -> Callable[[bytes, Dice], bytes]:
    def change(value: bytes, dice: Dice) -> bytes:
        event: dict[str, Any] = orjson.loads(value)
        event["id"] += "-unreadable"
        event[field] = wrong(dice)
        return orjson.dumps(event)

    return change


_WRONG_DATA: Final = ("not an object", 42, ["a", "list"], None)
_UNKNOWN_TYPES: Final = ("helpdesk.ticket.exploded.v1", "helpdesk.ticket.opened.v99", "com.example.order.placed")
_POISONS: Final[tuple[Callable[[bytes, Dice], bytes], ...]] = (
    _truncated,
    _changed("data", lambda dice: dice.pick(_WRONG_DATA)),
    _changed("type", lambda dice: dice.pick(_UNKNOWN_TYPES)),
    _changed("time", lambda _: "9999-12-31T23:59:59Z"),
    _changed("time", lambda dice: f"{1970 + int(dice.random() * 20)}-06-01T12:00:00Z"),
)


def _poisoned(event: SimulatedEvent, dice: Dice) -> SimulatedEvent:
    return event._replace(value=dice.pick(_POISONS)(event.value, dice))
