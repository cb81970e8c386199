"""What every desk has in common: it turns the records of one partition into rows and contributions."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from typing import Generic, NamedTuple, TypeVar

from schemas.events import Envelope
from stream.windows.sliding import Contribution

EventType = TypeVar("EventType", bound=Envelope)


class Row(NamedTuple):
    """A row of the state table. ``value`` is ``None`` for a row that is to be deleted."""

    key: bytes
    value: bytes | None


class Desk(ABC, Generic[EventType]):
    """The entities of one partition of one topic.

    ``decode`` gives the event in a record's value, or raises ``RejectedRecordError`` if there is none.
    ``contributions`` collects what the windows have to add since they were last drained;
    ``dirty_bytes`` estimates the size of the rows that `dirty_rows` would yield.
    """

    topic: str

    def __init__(self, decode: Callable[[bytes], EventType]) -> None:
        self.decode = decode
        self.contributions: list[Contribution] = []
        self.dirty_bytes = 0

    @abstractmethod
    def apply(self, event: EventType, time: int) -> bool:
        """Take in an event that happened at ``time`` (microseconds); ``False`` if it was known already.

        Raises ``RejectedRecordError`` without having changed anything if the event cannot be taken in.
        """

    @abstractmethod
    def dirty_rows(self, prefix: bytes = b"") -> Iterator[Row]:
        """The rows, their keys prefixed, of the entities that changed since this was last called."""

    @abstractmethod
    def load(self, row: Row) -> None:
        """Restore an entity from its row. Rows come in any order, a key's last row counts."""

    @abstractmethod
    def loaded(self) -> None:
        """All rows are there: work out what follows from them."""
