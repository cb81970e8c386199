"""A kind of entities: all that deskpulse knows of it, in one definition.

To add a kind is to write a package below ``stream/desks`` that makes one of these, and to name it in the list there.
Topics, decoding, catalogue, scrape, final numbers, rules, settings, checks and documentation follow from it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, Union

from schemas.events import Envelope
from stream.settings.section import Section
from stream.settings.shared import SharedSettings
from stream.simulation.storyline import Storyline
from stream.state.alert import Alert
from stream.state.checkpoint import Bounded
from stream.state.decoding import EventDecoder
from stream.state.desk import Desk
from stream.state.hot_entities import HOT_ENTITIES
from stream.state.labels import LabelBounds
from stream.state.measure import Measure, Quotient, Ratio, Score, Share, by_name
from stream.state.metric import Metric, MetricType
from stream.state.numbers import number_of, stock_number_of
from stream.state.panel import OwnPage, PanelRow
from stream.state.presentation import Cell, count, level_of_window, mean, mean_level, spread
from stream.state.resource import Resource
from stream.state.rows import RowStore
from stream.state.stock import Stock, WindowStocks
from stream.state.totals import WindowTotals
from stream.state.view import Distribution, View
from stream.windows.series import SeriesRegistry

Samples = tuple[Metric, Mapping[tuple[str, ...], float | Distribution]]
"""A metric with its values by label values."""


@dataclass(frozen=True, slots=True)
class Workplace:
    """What desks get from the worker that they are in.

    ``source`` is the CloudEvents source of what it publishes; at least ``hot`` entities of a partition are kept as
    objects.
    """

    settings: SharedSettings
    registry: SeriesRegistry
    bounds: LabelBounds
    source: str = ""
    hot: int = HOT_ENTITIES


class DeskGroup(ABC):
    """The desks of one kind in a worker, one for each partition held, and what they share."""

    @abstractmethod
    def new_desk(self, rows: RowStore) -> Desk[Any]:
        """A desk over the rows of a partition."""

    def summary(self, readings: Sequence[Any], view: View) -> Any:
        """What the readings of the partitions come to at the moment of the view."""
        return readings

    def samples(self, summary: Any) -> Iterator[Samples]:
        """The kind's gauges, in the order of its definition."""
        yield from ()

    def state_numbers(self, summary: Any) -> dict[str, Any]:
        """The gauges as final numbers."""
        return {}

    def counted(self) -> Iterator[Samples]:
        """The kind's counters since the worker started, in the order of its definition."""
        yield from ()

    def look_around(self, desks: Mapping[int, Desk[Any]]) -> None:
        """Once a minute: look at something of the desks, by partition, that takes too long to be seen all at once."""


class Kind(ABC):
    """The definition of a kind.

    ``name`` is that of the kind in the settings, ``topic`` that of the events which it takes in, and ``published`` has
    the topics of those that it makes. ``measures`` is what its entities contribute to the windows, ``stocks`` what
    there is at a moment by their steps, ``gauges`` what else is true of them at a moment, ``counters`` what was counted
    since the worker started. ``sections`` are its sections of the settings. ``story`` is what the simulator tells of
    its entities; a kind without one is not simulated. ``panels`` are its rows of the dashboards; what they leave out is
    shown plainly on the dashboard ``page``, or on one of the kind's own name. ``own_pages`` says what dashboards of its
    own are for, ``alerts`` what somebody has to be told of. ``rows`` and ``columns`` are what people are shown: all of
    it by its name, unless the kind says otherwise. ``contributions`` is a version: raised whenever the same event
    contributes something else, for then what was written down before must be worked out anew. With
    ``combines_labels`` what its entities contribute hangs upon how many combinations of label values are told apart.
    """

    name: ClassVar[str]
    topic: ClassVar[str]
    events: ClassVar[tuple[type[Envelope], ...]]
    published: ClassVar[Mapping[str, tuple[type[Envelope], ...]]] = {}
    measures: ClassVar[tuple[Measure, ...]]
    stocks: ClassVar[tuple[Stock, ...]] = ()
    gauges: ClassVar[tuple[Metric, ...]] = ()
    counters: ClassVar[tuple[Metric, ...]] = ()
    ratios: ClassVar[tuple[Ratio, ...]] = ()
    scores: ClassVar[tuple[Score, ...]] = ()
    shares: ClassVar[tuple[Share, ...]] = ()
    quotients: ClassVar[tuple[Quotient, ...]] = ()
    sections: ClassVar[Mapping[str, type[Section]]] = {}
    resources: ClassVar[tuple[Resource, ...]] = ()
    panels: ClassVar[tuple[PanelRow, ...]] = ()
    page: ClassVar[str] = ""
    own_pages: ClassVar[tuple[OwnPage, ...]] = ()
    alerts: ClassVar[tuple[Alert, ...]] = ()
    story: ClassVar[type[Storyline] | None] = None
    contributions: ClassVar[int] = 1
    combines_labels: ClassVar[bool] = False

    @cached_property
    def _decoder(self) -> EventDecoder[Envelope]:
        return EventDecoder(Union[self.events])  # noqa: UP007 - the operator takes no tuple

    def decode(self, value: bytes) -> Envelope:
        """The event in a record's value, checked. Raises ``RejectedRecordError``."""
        return self._decoder.decode(value)

    @abstractmethod
    def new_group(self, workplace: Workplace) -> DeskGroup:
        """The desks of a worker."""

    @cached_property
    def labels_of(self) -> dict[str, tuple[str, ...]]:
        """The labels of each measure by its name."""
        return {name: measure.labels for name, measure in by_name(self.measures).items()}

    @cached_property
    def bounded(self) -> Bounded:
        """Of which labels the values decide what its entities are counted as."""
        labels = {label for measure in self.measures for label in measure.labels}
        labels.update(label for stock in self.stocks for label in stock.labels)
        labels.update(label for gauge in self.gauges for label in gauge.labels)
        return Bounded(frozenset(labels), self.combines_labels)

    @cached_property
    def stock_metrics(self) -> tuple[Metric, ...]:
        """All that is exported of the stocks."""
        return tuple(metric for stock in self.stocks for metric in stock.metrics)

    def settings_content(self, settings: SharedSettings) -> dict[str, Any]:
        """The settings that decide what an entity contributes, as JSON; the shared ones are added to them."""
        return {name: settings.section(section).model_dump(mode="json") for name, section in self.sections.items()}

    def check_settings(self, settings: SharedSettings) -> None:
        """Raise ``ValueError``, with a line for each wrong key, for what no section can see by itself."""

    def window_numbers(self, totals: WindowTotals) -> dict[str, Any]:
        """The final numbers of a window."""
        return {measure.name: number_of(measure, totals) for measure in self.measures}

    def stock_numbers(self, stocks: WindowStocks, totals: WindowTotals) -> dict[str, Any]:
        """The final numbers of the stocks over a window, and of what they come to with its totals."""
        return {stock.name: stock_number_of(stock, stocks) for stock in self.stocks}

    @property
    def rows(self) -> Mapping[str, Mapping[str, Cell]]:
        """What people are shown of the numbers of a window: by section, by name."""
        cells: dict[str, Cell] = {}
        for measure in self.measures:
            words = measure.name.removesuffix("_seconds").replace("_", " ")
            if measure.duration:
                cells |= {f"{words}, mean": mean(measure.name), f"{words}, p50 / p90": spread(measure.name)}
            else:
                cells[words] = count(measure.name)
        for stock in self.stocks:
            words = stock.name.replace("_", " ")
            if stock.windowed:
                cells[words] = level_of_window(stock.name)
            else:
                cells[f"{words}, mean"] = mean_level(stock.name)
        return {self.name.capitalize(): cells}

    @property
    def columns(self) -> Mapping[str, Cell]:
        """What people are shown of the state, by name."""
        return {
            gauge.short_name.replace("_", " "): count(gauge.short_name)
            for gauge in (*self.gauges, *(stock.level for stock in self.stocks if not stock.windowed))
            if gauge.type is MetricType.GAUGE
        }
