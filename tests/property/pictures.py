"""All that follows from a partition's state, by names rather than numbers, so that two workers can be compared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from stream.desks.surveys.comments import Comment
from stream.desks.surveys.desk import SurveyDesk
from stream.desks.tickets.attributes import Attributes
from stream.desks.tickets.desk import TicketDesk
from stream.desks.tickets.ticket import TicketState
from stream.desks.tickets.ticket_rows import TicketRow
from stream.state.partition import Outcome, PartitionState
from stream.state.rows import ENTITY, Row
from stream.state.value_desk import Kept
from stream.windows.daily_totals import REPORT_DAYS
from stream.windows.moments import to_microseconds
from stream.windows.series import SUM, Series, SeriesRegistry
from stream.windows.sliding import LIFETIME, WINDOWS, Contribution
from tests.kinds.surveys import surveys_of
from tests.kinds.tickets import tickets_of
from tests.kinds.worker import Worker, records_of
from tests.property.histories import Delivery, moment

LATE_ENOUGH = to_microseconds(moment(10 * 365 * 86_400))

Place = tuple[Series, int]
Sums = dict[Place, int]


@dataclass(slots=True)
class Changelog:
    """The rows that a partition has appended, batch by batch."""

    batches: list[list[Row]] = field(default_factory=list)

    def append(self, outcome: Outcome) -> None:
        """Keep the rows of an outcome."""
        self.batches.append(outcome.rows)

    def rows(self) -> list[Row]:
        """All rows in the order in which they were appended."""
        return [row for batch in self.batches for row in batch]

    def entities(self) -> dict[bytes, Any]:
        """What the last row of each entity says.

        But for what it was at the last checkpoint, and for its clocks, which stand as they did when it was written.
        """
        last = {key: value for key, value in self.rows() if key.startswith(ENTITY) and value is not None}
        return {key: _lasting(msgspec.msgpack.decode(value)) for key, value in last.items()}

    def compacted(self) -> Changelog:
        """The last row of each key only."""
        last = {row.key: place for place, row in enumerate(self.rows())}
        return Changelog([[row for place, row in enumerate(self.rows()) if last[row.key] == place]])

    def until(self, batches: int) -> Changelog:
        """What the first so many appends left."""
        return Changelog(self.batches[:batches])

    def __add__(self, later: Changelog) -> Changelog:
        return Changelog([*self.batches, *later.batches])


def _lasting(fields: list[Any]) -> dict[str, Any]:
    names = TicketRow._fields if len(fields) == len(TicketRow._fields) else Kept._fields
    row = dict(zip(names, fields, strict=True))
    return {name: value for name, value in row.items() if name not in {"clocks", "after_checkpoint", "base"}}


def take_delivery(state: PartitionState, delivery: Delivery, row_bytes: int = 1_000_000) -> Changelog:
    """Take all records of a delivery in from offset 0 on, batch by batch, and keep the rows."""
    changelog = Changelog()
    first = 0
    for batch in delivery.batches:
        records = records_of(batch, first)
        first += len(records)
        start = 0
        while start < len(records):
            outcome = state.take_in(records, wall_now=LATE_ENOUGH, row_bytes=row_bytes, start=start)
            start += outcome.consumed
            changelog.append(outcome)
    return changelog


def picture(worker: Worker, state: PartitionState) -> dict[str, Any]:
    """What a reader of the metrics and a restart can tell of a partition."""
    state.move_windows()
    registry = worker.registry
    result: dict[str, Any] = {
        "windows": {name: named(registry, totals) for name, totals in state.windows.totals().items()},
        "days": {day: sums for day, totals in state.windows.days.days.items() if (sums := named(registry, totals))},
        "watermark": state.watermark,
    }
    return result | (_of_tickets(state.desk) if isinstance(state.desk, TicketDesk) else _of_surveys(state.desk))


def _of_tickets(desk: TicketDesk) -> dict[str, Any]:
    opened: dict[Attributes, list[int]] = {}
    for series, created in desk.open.opened():
        opened.setdefault(series.labels, []).extend(created)
    waiting: Counter[Attributes] = Counter()
    for series, count in desk.open.waiting():
        waiting[series.labels] += count
    return {
        "open": {labels: sorted(created) for labels, created in opened.items()},
        "created sums": {labels: sum(created) for labels, created in opened.items()},
        "waiting": dict(waiting),
        "without opening": desk.unopened.count,
        "tickets": {subject: slots_of(ticket) for subject, ticket in tickets_of(desk).items()},
        "timelines": {subject: ticket.timeline for subject, ticket in tickets_of(desk).items()},
        "sequences": {subject: ticket.sequences for subject, ticket in tickets_of(desk).items()},
    }


def _of_surveys(desk: Any) -> dict[str, Any]:  # noqa: ANN401 - a desk's events vary
    assert isinstance(desk, SurveyDesk)
    comments: list[Comment] = list(desk.comments())
    return {"surveys": surveys_of(desk), "comments": comments}


def slots_of(ticket: TicketState) -> dict[str, Any]:
    """The fields of a ticket's state."""
    return {name: getattr(ticket, name) for name in TicketState.__slots__}


def named(registry: SeriesRegistry, totals: Mapping[int, int]) -> Sums:
    """Totals by series and place in it, without those that are zero."""
    return {(registry.series_of(slot), registry.offset_of(slot)): amount for slot, amount in totals.items() if amount}


def summed(contributions: Iterable[Contribution]) -> dict[tuple[int, int], tuple[int, int]]:
    """Net count and duration by slot and time, without those that cancel out."""
    counts: Counter[tuple[int, int]] = Counter()
    durations: Counter[tuple[int, int]] = Counter()
    for slot, at, count, duration in contributions:
        counts[slot, at] += count
        durations[slot, at] += duration
    return {key: (counts[key], durations[key]) for key in counts if counts[key] or durations[key]}


def recount(contributions: Iterable[Contribution], now: int) -> dict[str, dict[int, int]]:
    """The totals of every window at ``now``, worked out one contribution after the other."""
    totals: dict[str, Counter[int]] = {name: Counter() for name in (*(shape.name for shape in WINDOWS), LIFETIME)}
    for slot, at, count, duration in contributions:
        covering = [
            shape.name
            for shape in WINDOWS
            if now // shape.pane - shape.length // shape.pane < at // shape.pane <= now // shape.pane
        ]
        for name in (*covering, LIFETIME):
            totals[name][slot] += count
            totals[name][slot | SUM] += duration
    return {name: {slot: amount for slot, amount in counts.items() if amount} for name, counts in totals.items()}


def recount_days(contributions: Iterable[Contribution], today: int, days: Iterable[int]) -> dict[int, dict[int, int]]:
    """The totals of every local day that the report reaches back to; ``days`` are those of the contributions."""
    totals: dict[int, Counter[int]] = {}
    for (slot, _, count, duration), day in zip(contributions, days, strict=True):
        if day > today - REPORT_DAYS:
            counts = totals.setdefault(day, Counter())
            counts[slot] += count
            counts[slot | SUM] += duration
    nets = {day: {slot: amount for slot, amount in counts.items() if amount} for day, counts in totals.items()}
    return {day: net for day, net in nets.items() if net}
