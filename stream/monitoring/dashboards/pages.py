"""The dashboards: what each is for, what its reader may choose, and the rows that it has of all kinds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from stream.desks.kinds import KINDS
from stream.metrics.worker_metrics import WORKER
from stream.monitoring.addresses import uid_of
from stream.monitoring.dashboards import pipeline
from stream.monitoring.dashboards.plain import plain_panels
from stream.monitoring.dashboards.queries import Reader
from stream.monitoring.dashboards.terms import has_twin, metrics_of, shown_by
from stream.state.kind import Kind
from stream.state.metric import WINDOW_LABEL, Metric
from stream.state.panel import OwnPage, Page, Panel, PanelRow

_TICKET: Final = ("channel", "priority", "team")


@dataclass(frozen=True, slots=True)
class DashboardPage:
    """A dashboard: ``since`` is how far back it looks at first, ``resources`` what a worker serves besides as JSON."""

    page: str
    title: str
    description: str
    reader: Reader
    since: str
    rows: tuple[PanelRow, ...]
    resources: tuple[str, ...] = ()

    @property
    def uid(self) -> str:
        """The uid, which never changes."""
        return uid_of(self.page)

    @property
    def panels(self) -> Iterator[Panel]:
        """All panels."""
        for row in self.rows:
            yield from row.panels


_KNOWN: Final = {
    Page.NOW: ("Now", "The service at this moment, on one screen.", _TICKET, "now-6h"),
    Page.TICKETS: ("Tickets", "Flow, backlog, replies, resolution and rates of tickets.", _TICKET, "now-24h"),
    Page.SERVICE_LEVELS: (
        "Service levels",
        "SLA clocks: compliance, error budget, deadlines and misses.",
        ("policy", "sla", *_TICKET),
        "now-24h",
    ),
    Page.VOICE: (
        "Voice of the customer",
        "What surveys say, CSAT, NPS and CES, what people say in public, and how reviews score the conversations.",
        ("channel", "team", "category"),
        "now-7d",
    ),
    Page.PIPELINE: ("Pipeline", "Whether events come in, and how the workers are.", (), "now-6h"),
}


def dashboard_pages() -> tuple[DashboardPage, ...]:
    """All dashboards: those that there always are, then those of kinds that have one of their own."""
    declared = [row for kind in KINDS for row in kind.panels] + [*pipeline.PANELS]
    rows = [*declared, *_plain_rows(declared)]
    names = dict.fromkeys([*Page, *(row.page for row in rows)])
    return tuple(_page(name, [row for row in rows if row.page == name]) for name in names)


def page_of(kind: Kind) -> str:
    """The dashboard for what a kind has declared no panel for."""
    return kind.page or kind.name


def _plain_rows(declared: Sequence[PanelRow]) -> Iterator[PanelRow]:
    """Rows of what is exported and in no declared row."""
    shown = {name for row in declared for panel in row.panels for name in _shown(panel)}
    for kind in KINDS:
        measured = (measure.metric for measure in kind.measures)
        metrics = (*measured, *kind.stock_metrics, *kind.gauges, *kind.counters)
        if panels := tuple(plain_panels(metrics, shown)):
            yield PanelRow(page_of(kind), kind.name.capitalize(), panels)
    if panels := tuple(plain_panels(WORKER, shown)):
        yield PanelRow(Page.PIPELINE, "More of the workers", panels)


def _shown(panel: Panel) -> Iterator[str]:
    for figure in panel.figures:
        yield from shown_by(figure, hours=True)


def _page(name: str, rows: Sequence[PanelRow]) -> DashboardPage:
    resources = tuple(resource.name for kind in KINDS if page_of(kind) == name for resource in kind.resources)
    merged = _merged(name, rows)
    metrics = [
        metric for row in merged for panel in row.panels for figure in panel.figures for metric in metrics_of(figure)
    ]
    about = _about(name, metrics)
    hours = bool(about.filters) and any(map(has_twin, metrics))
    reader = Reader(about.filters, hours)
    return DashboardPage(name, about.title, about.description, reader, about.since, merged, resources)


def _about(name: str, metrics: Sequence[Metric]) -> OwnPage:
    if name in list(Page):
        return OwnPage(name, *_KNOWN[Page(name)])
    declared = (page for kind in KINDS for page in kind.own_pages if page.page == name)
    title = name.replace("-", " ").capitalize()
    return next(declared, None) or OwnPage(name, title, f"What is measured of {name}.", _labels(metrics))


def _merged(name: str, rows: Sequence[PanelRow]) -> tuple[PanelRow, ...]:
    headings = dict.fromkeys(row.heading for row in rows)
    return tuple(
        PanelRow(name, heading, tuple(panel for row in rows if row.heading == heading for panel in row.panels))
        for heading in headings
    )


def _labels(metrics: Sequence[Metric]) -> tuple[str, ...]:
    labels = dict.fromkeys(label for metric in metrics for label in metric.labels)
    return tuple(label for label in labels if label != WINDOW_LABEL)
