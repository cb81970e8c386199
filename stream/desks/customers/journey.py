"""The journey: the stages that a customer entered, in which order and how fast."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Final, NamedTuple, get_args

from schemas.events import JourneyStage
from stream.desks.customers.customer import Entries, Entry

STAGES: Final[tuple[str, ...]] = get_args(JourneyStage)
"""The stages in the order of the journey; an entry's rank is the place of its stage."""


class Stay(NamedTuple):
    """From when to when (microseconds) a stage was the furthest that a customer had reached."""

    stage: int
    since: int
    until: int


class Step(NamedTuple):
    """A step of the funnel: which stage was reached, and whether the funnel was entered there."""

    stage: int
    is_entry: bool


def furthest_stages(stages: Entries, cut_off: int) -> Iterator[Stay]:
    """The stages that were the furthest reached, each until the next one, or until nothing was heard for ``cut_off``.

    Who is heard of again after that counts again.
    """
    reached: int | None = None
    since = heard = 0
    for entry in stages:
        if reached is not None and entry.at > heard + cut_off:
            yield Stay(reached, since, heard + cut_off)
            since = entry.at
        if reached is None or entry.rank > reached:
            if reached is not None and since < entry.at:
                yield Stay(reached, since, entry.at)
            reached, since = entry.rank, entry.at
        heard = entry.at
    if reached is not None:
        yield Stay(reached, since, heard + cut_off)


def transitions(stages: Entries) -> Iterator[tuple[Entry, Entry]]:
    """Each step from one stage to another: the entry of the one, and of the other."""
    return ((before, after) for before, after in pairwise(stages) if before.rank != after.rank)


def first_entries(stages: Entries) -> Mapping[int, Entry]:
    """The first entry of each stage that was entered."""
    found: dict[int, Entry] = {}
    for entry in stages:
        found.setdefault(entry.rank, entry)
    return found


def times_in_stages(stages: Entries) -> Iterator[tuple[int, int, int]]:
    """Each stage that was entered, but for the last: when the next further one was first entered, and how long after.

    That is negative where the further one came first. Both are microseconds.
    """
    found = sorted(first_entries(stages).items())
    for (stage, entry), (_, following) in pairwise(found):
        yield stage, following.at, following.at - entry.at


def funnel(stages: Entries, within: int) -> Iterator[Step]:
    """The steps of the ordered funnel, from the stage of the first entry on.

    A step counts if it is done after all earlier ones, none left out, within ``within`` (microseconds) of the entry.
    """
    if not stages:
        return
    first = stages[0]
    yield Step(first.rank, is_entry=True)
    wanted = first.rank + 1
    for entry in stages[1:]:
        if entry.at > first.at + within:
            return
        if entry.rank == wanted:
            yield Step(wanted, is_entry=False)
            wanted += 1
