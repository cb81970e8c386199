"""What every desk has in common: it turns the records of one partition into rows and contributions."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Generic, NamedTuple, TypeVar

import msgspec

from schemas.events import Envelope
from stream.state.hot_entities import HOT_ENTITIES, HotEntities
from stream.state.outbox import Outgoing, decode_record
from stream.state.rejection import Reason, RejectedRecordError
from stream.state.rows import ENTITY, Row, RowStore
from stream.windows.moments import to_text
from stream.windows.sliding import Contribution
from stream.windows.steps import Step

Entity = TypeVar("Entity")


class AllContributed(NamedTuple):
    """What an entity contributes to windows, to stocks and to windowed stocks."""

    contributions: list[Contribution]
    steps: list[Step]
    windowed_steps: list[Step]


class Leaving(NamedTuple):
    """What an entity that leaves contributed, and whether it is new: the last checkpoint lacks all of that."""

    contributions: list[Contribution]
    is_new: bool


class Desk(ABC, Generic[Entity]):
    """The entities of one partition of one topic.

    ``decode`` gives the event in a record's value, or raises ``RejectedRecordError`` if there is none.
    ``rows`` holds every entity; an entity's row says after which ``checkpoint`` (a number) it last changed,
    and what it was before, so that a checkpoint of the windows can be brought up to date.
    ``hot`` entities at least are kept as objects, and all that are ``dirty``: whose rows are to be written.
    ``contributions`` and ``steps`` collect what the windows and the stocks have to add since they were last drained,
    ``windowed_steps`` what the stocks that are windowed have;
    ``arrived`` counts the entities that came, until it is cleared;
    ``set_aside`` counts, by reason, the events that were applied but changed no number, until it is cleared.
    ``dirty_bytes`` estimates the size of the rows that `dirty_rows` would yield. Events of unknown entities
    that happened before ``horizon`` (microseconds) come too late: their entity may have left. Steps before
    ``settled_before`` (microseconds) lie before all windows. Of windowed stocks only the level is told, so any of their
    steps before ``windowed_settled_before`` that cancel each other may be left out.
    """

    noun: str
    """What an entity is called where people read of it."""

    kept: int | None = None
    """For how long before the highest event time an entity is kept (microseconds); ``None`` where the settings say."""

    def __init__(self, decode: Callable[[bytes], Envelope], rows: RowStore, hot: int = HOT_ENTITIES) -> None:
        self.decode = decode
        self.rows = rows
        self.hot: HotEntities[Entity] = HotEntities(hot)
        self.dirty: dict[str, Entity] = {}
        self.checkpoint = 0
        self.horizon = 0
        self.settled_before = 0
        self.windowed_settled_before = 0
        self.contributions: list[Contribution] = []
        self.steps: list[Step] = []
        self.windowed_steps: list[Step] = []
        self.arrived = 0
        self.set_aside: Counter[str] = Counter()
        self.dirty_bytes = 0
        self._advanced_to = 0

    @abstractmethod
    def apply(self, event: Any, time: int) -> bool:
        """Take in an event that happened at ``time`` (microseconds); ``False`` if it was known already.

        Raises ``RejectedRecordError`` without having changed anything if the event cannot be taken in.
        """

    @abstractmethod
    def encoded(self, entity: Entity) -> bytes:
        """The value of an entity's row."""

    @abstractmethod
    def decoded(self, subject: str, value: bytes) -> Entity:
        """The entity in the value of a row."""

    @abstractmethod
    def restore(self, key: bytes, value: bytes, checkpoint: int | None) -> None:
        """Take an entity's row into account, which is in ``rows``.

        It contributes what it has changed since the ``checkpoint`` of that number, or all if that is ``None``.
        """

    @abstractmethod
    def depart(self, key: bytes, value: bytes) -> Leaving | None:
        """Let go of the entity in a row if nothing happened to it since the horizon, and it may leave.

        Returns what it contributed, ``None`` if it stays. It stays unless its steps `are_settled`. It also stays if the
        last checkpoint has it as it was before it changed, for what that checkpoint lacks could not be told any more.
        """

    @abstractmethod
    def contributions_in(self, value: bytes) -> list[Contribution]:
        """All that the entity of a row contributes."""

    def all_in(self, value: bytes) -> AllContributed:
        """All that the entity of a row contributes, also to stocks; many kinds have none."""
        return AllContributed(self.contributions_in(value), [], [])

    def are_settled(self, steps: Iterable[Step]) -> bool:
        """Whether steps can be forgotten: they lie before all windows, and leave nothing of any stock behind."""
        left: Counter[int] = Counter()
        for slot, at, delta in steps:
            if at >= self.settled_before:
                return False
            left[slot] += delta
        return not any(left.values())

    def find(self, subject: str) -> Entity | None:
        """An entity as it stands, ``None`` if nothing is known of it."""
        entity = self.hot.find(subject)
        if entity is None:
            value = self.rows.get(ENTITY + subject.encode())
            if value is not None:
                entity = self.hot.young[subject] = self.decoded(subject, value)
        return entity

    def dirty_rows(self) -> Iterator[Row]:
        """The rows of the entities that changed since this was last called, to be written to ``rows``."""
        dirty, self.dirty = self.dirty, {}
        self.dirty_bytes = 0
        for subject, entity in dirty.items():
            yield Row(ENTITY + subject.encode(), self.encoded(entity))
        self.hot.let_go()

    def restored(self) -> None:
        """Every row was taken into account."""

    @property
    def advanced_to(self) -> int:
        """Up to when everything that happens by itself has happened, in microseconds."""
        return self._advanced_to

    @advanced_to.setter
    def advanced_to(self, until: int) -> None:
        self._advanced_to = until

    def advance(self, until: int) -> bool:
        """Let happen what happens by itself before ``until`` (microseconds); ``False`` if there is more than that."""
        self.advanced_to = max(self.advanced_to, until)
        return True

    def take_back(self, until: int) -> None:
        """Only what lies before ``until`` (microseconds) has happened by itself: the clock was ahead."""
        self.advanced_to = until

    def overtake(self) -> None:
        """A run of events was applied: let happen what they brought that was already over at the time advanced to."""

    def ahead(self, now: int) -> Iterable[Contribution]:
        """Of what was contributed, that which counts only from a time after ``now`` (microseconds) on.

        Windows have it from the start of its pane on, and the lifetime at once; whoever reads these takes it off.
        """
        return ()

    def outgoing(self) -> list[Outgoing]:
        """What is to be published since this was last called."""
        return []

    def kept_outgoing(self, kept: Sequence[msgspec.Raw]) -> list[Outgoing]:
        """What is to be published, from what an outbox kept of it."""
        return [decode_record(record) for record in kept]

    def reading(self, *, held: bool) -> Any:
        """What is true of the entities at the moment, besides what the windows say.

        It is read between two batches, or at any time and by any thread if it is to be ``held``.
        """
        return None

    def check_not_too_late(self, subject: str, time: int) -> None:
        """Raise ``RejectedRecordError`` if an event of an unknown entity happened before the horizon."""
        if time < self.horizon:
            detail = (
                f"{to_text(time)} is before {to_text(self.horizon)}: {self.noun} {subject!r} is not known (any more);"
                " raise retention.days to take such events in"
            )
            raise RejectedRecordError(Reason.TOO_LATE, detail)


def subject_of(key: bytes) -> str:
    """The subject of the entity in the row of a key."""
    return key[len(ENTITY) :].decode()
