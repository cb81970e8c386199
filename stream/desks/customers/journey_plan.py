"""What a journey contributes, by the stages in the order in which they were entered.

There are few such orders, whatever the times, so what follows from one is worked out once.
"""

from __future__ import annotations

from bisect import bisect_left
from itertools import pairwise
from typing import Final, NamedTuple

from stream.desks.customers.customer import Entries
from stream.desks.customers.journey import STAGES, first_places, funnel_places
from stream.desks.customers.slots import CustomerSlots
from stream.windows.histogram import BORDERS
from stream.windows.sliding import Contribution

_REMEMBERED: Final = 1_000


class StageTime(NamedTuple):
    """The time in a stage since the entry at the place ``begin``, and its slots."""

    begin: int
    slot: int
    negative_slot: int


class JourneyPlan(NamedTuple):
    """What a journey contributes whose stages were entered in a certain order.

    ``entries`` are, for each entry, the slots that count at its time and the times in stages that end with it.
    ``steps`` are the places of the entries that are the steps of the funnel, if all of them are done in time, and
    ``funnel`` the slots that count when the funnel was entered, by how many steps were done.
    """

    entries: tuple[tuple[tuple[int, ...], tuple[StageTime, ...]], ...]
    steps: tuple[int, ...]
    funnel: tuple[tuple[int, ...], ...]


class JourneyPlans:
    """Finds the plan of a journey, of which the steps of the funnel count ``within`` so many microseconds."""

    def __init__(self, slots: CustomerSlots, within: int) -> None:
        self._slots = slots
        self._within = within
        self._plans: dict[tuple[int, ...], JourneyPlan] = {}

    def contribute(self, stages: Entries, sign: int, into: list[Contribution]) -> None:
        """Add what a journey contributes, but for the stocks."""
        ranks = tuple([entry.rank for entry in stages])
        plan = self._plans.get(ranks)
        if plan is None:
            if len(self._plans) >= _REMEMBERED:
                self._plans.clear()
            plan = self._plans[ranks] = self._plan(ranks)
        first = stages[0].at
        until = first + self._within
        done = 0
        for place in plan.steps:
            if stages[place].at > until:
                break
            done += 1
        append = into.append
        for slot in plan.funnel[done]:
            append((slot, first, sign, 0))
        for entry, (slots, times) in zip(stages, plan.entries, strict=True):
            at = entry.at
            for slot in slots:
                append((slot, at, sign, 0))
            for begin, slot, negative_slot in times:
                span = at - stages[begin].at
                if span < 0:
                    append((negative_slot, at, sign, 0))
                else:
                    append((slot + bisect_left(BORDERS, span), at, sign, sign * span))

    def _plan(self, ranks: tuple[int, ...]) -> JourneyPlan:
        at_stage = self._slots.at_stage
        slots: list[list[int]] = [[] for _ in ranks]
        times: list[list[StageTime]] = [[] for _ in ranks]
        first = first_places(ranks)
        for stage, place in first.items():
            slots[place].append(at_stage("journey_entries", stage))
        for place, (before, after) in enumerate(pairwise(ranks), 1):
            if before != after:
                slots[place].append(self._slots.transition(before, after))
        for (stage, place), (_, following) in pairwise(sorted(first.items())):
            seconds, negative = (at_stage(f"journey_stage_{what}", stage) for what in ("seconds", "times_negative"))
            times[following].append(StageTime(place, seconds, negative))
        steps = funnel_places(ranks)
        funnel = tuple(tuple(self._funnel_slots(ranks[0], done)) for done in range(len(steps) + 1))
        entries = zip(map(tuple, slots), map(tuple, times), strict=True)
        return JourneyPlan(tuple(entries), steps, funnel)

    def _funnel_slots(self, first: int, done: int) -> list[int]:
        at_stage = self._slots.at_stage
        found = [at_stage("journey_funnel_entered", first)]
        found += [at_stage("journey_funnel_reached", stage) for stage in range(first + 1, first + 1 + done)]
        last = min(first + 1 + done, len(STAGES) - 1)
        found += [at_stage("journey_funnel_previous", stage) for stage in range(first + 1, last + 1)]
        if first == 0:
            found += [at_stage("journey_funnel_reached_from_first", stage) for stage in range(1, 1 + done)]
            found += [at_stage("journey_funnel_first", stage) for stage in range(1, len(STAGES))]
        return found
