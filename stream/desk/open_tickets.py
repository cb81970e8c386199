"""The tickets that are open now, by their labels and their age."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from sortedcontainers import SortedList

from stream.desk.ticket_series import Attributes

if TYPE_CHECKING:
    from collections.abc import Iterator


class OpenTickets:
    """When each open ticket was opened, and how many customers wait, for each combination of labels."""

    def __init__(self) -> None:
        self._opened: dict[Attributes, SortedList[int]] = {}
        self._created_sums: Counter[Attributes] = Counter()
        self._waiting: Counter[Attributes] = Counter()

    def add(self, labels: Attributes, created: int) -> None:
        """A ticket is open from now on."""
        opened = self._opened.get(labels)
        if opened is None:
            opened = self._opened[labels] = SortedList()
        opened.add(created)
        self._created_sums[labels] += created

    def remove(self, labels: Attributes, created: int) -> None:
        """A ticket that was added is open no more."""
        opened = self._opened[labels]
        opened.remove(created)
        self._created_sums[labels] -= created
        if not opened:
            del self._opened[labels]
            del self._created_sums[labels]

    def wait(self, labels: Attributes, change: int) -> None:
        """``change`` more (or, if negative, fewer) customers wait for an agent."""
        self._waiting[labels] += change
        if not self._waiting[labels]:
            del self._waiting[labels]

    def created_sum(self, labels: Attributes) -> int:
        """The sum of the creation times (microseconds) of the open tickets with these labels."""
        return self._created_sums[labels]

    def opened(self) -> Iterator[tuple[Attributes, SortedList[int]]]:
        """Creation times in ascending order (microseconds) by labels."""
        return iter(self._opened.items())

    def waiting(self) -> Iterator[tuple[Attributes, int]]:
        """How many open tickets wait for an agent, by labels."""
        return iter(self._waiting.items())
