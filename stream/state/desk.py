"""What every desk has in common: it turns the records of one partition into rows and contributions."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

from schemas.events import Envelope
from stream.desks.tickets.set_aside import SetAside
from stream.desks.tickets.sla.announcements import Announcement
from stream.state.rejection import Reason, RejectedRecordError
from stream.state.rows import Row, RowStore
from stream.windows.moments import to_text
from stream.windows.sliding import Contribution

EventType = TypeVar("EventType", bound=Envelope)


class Desk(ABC, Generic[EventType]):
    """The entities of one partition of one topic.

    ``decode`` gives the event in a record's value, or raises ``RejectedRecordError`` if there is none.
    ``rows`` holds every entity; an entity's row says in which ``epoch``, that is after which checkpoint, it
    last changed, and what it was before, so that a checkpoint of the windows can be brought up to date.
    ``contributions`` collects what the windows have to add since they were last drained;
    ``set_aside`` counts the events that were applied but changed no number, until it is cleared.
    ``dirty_bytes`` estimates the size of the rows that `dirty_rows` would yield. Events of unknown entities
    that happened before ``horizon`` (microseconds) come too late: their entity may have left.
    """

    topic: str

    def __init__(self, decode: Callable[[bytes], EventType], rows: RowStore) -> None:
        self.decode = decode
        self.rows = rows
        self.epoch = 0
        self.horizon = 0
        self.contributions: list[Contribution] = []
        self.set_aside: Counter[SetAside] = Counter()
        self.dirty_bytes = 0
        self._served = 0

    @abstractmethod
    def apply(self, event: EventType, time: int) -> bool:
        """Take in an event that happened at ``time`` (microseconds); ``False`` if it was known already.

        Raises ``RejectedRecordError`` without having changed anything if the event cannot be taken in.
        """

    @abstractmethod
    def dirty_rows(self) -> Iterator[Row]:
        """The rows of the entities that changed since this was last called, to be written to ``rows``."""

    @abstractmethod
    def restore(self, key: bytes, value: bytes, checkpoint: int | None) -> None:
        """Take an entity's row into account, which is in ``rows``.

        It contributes what it has changed since the ``checkpoint`` of that number, or all if that is ``None``.
        """

    @abstractmethod
    def restored(self) -> None:
        """Every row was taken into account."""

    @abstractmethod
    def depart(self, key: bytes, value: bytes) -> list[Contribution] | None:
        """Let go of the entity in a row if nothing happened to it since the horizon, and it may leave.

        Returns what it contributed, ``None`` if it stays.
        """

    @property
    def served(self) -> int:
        """Up to when everything that happens by itself has happened, in microseconds."""
        return self._served

    @served.setter
    def served(self, until: int) -> None:
        self._served = until

    def serve(self, until: int) -> bool:
        """Let happen what happens by itself before ``until`` (microseconds); ``False`` if there is more than that."""
        self.served = max(self.served, until)
        return True

    def take_back(self, until: int) -> None:
        """Only what lies before ``until`` (microseconds) has happened by itself: the clock was ahead."""
        self.served = until

    @abstractmethod
    def contributions_in(self, value: bytes) -> list[Contribution]:
        """All that the entity of a row contributes."""

    def overtake(self) -> None:
        """A run of events was applied: let happen what they brought that was already over at the time served."""

    def announcements(self) -> list[Announcement]:
        """What is to be announced since this was last called."""
        return []

    def check_not_too_late(self, kind: str, subject: str, time: int) -> None:
        """Raise ``RejectedRecordError`` if an event of an unknown entity happened before the horizon."""
        if time < self.horizon:
            detail = (
                f"{to_text(time)} is before {to_text(self.horizon)}: {kind} {subject!r} is not known (any more);"
                " raise retention.days to take such events in"
            )
            raise RejectedRecordError(Reason.TOO_LATE, detail)
