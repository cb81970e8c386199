"""What the reader of a dashboard may choose, as variables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, TypeAlias

from grafana_foundation_sdk.builders.dashboard import (
    CustomVariable,
    DatasourceVariable,
    QueryVariable,
    TextBoxVariable,
)
from grafana_foundation_sdk.models.dashboard import VariableOption, VariableRefresh, VariableSort

from stream.metrics.worker_metrics import BUILD
from stream.monitoring.dashboards.pages import DashboardPage
from stream.monitoring.dashboards.queries import JOB
from stream.monitoring.dashboards.targets import DATASOURCE
from stream.monitoring.dashboards.terms import HOURS, labels_of, metrics_of
from stream.state.figure import Figure
from stream.state.metric import WINDOW_LABEL
from stream.windows.sliding import WINDOWS

AnyVariable: TypeAlias = CustomVariable | DatasourceVariable | QueryVariable | TextBoxVariable

CHOSEN_WINDOW: Final = "24h"
"""The window that a dashboard shows at first."""

WORKER_ADDRESS: Final = "http://localhost:6066"
"""Where a worker's web port is looked for at first, for links to what is no number."""

_EVERYTHING: Final = ".*"


def variables_of(page: DashboardPage) -> Iterator[AnyVariable]:
    """The variables of a dashboard, only those that something on it uses."""
    yield DatasourceVariable("datasource").label("Data source").type("prometheus")
    yield (
        _query("job", f"label_values({BUILD.exposed_name}, job)")
        .label("Installation")
        .description("The scrape job of the workers.")
    )
    figures = [figure for panel in page.panels for figure in panel.figures]
    for label in page.reader.filters:
        first = next(figure for figure in figures if label in labels_of(figure))
        yield (
            _query(label, f"label_values({_series(first)}{{{JOB}}}, {label})")
            .label(label.replace("_", " ").capitalize() if label != "sla" else "SLA metric")
            .multi(True)
            .include_all(True)
            .all_value(_EVERYTHING)
            .current(VariableOption(selected=True, text=["All"], value=["$__all"]))
        )
    if any(_chooses_window(figure) for figure in figures):
        names = [shape.name for shape in WINDOWS]
        yield (
            _choice("window", {name: name for name in names}, CHOSEN_WINDOW)
            .label("Window")
            .description("Over how long things are counted, up to each moment.")
        )
    if page.reader.hours:
        yield (
            _choice("hours", HOURS, next(iter(HOURS)))
            .label("Hours")
            .description("Whether durations count all hours or business hours only, once the calendar has some.")
        )
    if page.resources:
        yield (
            TextBoxVariable("worker")
            .label("Worker")
            .description("The address of a worker's web port, for the links to what it serves besides.")
            .default_value(WORKER_ADDRESS)
            .current(VariableOption(selected=True, text=WORKER_ADDRESS, value=WORKER_ADDRESS))
        )


def _query(name: str, text: str) -> QueryVariable:
    return (
        QueryVariable(name)
        .datasource(DATASOURCE)
        .query(text)
        .definition(text)
        .refresh(VariableRefresh.ON_TIME_RANGE_CHANGED)
        .sort(VariableSort.ALPHABETICAL_ASC)
    )


def _choice(name: str, values: Mapping[str, str], chosen: str) -> CustomVariable:
    options = [VariableOption(selected=text == chosen, text=text, value=value) for text, value in values.items()]
    written = ",".join(text if text == value else f"{text} : {value}" for text, value in values.items())
    return (
        CustomVariable(name)
        .values(written)
        .options(options)
        .current(VariableOption(selected=True, text=chosen, value=values[chosen]))
    )


def _chooses_window(figure: Figure) -> bool:
    return not figure.window and any(WINDOW_LABEL in metric.labels for metric in metrics_of(figure))


def _series(figure: Figure) -> str:
    return metrics_of(figure)[0].exposed_name
