"""Fuzzes the way of a record: decoder, desk, windows, rows and back."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Final

from stream.state.labels import LabelBounds
from stream.state.partition import Outcome, PartitionState
from stream.state.rejection import Reason
from stream.state.rows import Row
from tests.fuzz.event_records import RecordMaker
from tests.fuzz.finding import Finding, trace_of
from tests.kinds.worker import Worker, as_json, records_of

_BATCH: Final = 200
_LIFE: Final = 5_000
_ROW_BYTES: Final = 20_000
_LIMIT: Final = 20


class PartitionTarget:
    """Feeds records to a partition of each topic, and restores both from their rows now and then."""

    name = "partitions"
    share = 940

    def feed(self, dice: Random, inputs: int) -> Iterator[Finding]:
        """Each life is a worker that begins with nothing."""
        for begin in range(0, inputs, _LIFE):
            yield from _Life(dice).live(min(_LIFE, inputs - begin))


class _Life:
    """A worker with the changelogs of its two partitions."""

    def __init__(self, dice: Random) -> None:
        self._dice = dice
        self._maker = RecordMaker(dice)
        self._worker = Worker(bounds=LabelBounds(_LIMIT, {}))
        self._rows: dict[str, dict[bytes, bytes | None]] = {"tickets": {}, "surveys": {}}

    def live(self, inputs: int) -> Iterator[Finding]:
        for begin in range(0, inputs, _BATCH):
            batch = [self._maker.record() for _ in range(min(_BATCH, inputs - begin))]
            # Both desks are given all: what belongs to the other topic is just one more thing to refuse.
            for name in ("tickets", "surveys"):
                yield from self._take(name, batch)
        yield from self._restored()

    def _take(self, name: str, batch: list[bytes | None]) -> Iterator[Finding]:
        state: PartitionState = self._worker.states[name]
        records = records_of(batch, state.applied_offset + 1)
        start = 0
        while start < len(records):
            try:
                outcome = state.take_in(records, wall_now=self._worker.wall_now, row_bytes=_ROW_BYTES, start=start)
            except Exception as error:  # noqa: BLE001 - whatever it is, it is what is looked for
                yield self._finding(f"take_in of {name} raised {trace_of(error)}", batch[start:])
                return
            yield from self._judged(name, batch, start, outcome)
            for key, value in outcome.rows:
                # As compaction leaves them: the last row of each key, at its own place.
                self._rows[name].pop(key, None)
                self._rows[name][key] = value
            if not outcome.consumed:
                yield self._finding(f"take_in of {name} consumed nothing", batch[start:])
                return
            start += outcome.consumed

    def _judged(self, name: str, batch: list[bytes | None], start: int, outcome: Outcome) -> Iterator[Finding]:
        for rejection in outcome.rejections:
            if rejection.reason is Reason.FAILED or not rejection.detail:
                yield self._finding(f"{name}: {rejection.reason}: {rejection.detail}", [rejection.record.value])
            try:
                rejection.detail.encode()
            except UnicodeEncodeError as error:
                yield self._finding(f"{name}: the detail is no text: {error}", [rejection.record.value])
        known = outcome.applied + outcome.duplicates + outcome.replayed + len(outcome.rejections)
        if known != outcome.consumed or outcome.replayed:
            yield self._finding(f"{name}: the outcome does not add up: {outcome}", batch[start:])

    def _restored(self) -> Iterator[Finding]:
        """Whether the rows give the same numbers, and whether the label values stay within their bound."""
        worker = self._worker
        tickets, surveys = worker.new_state("tickets"), worker.new_state("surveys")
        try:
            for state, name in ((tickets, "tickets"), (surveys, "surveys")):
                state.load(Row(key, value) for key, value in self._rows[name].items())
                state.loaded()
            again = as_json(worker.core.view({"tickets": (tickets,), "surveys": (surveys,)}))
            numbers = worker.numbers()
        except Exception as error:  # noqa: BLE001 - whatever it is, it is what is looked for
            yield self._finding(f"restoring raised {trace_of(error)}", [])
            return
        if again != numbers:
            different = sorted(key for key in numbers if numbers[key] != again.get(key))
            yield self._finding(f"the restored numbers differ in {different}", [])
        for name, state in (("tickets", tickets), ("surveys", surveys)):
            alive: PartitionState = worker.states[name]
            if (state.applied_offset, state.watermark) != (alive.applied_offset, alive.watermark):
                yield self._finding(f"{name}: the marker was not restored", [])
        for channel in numbers["windows"]["lifetime"]["tickets_opened_by_channel"]:
            if not channel.isprintable():
                yield self._finding(f"the label value {channel!r} is not printable", [])

    def _finding(self, problem: str, records: list[bytes | None]) -> Finding:
        return Finding(PartitionTarget.name, problem, repr(records[0] if len(records) == 1 else records))
