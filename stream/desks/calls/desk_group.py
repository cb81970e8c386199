"""The desks of calls in a worker, and what they say of who waits."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from schemas.events import Envelope
from stream.desks.calls.desk import CallDesk
from stream.desks.calls.measures import LONGEST_WAIT, MEASURES, STOCKS, WITHOUT_QUEUEING
from stream.desks.calls.rules import CallRules
from stream.desks.calls.waiting import CallsReading, longest_waits
from stream.state.contributing import Contributor
from stream.state.kind import DeskGroup, Samples, Workplace
from stream.state.rows import RowStore
from stream.state.value_desk import DeskContext
from stream.state.view import View
from stream.windows.moments import to_seconds, to_text


class CallsSummary(NamedTuple):
    """Visits that lack their beginning, and by exported queue when who waits longest joined it (microseconds)."""

    without_queueing: int
    longest: dict[tuple[str, ...], int]


class CallDesks(DeskGroup):
    """The desks of calls in a worker, which count by these rules; ``decode`` gives the event in a record's value."""

    def __init__(self, decode: Callable[[bytes], Envelope], workplace: Workplace, rules: CallRules) -> None:
        self._decode = decode
        self._rules = rules
        self._contributor = Contributor(workplace.registry, workplace.bounds, MEASURES, STOCKS)
        self._hot = workplace.hot

    def new_desk(self, rows: RowStore) -> CallDesk:
        """A desk over the rows of a partition."""
        return CallDesk(DeskContext(self._decode, self._contributor, rows, self._hot), self._rules)

    def summary(self, readings: Sequence[CallsReading], view: View) -> CallsSummary:
        """Who waits at the moment of the view, over all partitions."""
        without = sum(reading.gauges[WITHOUT_QUEUEING.name, ()] for reading in readings)
        longest: dict[tuple[str, ...], int] = {}
        for queue, since in longest_waits(readings, view.now).items():
            labels = self._contributor.exported(LONGEST_WAIT.labels, {"queue": queue})
            longest[labels] = min(since, longest.get(labels, since))
        return CallsSummary(without, longest)

    def samples(self, summary: CallsSummary) -> Iterator[Samples]:
        """The gauges."""
        yield LONGEST_WAIT, {labels: to_seconds(since) for labels, since in summary.longest.items()}
        yield WITHOUT_QUEUEING, {(): summary.without_queueing}

    def state_numbers(self, summary: CallsSummary) -> dict[str, Any]:
        """The gauges over all queues."""
        since = min(summary.longest.values(), default=None)
        return {
            "longest_waiting_call": None if since is None else to_text(since),
            WITHOUT_QUEUEING.short_name: summary.without_queueing,
        }
