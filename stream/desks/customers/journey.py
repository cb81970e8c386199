"""The journey: the stages that a customer entered, in which order and how fast."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, get_args

from schemas.events import JourneyStage
from stream.desks.customers.customer import Entries

STAGES: Final[tuple[str, ...]] = get_args(JourneyStage)
"""The stages in the order of the journey; an entry's rank is the place of its stage."""

Stay = tuple[int, int, int]
"""A stage, and from when to when (microseconds) it was the furthest that a customer had reached."""


def furthest_stages(stages: Entries, cut_off: int) -> Iterator[Stay]:
    """The stages that were the furthest reached, each until the next one, or until nothing was heard for ``cut_off``.

    Who is heard of again after that counts again.
    """
    reached = -1
    since = heard = 0
    for entry in stages:
        at, rank = entry.at, entry.rank
        if reached >= 0 and at > heard + cut_off:
            yield reached, since, heard + cut_off
            since = at
        if rank > reached:
            if reached >= 0 and since < at:
                yield reached, since, at
            reached, since = rank, at
        heard = at
    if reached >= 0:
        yield reached, since, heard + cut_off


def first_places(ranks: Sequence[int]) -> Mapping[int, int]:
    """The place of the first entry of each stage that was entered, of entries with these ranks."""
    found: dict[int, int] = {}
    for place, rank in enumerate(ranks):
        found.setdefault(rank, place)
    return found


def funnel_places(ranks: Sequence[int]) -> tuple[int, ...]:
    """The places of the steps of the ordered funnel, which is entered with the first entry.

    A step counts if it is done after all earlier ones, none left out.
    """
    places = []
    wanted = ranks[0] + 1
    for place, rank in enumerate(ranks):
        if rank == wanted:
            places.append(place)
            wanted += 1
    return tuple(places)
