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
    """The time in a stage: from the entry at one place to that at another, and its slots."""

    begin: int
    end: int
    slot: int
    negative_slot: int


class JourneyPlan(NamedTuple):
    """What a journey contributes whose stages were entered in a certain order; places are those of entries.

    ``counts`` are slots with the place of the entry at whose time they count. ``funnel`` are the places of the steps
    of the funnel, if all of them are done in time, and ``funnel_slots`` what counts when the funnel was entered, by how
    many steps were done.
    """

    counts: tuple[tuple[int, int], ...]
    times: tuple[StageTime, ...]
    funnel: tuple[int, ...]
    funnel_slots: tuple[tuple[int, ...], ...]


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
        times = [entry.at for entry in stages]
        for slot, place in plan.counts:
            into.append((slot, times[place], sign, 0))
        for begin, end, slot, negative_slot in plan.times:
            at = times[end]
            span = at - times[begin]
            if span < 0:
                into.append((negative_slot, at, sign, 0))
            else:
                into.append((slot + bisect_left(BORDERS, span), at, sign, sign * span))
        first = times[0]
        until = first + self._within
        steps = 0
        for place in plan.funnel:
            if times[place] > until:
                break
            steps += 1
        for slot in plan.funnel_slots[steps]:
            into.append((slot, first, sign, 0))

    def _plan(self, ranks: tuple[int, ...]) -> JourneyPlan:
        slots = self._slots
        first_entries = first_places(ranks)
        counts = [(slots.at_stage("journey_entries", stage), place) for stage, place in first_entries.items()]
        counts += [
            (slots.transition(before, after), place)
            for place, (before, after) in enumerate(pairwise(ranks), 1)
            if before != after
        ]
        times = [
            StageTime(
                place,
                following,
                slots.at_stage("journey_stage_seconds", stage),
                slots.at_stage("journey_stage_times_negative", stage),
            )
            for (stage, place), (_, following) in pairwise(sorted(first_entries.items()))
        ]
        steps = funnel_places(ranks)
        funnel_slots = tuple(tuple(self._funnel_slots(ranks[0], done)) for done in range(len(steps) + 1))
        return JourneyPlan(tuple(counts), tuple(times), steps, funnel_slots)

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
