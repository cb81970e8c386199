"""Tickets whose events came under different keys, and so to different partitions, where each part is a ticket."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from stream.desks.tickets.desk import TicketDesk
from stream.state.rows import ENTITY

MOST_LOOKS: Final = 200
"""How many tickets without an opening are looked for in other partitions at a time."""

MOST_FOUND: Final = 10_000


class Split(NamedTuple):
    """A ticket that lacks its opening in a ``partition`` and is known in the ``other`` one as well."""

    subject: str
    partition: int
    other: int


class SplitTickets:
    """Looks for split tickets among the partitions of one worker, some at a time."""

    def __init__(self) -> None:
        self._found: dict[tuple[int, str], int] = {}

    def __len__(self) -> int:
        """How many were found and are still without their opening, as far as that was looked at."""
        return len({subject for _, subject in self._found})

    def look(self, desks: Mapping[int, TicketDesk]) -> Split | None:
        """Look at the next tickets without an opening, and again at those found; return one that is new.

        ``desks`` are the partitions held, by number. Raises ``StoreError``.
        """
        for partition, subject in list(self._found)[:MOST_LOOKS]:
            other = self._found.pop((partition, subject))
            desk = desks.get(partition)
            if desk is not None and other in desks and desk.lacks_opening(subject):
                self._found[partition, subject] = other
        new = None
        for partition, desk in desks.items():
            for subject in desk.unopened.next_names(MOST_LOOKS // len(desks) or 1):
                holder = _holder(subject, partition, desks)
                if holder is None or (partition, subject) in self._found or len(self._found) >= MOST_FOUND:
                    continue
                self._found[partition, subject] = holder
                new = new or Split(subject, partition, holder)
        return new


def _holder(subject: str, partition: int, desks: Mapping[int, TicketDesk]) -> int | None:
    key = ENTITY + subject.encode()
    holders = (number for number, desk in desks.items() if number != partition and desk.rows.get(key) is not None)
    return next(holders, None)
