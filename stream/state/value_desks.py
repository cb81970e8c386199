"""The desks of a kind whose entities are values, and the gauges that these are counted in."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from stream.state.contributing import Contributor
from stream.state.kind import DeskGroup, Kind, Samples, Workplace
from stream.state.rows import RowStore
from stream.state.value_desk import DeskContext, GaugeCounts, ValueDesk
from stream.state.view import View


class ValueDesks(DeskGroup):
    """The desks of a kind in a worker, each made by ``new_desk``; all gauges of the kind are over its entities."""

    def __init__(self, kind: Kind, workplace: Workplace, new_desk: Callable[[DeskContext], ValueDesk[Any]]) -> None:
        self._kind = kind
        self._new_desk = new_desk
        self._contributor = Contributor(workplace.registry, workplace.bounds, kind.measures, kind.stocks)
        self._hot = workplace.hot

    def new_desk(self, rows: RowStore) -> ValueDesk[Any]:
        """A desk over the rows of a partition."""
        return self._new_desk(DeskContext(self._kind.decode, self._contributor, rows, self._hot))

    def summary(self, readings: Sequence[GaugeCounts], view: View) -> GaugeCounts:  # noqa: ARG002 - other kinds use it
        """The gauges summed over the partitions."""
        summed = GaugeCounts()
        for reading in readings:
            summed.update(reading)
        return summed

    def samples(self, summary: GaugeCounts) -> Iterator[Samples]:
        """The gauges, those of which nothing is left included only if they have no labels."""
        for gauge in self._kind.gauges:
            values = {labels: count for (name, labels), count in summary.items() if name == gauge.name and count}
            yield gauge, values if values or gauge.labels else {(): 0}

    def state_numbers(self, summary: GaugeCounts) -> dict[str, Any]:
        """Each gauge over all its labels."""
        return {
            gauge.short_name: sum(count for (name, _), count in summary.items() if name == gauge.name)
            for gauge in self._kind.gauges
        }
