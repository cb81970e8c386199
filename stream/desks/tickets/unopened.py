"""Tickets whose opening is not known: how many, and some of them by name."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import Final

MOST_NAMES: Final = 10_000


class UnopenedTickets:
    """Counts the tickets of a partition that lack their opening; at most ``most`` are known by name."""

    def __init__(self, most: int = MOST_NAMES) -> None:
        self.count = 0
        self._most = most
        self._names: dict[str, None] = {}

    def add(self, subject: str) -> None:
        """A ticket lacks its opening from now on."""
        self.count += 1
        if len(self._names) < self._most:
            self._names[subject] = None

    def remove(self, subject: str) -> None:
        """A ticket that lacked its opening does so no more."""
        self.count -= 1
        self._names.pop(subject, None)

    def next_names(self, most: int) -> Sequence[str]:
        """Some names, others each time until all were there."""
        names = list(islice(self._names, most))
        for name in names:
            self._names[name] = self._names.pop(name)
        return names
