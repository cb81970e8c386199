"""The queries of a panel as the SDK's objects."""

from __future__ import annotations

from string import ascii_uppercase
from typing import Final

from grafana_foundation_sdk.builders.prometheus import Dataquery
from grafana_foundation_sdk.models.common import DataSourceRef
from grafana_foundation_sdk.models.prometheus import PromQueryFormat, QueryEditorMode

from stream.monitoring.dashboards.queries import Reader, expression
from stream.settings.monitoring import MonitoringSettings
from stream.state.figure import Figure
from stream.state.panel import Form, Panel

DATASOURCE: Final = DataSourceRef(type_val="prometheus", uid="${datasource}")
AT_ONCE: Final = (Form.NUMBER, Form.BARS, Form.TABLE)
"""Forms that show the latest values only."""


def references(panel: Panel) -> list[str]:
    """The letters of the panel's queries, one for each figure."""
    return list(ascii_uppercase[: len(panel.figures)])


def targets_of(panel: Panel, reader: Reader, objectives: MonitoringSettings) -> list[Dataquery]:
    """A query for each figure."""
    texts = [expression(figure, reader, objectives) for figure in panel.figures]
    if panel.form is Form.TABLE:
        texts = [_with_zeros(text, texts) for text in texts]
    elif panel.form is Form.BARS and len(texts) == 1 and panel.figures[0].by:
        texts = [f"sort_desc({text})" for text in texts]
    named = zip(references(panel), panel.figures, texts, strict=True)
    return [_target(panel, reference, figure, text) for reference, figure, text in named]


def legend_of(panel: Panel, figure: Figure) -> str:
    """What a series is called: as its figure, by the values of its labels, or as the panel."""
    return figure.legend or " · ".join(f"{{{{{label}}}}}" for label in figure.by) or panel.title


def _with_zeros(text: str, texts: list[str]) -> str:
    """A column that has a zero where only another one has a number."""
    others = [f"0 * ({other})" for other in texts if other is not text]
    return " or ".join([f"({text})", *others]) if others else text


def _target(panel: Panel, reference: str, figure: Figure, text: str) -> Dataquery:
    target = (
        Dataquery()
        .datasource(DATASOURCE)
        .ref_id(reference)
        .expr(text)
        .editor_mode(QueryEditorMode.CODE)
        .legend_format(legend_of(panel, figure))
    )
    target = target.instant() if panel.form in AT_ONCE else target.range()
    return target.format(PromQueryFormat.TABLE if panel.form is Form.TABLE else PromQueryFormat.TIME_SERIES)
