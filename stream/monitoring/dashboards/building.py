"""A dashboard put together: variables, links, annotations, and panels at their places on the grid."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from grafana_foundation_sdk.builders.dashboard import AnnotationQuery, DashboardLink
from grafana_foundation_sdk.builders.dashboard import Dashboard as DashboardBuilder
from grafana_foundation_sdk.models.dashboard import (
    Dashboard,
    DashboardCursorSync,
    DashboardLinkType,
    GridPos,
    RowPanel,
)
from grafana_foundation_sdk.models.dashboard import Panel as DrawnPanel

from stream.monitoring.addresses import panel_id
from stream.monitoring.dashboards.drawing import Style, drawn, size_of
from stream.monitoring.dashboards.pages import DashboardPage
from stream.monitoring.dashboards.palette import BAD
from stream.monitoring.dashboards.queries import JOB
from stream.monitoring.dashboards.targets import DATASOURCE
from stream.monitoring.dashboards.variables import variables_of
from stream.settings.monitoring import MonitoringSettings
from stream.state.panel import Page, PanelRow

TAG: Final = "deskpulse"
WIDTH: Final = 24
"""The columns of the grid."""

SCHEMA_VERSION: Final = 39
"""That of Grafana 10.4: later ones bring it up to date by themselves, the first ones of 10 read it as it is."""

BREACHES: Final = f'ALERTS{{alertname="HelpdeskSlaBreached", alertstate="firing", {JOB}}}'
"""The series that are there while clocks are breached; Prometheus makes them of the alert."""

_REFRESH_NOW, _REFRESH = "10s", "30s"


def dashboard(page: DashboardPage, objectives: MonitoringSettings) -> Dashboard:
    """The dashboard for Grafana."""
    builder = (
        DashboardBuilder(f"deskpulse · {page.title}")
        .uid(page.uid)
        .description(page.description)
        .tags([TAG])
        .time(page.since, "now")
        .refresh(_REFRESH_NOW if page.page == Page.NOW else _REFRESH)
        .timezone("browser")
        .tooltip(DashboardCursorSync.CROSSHAIR)
        .editable()
    )
    for variable in variables_of(page):
        builder.with_variable(variable)
    for link in _links(page):
        builder.link(link)
    builder.annotation(_breaches(page))
    made = builder.build()
    for shown in made.links or []:
        # In sight, and not in the menu where newer versions would put it.
        shown.placement = None  # type: ignore[assignment]  # the SDK leaves out what is None
    made.panels = list(_placed(page.rows, Style(page.reader, objectives)))
    made.schema_version = SCHEMA_VERSION
    return made


def _placed(rows: Sequence[PanelRow], style: Style) -> Iterator[DrawnPanel | RowPanel]:
    top = 0
    for row in rows:
        yield RowPanel(id_val=panel_id(f"# {row.heading}"), title=row.heading, grid_pos=GridPos(1, WIDTH, 0, top))
        top += 1
        left = tallest = 0
        for panel in row.panels:
            width, height = size_of(panel)
            if left + width > WIDTH:
                left, top, tallest = 0, top + tallest, 0
            made = drawn(panel, style)
            made.grid_pos = GridPos(height, width, left, top)
            yield made
            left, tallest = left + width, max(tallest, height)
        top += tallest


def _links(page: DashboardPage) -> Iterator[DashboardLink]:
    yield (
        DashboardLink("deskpulse")
        .type(DashboardLinkType.DASHBOARDS)
        .tags([TAG])
        .as_dropdown(False)
        .include_vars(True)
        .keep_time(True)
    )
    for resource in page.resources:
        yield (
            DashboardLink(f"{resource} as JSON")
            .type(DashboardLinkType.LINK)
            .icon("external link")
            .url(f"${{worker}}/api/v1/{resource}")
            .tooltip("What one worker serves besides its numbers")
            .target_blank(True)
        )


def _breaches(page: DashboardPage) -> AnnotationQuery:
    labels = [label for label in ("policy", "sla", "channel", "priority", "team") if label in page.reader.filters]
    narrowed = "".join(f', {label}=~"${label}"' for label in labels)
    return (
        AnnotationQuery()
        .name("Breached SLA clocks")
        .datasource(DATASOURCE)
        .enable(True)
        .icon_color(BAD)
        .expr(f"{BREACHES[:-1]}{narrowed}}}")
        .step("1m")
        .title_format("{{sla}} breached")
        .text_format("policy {{policy}}, team {{team}}, channel {{channel}}, priority {{priority}}")
        .tag_keys("policy,sla,team")
    )
