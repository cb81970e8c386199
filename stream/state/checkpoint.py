"""Checkpoints: windows and stocks of a partition written down, so that a restart need not work them out again.

A checkpoint is a head and the panes, days and stocks of that moment, in one append. Entities that change after it
say in their rows what they were before, so windows and stocks can be brought up to date from the last checkpoint
and the last row of each entity, whatever compaction has removed in between. A checkpoint that was made under
other settings is not used: then everything is worked out from the entities.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from struct import Struct
from typing import Final, NamedTuple

import msgspec

from stream.state.labels import NONE, LabelBounds
from stream.state.rows import CHECKPOINT, DAY, PANE, STOCK, Row, RowStore
from stream.windows.pane_rows import add_totals, encode_totals
from stream.windows.series import SeriesRegistry
from stream.windows.sliding import WindowSet
from stream.windows.steps import BUCKET, Bucket, Buckets, Step, Sums
from stream.windows.stock_rows import decode_sums, encode_steps, encode_sums, steps_in
from stream.windows.stocks import Stocks


@dataclass(frozen=True, slots=True)
class Pace:
    """How often a partition writes a checkpoint, and lets entities leave: so seldom that it costs little.

    There are ``least_events`` between two checkpoints, ``least_sweep`` between two looks at what may leave, and each
    time so many that the rows come to no more than ``bytes_an_event``; for what leaves, what its own rows held is not
    counted. Encoding a byte takes about a third of a microsecond, taking an event in about 25. There are
    ``looks_an_arrival`` for each entity that came, and one more for every ``events_a_look``.
    """

    least_events: int = 20_000
    bytes_an_event: int = 5
    least_sweep: int = 5_000
    looks_an_arrival: int = 2
    events_a_look: int = 32


DEFAULT_PACE: Final = Pace()

_OUTDATED: Final = b"outdated"
"""The fingerprint of no settings."""

_PANE_KEY: Final = Struct(">cBQ")
_DAY_KEY: Final = Struct(">cI")
_STEPS_KEY: Final = Struct(">cq")
_OLDER_KEY: Final = STOCK
_WINDOWED_KEY: Final = Struct(">ccq")
_WINDOWED: Final = b"w"
_WINDOWED_OLDER_KEY: Final = STOCK + _WINDOWED
_BUCKETS_IN_A_ROW: Final = 60


class Bounded(NamedTuple):
    """The ``labels`` of which a kind's series have values, and whether their ``combinations`` are bounded too."""

    labels: frozenset[str]
    combinations: bool


class Head(NamedTuple):
    """The head of a checkpoint: its number, what it was made under, and the label values told apart then.

    ``combinations`` is how many combinations of label values were told apart, ``until`` where the windows ended
    (microseconds). What the series of the kind do not have is left out, so that no other kind's keeps it from being
    used.
    """

    number: int
    fingerprint: bytes
    labels: dict[str, list[str]]
    combinations: int
    until: int = 0


_encode_head = msgspec.msgpack.Encoder().encode
_decode_head = msgspec.msgpack.Decoder(Head).decode


class Checkpoints:
    """Writes and reads the checkpoints of a worker's partitions.

    ``labels`` are those of each measure by its name, ``bounded`` those of all series; ``fingerprint`` stands for all
    that decides what an entity contributes and to which series.
    """

    def __init__(
        self,
        registry: SeriesRegistry,
        bounds: LabelBounds,
        labels: Mapping[str, tuple[str, ...]],
        bounded: Bounded,
        fingerprint: bytes,
    ) -> None:
        self._registry = registry
        self._bounds = bounds
        self._bounded = bounded
        self._fingerprint = fingerprint
        self.labels = labels

    def head(self, rows: RowStore) -> Head | None:
        """The head of the last checkpoint in ``rows``."""
        value = rows.get(CHECKPOINT)
        return None if value is None else _decode_head(value)

    def restore(self, head: Head, rows: RowStore, windows: WindowSet, stocks: Stocks) -> bool:
        """Fill windows and stocks as of the moment then; ``False``, and nothing is changed, if it cannot be used."""
        if head.fingerprint != self._fingerprint or not self._bounds.keep(head.labels, head.combinations):
            return False
        first_slot = self._registry.first_slot
        for key, value in rows.scan(PANE):
            _, place, index = _PANE_KEY.unpack(key)
            add_totals(value, first_slot, windows.new_pane(place, index))
        for key, value in rows.scan(DAY):
            add_totals(value, first_slot, windows.days.of_day(_DAY_KEY.unpack(key)[1]))
        windows.advance(head.until)
        self._restore_stocks(rows, stocks, head.until)
        return True

    def rows(self, number: int, windows: WindowSet, stocks: Stocks, rows: RowStore) -> Iterator[Row]:
        """The rows that make the checkpoint of this number out of the one in ``rows``, if there is any.

        What has changed in windows and stocks since the last one counts as written by this.
        """
        yield from (Row(key, value) for key, value in self._changes(windows))
        yield from (Row(key, value) for key, value in self._changes_of_stocks(stocks))
        held = {_PANE_KEY.pack(PANE, place, index) for place, index in windows.panes()}
        held.update(_DAY_KEY.pack(DAY, day) for day in windows.days.numbers())
        held.update(_STEPS_KEY.pack(STOCK, index // _BUCKETS_IN_A_ROW) for index in stocks.buckets)
        if stocks.has_older:
            held.add(_OLDER_KEY)
        windowed = stocks.windowed
        held.update(_WINDOWED_KEY.pack(STOCK, _WINDOWED, index // _BUCKETS_IN_A_ROW) for index in windowed.buckets)
        if windowed.is_used:
            held.add(_WINDOWED_OLDER_KEY)
        for kind in (PANE, DAY, STOCK):
            yield from (Row(key, None) for key in rows.keys(kind) if key not in held)
        kept = {label: values for label, values in self._bounds.kept().items() if label in self._bounded.labels}
        combinations = self._bounds.combinations if self._bounded.combinations else 0
        yield Row(CHECKPOINT, _encode_head(Head(number, self._fingerprint, kept, combinations, windows.end)))

    def folded_slot(self, measure: str, values: Mapping[str, str]) -> int | None:
        """The first slot of a series whose label values, given by name, are folded as they are today.

        ``None`` if there is no such measure any more.
        """
        return self._slot(measure, values, self._bounds.refold)

    def slot(self, measure: str, values: Mapping[str, str]) -> int | None:
        """The first slot of a series with these label values, ``None`` if there is no such measure any more."""
        return self._slot(measure, values, lambda _label, value: value)

    def _slot(self, measure: str, values: Mapping[str, str], fold: Callable[[str, str], str]) -> int | None:
        labels = self.labels.get(measure)
        if labels is None:
            return None
        # A label that the measure had not then is `none`, one that it has no more is left out.
        return self._registry.first_slot(measure, tuple(fold(label, values.get(label, NONE)) for label in labels))

    def _changes(self, windows: WindowSet) -> Iterator[tuple[bytes, bytes | None]]:
        registry = self._registry
        for place, index, totals in windows.changed_panes():
            yield _PANE_KEY.pack(PANE, place, index), encode_totals(totals, registry)
        for day, totals in windows.days.changed():
            yield _DAY_KEY.pack(DAY, day), encode_totals(totals, registry)

    def _changes_of_stocks(self, stocks: Stocks) -> Iterator[tuple[bytes, bytes | None]]:
        for number, steps in self._changed_hours(stocks.buckets):
            yield _STEPS_KEY.pack(STOCK, number), steps
        if stocks.older_changed:
            stocks.older_changed = False
            yield _OLDER_KEY, encode_sums(stocks.older, stocks.oldest, self._registry)
        windowed = stocks.windowed
        for number, steps in self._changed_hours(windowed.buckets):
            yield _WINDOWED_KEY.pack(STOCK, _WINDOWED, number), steps
        if windowed.older_changed:
            windowed.older_changed = False
            yield _WINDOWED_OLDER_KEY, encode_sums(Sums(windowed.older), windowed.oldest, self._registry)

    def _changed_hours(self, buckets: Buckets) -> Iterator[tuple[int, bytes | None]]:
        changed, buckets.changed = buckets.changed, set()
        for number in {index // _BUCKETS_IN_A_ROW for index in changed}:
            first = number * _BUCKETS_IN_A_ROW
            indices = range(first, first + _BUCKETS_IN_A_ROW)
            found = (buckets[index] for index in indices if index in buckets)
            yield number, encode_steps(found, first * BUCKET, self._registry)

    def _restore_stocks(self, rows: RowStore, stocks: Stocks, until: int) -> None:
        windowed = stocks.windowed
        sums, windowed_sums = (stocks.older, stocks.oldest), (Sums(), windowed.oldest)
        buckets, windowed_buckets = Buckets(), Buckets()
        found = windowed_found = False
        first_slot = self._registry.first_slot
        for key, value in rows.scan(STOCK):
            if key[1:2] == _WINDOWED and len(key) != _STEPS_KEY.size:
                windowed_found = True
                if key == _WINDOWED_OLDER_KEY:
                    windowed_sums = decode_sums(value, first_slot)
                else:
                    _add_steps(steps_in(value, first_slot), windowed_buckets)
            else:
                found = True
                if key == _OLDER_KEY:
                    sums = decode_sums(value, first_slot)
                else:
                    _add_steps(steps_in(value, first_slot), buckets)
        if windowed_found:
            windowed.restore(windowed_sums[0].levels, windowed_sums[1], windowed_buckets)
        if found:
            stocks.restore(*sums, buckets, until)
        else:
            stocks.advance(until)


def _add_steps(steps: Iterable[Step], buckets: Buckets) -> None:
    for slot, at, delta in steps:
        index = at // BUCKET
        bucket = buckets.get(index)
        if bucket is None:
            bucket = buckets[index] = Bucket(int)
        bucket[slot, at] = delta


def number_of_last(rows: RowStore) -> int:
    """The number of the last checkpoint in ``rows``, 0 if there is none."""
    value = rows.get(CHECKPOINT)
    return 0 if value is None else _decode_head(value).number


def outdated(rows: RowStore, number: int) -> Iterator[Row]:
    """The rows that take every checkpoint out of ``rows``; the next one has a higher number than ``number``.

    An entity's row means a checkpoint by its number, so numbers must not come again.
    """
    for kind in (PANE, DAY, STOCK):
        yield from (Row(key, None) for key in rows.keys(kind))
    yield Row(CHECKPOINT, _encode_head(Head(number, _OUTDATED, {}, 0)))
