"""Desks whose entities are values: small, immutable, and taken over whole when an event changes them."""

from __future__ import annotations

from abc import abstractmethod
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any, Final, Generic, NamedTuple, TypeVar

import msgspec

from schemas.events import Envelope
from stream.state.contributing import Contributor, Values
from stream.state.desk import AllContributed, Desk, Leaving, subject_of
from stream.state.hot_entities import HOT_ENTITIES
from stream.state.metric import Metric
from stream.state.rejection import Reason, RejectedRecordError
from stream.state.rows import RowStore
from stream.windows.sliding import Contribution

Value = TypeVar("Value")

MOST_ENTITY_BYTES: Final = 400_000
"""How many bytes an entity may take in its row, some 10,000 events: all of them are looked through for each new one."""

_encode: Final = msgspec.msgpack.Encoder().encode


class Kept(NamedTuple, Generic[Value]):
    """An entity's row: its ``value``, and in ``base`` what that was before it first changed after a checkpoint.

    ``after_checkpoint`` is the number of that checkpoint.
    """

    value: Value
    after_checkpoint: int
    base: Value


class DeskContext(NamedTuple):
    """What a desk of values gets from its kind and its worker: see `Desk` and `Contributor`."""

    decode: Callable[[bytes], Envelope]
    contributor: Contributor
    rows: RowStore
    hot: int = HOT_ENTITIES


Standing = Iterable[tuple[Metric, Values]]
"""Gauges in which an entity is counted, each with the values of its labels."""

GaugeCounts = Counter[tuple[str, tuple[str, ...]]]
"""How many entities are counted in each gauge, by its name and label values."""


class ValueDesk(Desk[Kept[Value]], Generic[Value]):
    """The entities of one partition, as values of a type that msgpack can hold; ``unknown`` is that of a new one."""

    unknown: Value

    def __init__(self, context: DeskContext) -> None:
        super().__init__(context.decode, context.rows, context.hot)
        self._contributor = context.contributor
        self._gauges: GaugeCounts = Counter()
        value_type = type(self.unknown)
        self._decode_row = msgspec.msgpack.Decoder(tuple[value_type, int, value_type]).decode  # type: ignore[valid-type]

    @abstractmethod
    def after(self, before: Value, event: Any, time: int) -> Value | None:
        """The value with an event that happened at ``time`` (microseconds), ``None`` if that changes nothing."""

    @abstractmethod
    def contribute(self, value: Value, sign: int) -> None:
        """Add to ``contributions`` and ``steps`` what a value contributes, or with ``sign`` -1 takes back."""

    def contribute_change(self, before: Value, after: Value) -> None:
        """Take back what a value contributed and add what the next one does, where these differ at least."""
        self.contribute(before, -1)
        self.contribute(after, 1)

    @abstractmethod
    def last_time(self, value: Value) -> int:
        """When something last happened to the entity, in microseconds."""

    def row_bytes(self, subject: str, value: Value) -> int:
        """About how many bytes a value takes in a row; to be overridden where encoding it twice takes too long."""
        return len(subject.encode()) + len(_encode(value))

    def standing(self, value: Value) -> Standing:
        """The gauges in which an entity is counted now, each as often as it is counted there."""
        return ()

    def changed(self, subject: str, before: Value, after: Value) -> None:
        """An entity has another value from now on; it is not dirty yet."""

    def noticed(self, subject: str, value: Value) -> None:
        """An entity is there, as a restart finds it."""

    def left(self, subject: str, value: Value) -> None:
        """An entity has departed."""

    def may_leave(self, value: Value) -> bool:
        """Whether an entity to which nothing happened for long may depart; one that a stock still has never does."""
        return True

    def apply(self, event: Any, time: int) -> bool:
        """Take an event in; ``False`` if it changes nothing."""
        subject = event.subject
        row = self.find(subject)
        if row is None:
            self.check_not_too_late(subject, time)
        before = self.unknown if row is None else row.value
        after = self.after(before, event, time)
        if after is None:
            return False
        self.replace(subject, row, after)
        return True

    def replace(self, subject: str, row: Kept[Value] | None, after: Value) -> None:
        """Let an entity, of which ``row`` is what is known so far, have another value from now on.

        Raises ``RejectedRecordError`` without having changed anything if it becomes larger than an entity may be.
        """
        before = self.unknown if row is None else row.value
        size = self.row_bytes(subject, after)
        if size > MOST_ENTITY_BYTES and row is not None and size > self.row_bytes(subject, before):
            detail = f"{self.noun} {subject!r} has no room for more events; give each {self.noun} a subject of its own"
            raise RejectedRecordError(Reason.TIMELINE_FULL, detail)
        self.contribute_change(before, after)
        self._stand(before, -1)
        self._stand(after, 1)
        self.changed(subject, before, after)
        self.arrived += row is None
        base = row.base if row is not None and row.after_checkpoint == self.checkpoint else before
        self.hot.young[subject] = self.dirty[subject] = Kept(after, self.checkpoint, base)
        self.dirty_bytes += size + self.row_bytes(subject, base)

    def encoded(self, entity: Kept[Value]) -> bytes:
        """The value of an entity's row."""
        return _encode(entity)

    def decoded(self, subject: str, value: bytes) -> Kept[Value]:
        """The entity in the value of a row."""
        return Kept(*self._decode_row(value))

    def restore(self, key: bytes, value: bytes, checkpoint: int | None) -> None:
        """Take note of an entity, and add what it contributes, or what of that the checkpoint does not have."""
        found, after_checkpoint, base = self._decode_row(value)
        if checkpoint is None:
            self.contribute(found, 1)
        elif after_checkpoint == checkpoint:
            self.contribute_change(base, found)
        self._stand(found, 1)
        self.noticed(subject_of(key), found)

    def depart(self, key: bytes, value: bytes) -> Leaving | None:
        """Let go of an entity to which nothing has happened since the horizon."""
        found, after_checkpoint, base = self._decode_row(value)
        has_changed = after_checkpoint == self.checkpoint
        if has_changed and base != self.unknown:
            return None
        if self.last_time(found) >= self.horizon or not self.may_leave(found):
            return None
        contributions, steps, windowed_steps = self._all_of(found)
        if not self.are_settled([*steps, *windowed_steps]):
            return None
        subject = subject_of(key)
        self.hot.forget(subject)
        self._stand(found, -1)
        self.left(subject, found)
        return Leaving(contributions, is_new=has_changed)

    def contributions_in(self, value: bytes) -> list[Contribution]:
        """All that the entity of a row contributes."""
        return self.contributions_of(self._decode_row(value)[0])

    def contributions_of(self, value: Value) -> list[Contribution]:
        """All that a value contributes."""
        return self._all_of(value).contributions

    def all_in(self, value: bytes) -> AllContributed:
        """All that the entity of a row contributes, also to stocks."""
        return self._all_of(self._decode_row(value)[0])

    def value(self, subject: str) -> Value | None:
        """An entity as it stands, ``None`` if nothing is known of it."""
        row = self.find(subject)
        return None if row is None else row.value

    def reading(self, *, held: bool) -> Any:
        """The gauges as they stand."""
        return self._gauges.copy() if held else self._gauges

    def count(self, measure: str, values: Values, at: int, sign: int) -> None:
        """Contribute one to a count at ``at`` (microseconds), or with ``sign`` -1 take it back."""
        self.contributions.append(self._contributor.count(measure, values, at, sign))

    def amount(self, measure: str, values: Values, at: int, amount: int, sign: int) -> None:
        """Contribute a whole number to a count at ``at`` (microseconds), or with ``sign`` -1 take it back."""
        self.contributions.append(self._contributor.amount(measure, values, at, amount, sign))

    def span(self, measure: str, values: Values, at: int, span: int, sign: int) -> None:
        """Contribute a duration of ``span`` microseconds that ended at ``at``, or with ``sign`` -1 take it back."""
        self.contributions.append(self._contributor.span(measure, values, at, span, sign))

    def step(self, stock: str, values: Values, at: int, delta: int, sign: int) -> None:
        """Let a stock have ``delta`` more from ``at`` (microseconds) on, or with ``sign`` -1 take that back."""
        steps = self.windowed_steps if stock in self._contributor.windowed else self.steps
        steps.append(self._contributor.step(stock, values, at, delta, sign))

    def _all_of(self, value: Value) -> AllContributed:
        marks = len(self.contributions), len(self.steps), len(self.windowed_steps)
        self.contribute(value, 1)
        found = AllContributed(self.contributions[marks[0] :], self.steps[marks[1] :], self.windowed_steps[marks[2] :])
        del self.contributions[marks[0] :], self.steps[marks[1] :], self.windowed_steps[marks[2] :]
        return found

    def _stand(self, value: Value, sign: int) -> None:
        for gauge, values in self.standing(value):
            self._gauges[gauge.name, self._contributor.exported(gauge.labels, values)] += sign
