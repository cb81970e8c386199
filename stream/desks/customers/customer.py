"""A customer, or an expense: its timeline."""

from __future__ import annotations

from bisect import bisect_left
from enum import IntEnum
from typing import Final, NamedTuple


class Happening(IntEnum):
    """What may happen, in the order in which it is taken at equal times."""

    ACQUIRED = 0
    SUBSCRIPTION_STARTED = 1
    PURCHASED = 2
    SUBSCRIPTION_ENDED = 3
    INTERACTED = 4
    STAGE_ENTERED = 5
    SPENT = 6


class Entry(NamedTuple):
    """What happened at a time (microseconds); entries are in order as they compare.

    ``sequence`` is empty for none, which comes first; ``rank`` breaks ties between entries of the same kind, and
    ``tie`` is the hash of the event's id. ``name`` is the source of the customer, the subscription, the currency, the
    kind of interaction or the kind of spend. ``number`` is the amount, or when a service ends (microseconds).
    """

    at: int
    sequence: str
    happening: Happening
    rank: int
    tie: bytes
    name: str | None = None
    number: int | None = None
    other: str | None = None
    days: tuple[int, int] | None = None


Entries = tuple[Entry, ...]


class Customer(NamedTuple):
    """What is known of a customer or an expense, each part of it in order.

    ``account`` is what makes somebody a customer: how they were acquired, subscriptions and purchases.
    """

    account: Entries = ()
    interactions: Entries = ()
    stages: Entries = ()
    expenses: Entries = ()

    def with_entry(self, entry: Entry) -> Customer | None:
        """The same with one entry more, ``None`` if it has that already."""
        part = _PART_OF.get(entry.happening, "account")
        entries: Entries = getattr(self, part)
        if any(known.tie == entry.tie for known in entries):
            return None
        index = bisect_left(entries, entry)
        return self._replace(**{part: (*entries[:index], entry, *entries[index:])})

    @property
    def last_time(self) -> int:
        """When something last happened, in microseconds."""
        return max(entries[-1].at for entries in self if entries)


_PART_OF: Final = {
    Happening.INTERACTED: "interactions",
    Happening.STAGE_ENTERED: "stages",
    Happening.SPENT: "expenses",
}

UNKNOWN: Final = Customer()
"""A customer of whom nothing is known."""
