"""How declared panels are drawn: a builder of the SDK for each form."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

from grafana_foundation_sdk.builders import bargauge, common, stat, table, timeseries
from grafana_foundation_sdk.builders.dashboard import FieldColor, ThresholdsConfig
from grafana_foundation_sdk.models.common import (
    BarGaugeDisplayMode,
    BarGaugeNamePlacement,
    BarGaugeSizing,
    BarGaugeValueMode,
    BigValueColorMode,
    BigValueGraphMode,
    BigValueTextMode,
    GraphDrawStyle,
    GraphThresholdsStyleMode,
    LegendDisplayMode,
    LegendPlacement,
    SortOrder,
    StackingMode,
    TooltipDisplayMode,
    VisibilityMode,
    VizOrientation,
)
from grafana_foundation_sdk.models.dashboard import (
    DataTransformerConfig,
    DynamicConfigValue,
    FieldColorModeId,
    Threshold,
    ThresholdsMode,
)
from grafana_foundation_sdk.models.dashboard import Panel as DrawnPanel

from stream.monitoring.addresses import panel_id
from stream.monitoring.dashboards.palette import BAD, BOUND, GOOD, NEITHER, SERIES
from stream.monitoring.dashboards.queries import Reader
from stream.monitoring.dashboards.targets import DATASOURCE, legend_of, references, targets_of
from stream.monitoring.dashboards.words import NO_WORKER, description_of, title_of
from stream.settings.monitoring import MonitoringSettings
from stream.state.figure import Statistic
from stream.state.panel import Form, Good, Panel, Target, Unit

AnyBuilder: TypeAlias = stat.Panel | timeseries.Panel | bargauge.Panel | table.Panel

_UNITS: Final = {
    Unit.COUNT: "locale",
    Unit.LEVEL: "none",
    Unit.SECONDS: "s",
    Unit.RATIO: "percentunit",
    Unit.SCORE: "none",
    Unit.PER_SECOND: "cps",
    Unit.BYTES: "bytes",
    Unit.TIMES: "none",
    Unit.MONEY: "locale",
}
_DECIMALS: Final = {
    Unit.COUNT: 0,
    Unit.LEVEL: 2,
    Unit.SECONDS: 1,
    Unit.RATIO: 1,
    Unit.SCORE: 1,
    Unit.TIMES: 2,
    Unit.MONEY: 2,
}
_FROM_ZERO: Final = frozenset({Unit.COUNT, Unit.LEVEL, Unit.SECONDS, Unit.PER_SECOND})
_OVER_TIME: Final = (Form.LINES, Form.AREAS, Form.COLUMNS)
_SIZES: Final = {Form.NUMBER: (4, 4)}
_USUAL_SIZE: Final = (12, 8)
_LATEST: Final = "lastNotNull"
_LINES_BELOW: Final = 3
"""As many lines as go below a graph: the legend takes a third of the panel, which has to be higher for them."""

_BAR_NAME: Final = 12
_BAR_VALUE: Final = 18
"""Sizes in pixels: by itself, Grafana writes the names of few bars so large that it has to cut them."""

_NARROWEST_COLUMN: Final = 80
"""In pixels: with Grafana's own 150, a table of seven columns scrolls sideways."""


@dataclass(frozen=True, slots=True)
class Style:
    """What all panels of a dashboard are drawn with."""

    reader: Reader
    objectives: MonitoringSettings


def drawn(panel: Panel, style: Style) -> DrawnPanel:
    """The panel for Grafana, at no position yet."""
    builder = _FORMS[panel.form](panel)
    width, height = size_of(panel)
    builder.id(panel_id(panel.title)).title(title_of(panel, style.objectives)).span(width).height(height)
    builder.description(description_of(panel, style.reader, style.objectives)).datasource(DATASOURCE)
    builder.unit(_UNITS[panel.unit]).no_value(panel.empty or NO_WORKER).thresholds(_thresholds(panel, style.objectives))
    # Small shares need more decimals than one, lest the labels of an axis be all the same.
    if panel.unit in _DECIMALS and not (panel.unit is Unit.RATIO and panel.form is Form.LINES):
        builder.decimals(_DECIMALS[panel.unit])
    for target in targets_of(panel, style.reader, style.objectives):
        builder.with_target(target)
    return builder.build()


def size_of(panel: Panel) -> tuple[int, int]:
    """Width and height on the grid."""
    width, height = _SIZES.get(panel.form, _USUAL_SIZE)
    if panel.form in _OVER_TIME and len(panel.figures) == _LINES_BELOW and not _has_legend_beside(panel):
        height += 1
    return panel.width or width, panel.height or height


def _number(panel: Panel) -> stat.Panel:
    several = len(panel.figures) > 1
    return (
        stat.Panel()
        .reduce_options(_latest())
        .graph_mode(BigValueGraphMode.NONE)
        .color_mode(BigValueColorMode.VALUE)
        .text_mode(BigValueTextMode.VALUE_AND_NAME if several else BigValueTextMode.VALUE)
        .orientation(VizOrientation.VERTICAL if several else VizOrientation.AUTO)
        .color_scheme(_by_thresholds())
    )


def _lines(panel: Panel) -> timeseries.Panel:
    builder = _over_time(panel).draw_style(GraphDrawStyle.LINE).line_width(2).fill_opacity(0)
    builder.show_points(VisibilityMode.NEVER)
    if panel.target is not None:
        builder.thresholds_style(common.GraphThresholdsStyleConfig().mode(GraphThresholdsStyleMode.DASHED))
    return builder


def _areas(panel: Panel) -> timeseries.Panel:
    builder = _over_time(panel).draw_style(GraphDrawStyle.LINE).line_width(1).fill_opacity(40)
    return builder.show_points(VisibilityMode.NEVER).stacking(_stacked())


def _columns(panel: Panel) -> timeseries.Panel:
    return _over_time(panel).draw_style(GraphDrawStyle.BARS).line_width(0).fill_opacity(80).stacking(_stacked())


def _over_time(panel: Panel) -> timeseries.Panel:
    builder = timeseries.Panel().tooltip(
        common.VizTooltipOptions().mode(TooltipDisplayMode.MULTI).sort(SortOrder.DESCENDING)
    )
    builder.legend(
        common.VizLegendOptions()
        .display_mode(LegendDisplayMode.TABLE)
        .placement(LegendPlacement.RIGHT if _has_legend_beside(panel) else LegendPlacement.BOTTOM)
        .show_legend(True)
        .calcs([_LATEST, "max"])
    )
    builder.color_scheme(FieldColor().mode(FieldColorModeId.PALETTE_CLASSIC))
    if not any(figure.minus for figure in panel.figures) and panel.unit in _FROM_ZERO:
        builder.axis_soft_min(0)
    if any(figure.by for figure in panel.figures):
        return builder
    for place, (reference, figure) in enumerate(zip(references(panel), panel.figures, strict=True)):
        bound = figure.statistic in {Statistic.LOWER, Statistic.UPPER}
        properties = [_color(BOUND if bound else SERIES[place])]
        if bound:
            properties.append(DynamicConfigValue("custom.lineStyle", {"fill": "dash", "dash": [6, 6]}))
        builder.override_by_query(reference, properties)
    return builder


def _has_legend_beside(panel: Panel) -> bool:
    return len(panel.figures) > _LINES_BELOW or any(figure.by for figure in panel.figures)


def _bars(panel: Panel) -> bargauge.Panel:
    builder = (
        bargauge.Panel()
        .reduce_options(_latest())
        .orientation(VizOrientation.HORIZONTAL)
        .display_mode(BarGaugeDisplayMode.BASIC)
        .value_mode(BarGaugeValueMode.TEXT)
        .name_placement(BarGaugeNamePlacement.LEFT)
        .sizing(BarGaugeSizing.AUTO)
        .show_unfilled(True)
        .text(common.VizTextDisplayOptions().title_size(_BAR_NAME).value_size(_BAR_VALUE))
        .min(-100 if panel.unit is Unit.SCORE else 0)
    )
    if panel.unit in {Unit.RATIO, Unit.SCORE}:
        builder.max(100 if panel.unit is Unit.SCORE else 1)
    return builder.color_scheme(_by_thresholds() if panel.target else _fixed(GOOD))


def _table(panel: Panel) -> table.Panel:
    by = panel.figures[0].by
    values = ["Value"] if len(panel.figures) == 1 else [f"Value #{reference}" for reference in references(panel)]
    names = dict(zip(values, (legend_of(panel, figure) for figure in panel.figures), strict=True))
    organize = {
        "excludeByName": dict.fromkeys(("Time", "job", "window"), True),
        "indexByName": {name: place for place, name in enumerate((*by, *values))},
        "renameByName": names,
    }
    builder = table.Panel().color_scheme(_fixed(NEITHER)).filterable(False).min_width(_NARROWEST_COLUMN)
    if len(values) > 1:
        builder.with_transformation(DataTransformerConfig("merge", options={}))
    builder.with_transformation(DataTransformerConfig("organize", options=organize))
    ascending = panel.figures[-1].statistic is Statistic.REMAINING
    return builder.sort_by([common.TableSortByFieldState().display_name(names[values[-1]]).desc(not ascending)])


_FORMS: Final[dict[Form, Callable[[Panel], AnyBuilder]]] = {
    Form.NUMBER: _number,
    Form.LINES: _lines,
    Form.AREAS: _areas,
    Form.COLUMNS: _columns,
    Form.BARS: _bars,
    Form.TABLE: _table,
}


def _thresholds(panel: Panel, objectives: MonitoringSettings) -> ThresholdsConfig:
    return ThresholdsConfig().mode(ThresholdsMode.ABSOLUTE).steps(_steps(panel.target, panel.unit, objectives))


def _steps(target: Target | None, unit: Unit, objectives: MonitoringSettings) -> list[Threshold]:
    if target is None:
        return [Threshold(None, NEITHER)]
    limit = float(getattr(objectives, target.name))
    if target.good is Good.AT_LEAST:
        return [Threshold(None, BAD), Threshold(limit, GOOD)]
    # A step begins at its value, and a count that is at its limit is still good.
    return [Threshold(None, GOOD), Threshold(limit + 1 if unit is Unit.COUNT else limit, BAD)]


def _latest() -> common.ReduceDataOptions:
    return common.ReduceDataOptions().calcs([_LATEST]).values(False)


def _stacked() -> common.StackingConfig:
    return common.StackingConfig().mode(StackingMode.NORMAL)


def _by_thresholds() -> FieldColor:
    return FieldColor().mode(FieldColorModeId.THRESHOLDS)


def _fixed(color: str) -> FieldColor:
    return FieldColor().mode(FieldColorModeId.FIXED).fixed_color(color)


def _color(color: str) -> DynamicConfigValue:
    return DynamicConfigValue("color", {"mode": "fixed", "fixedColor": color})
