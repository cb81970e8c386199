"""The tables in the documentation that are made from the code."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from msgspec.structs import FieldInfo, fields
from pydantic import BaseModel

from schemas.events import Envelope
from schemas.json_schema import event_type, summary
from stream.feeds.replay.language.mapping_table import TOP_KEYS, MappingTable
from stream.feeds.replay.language.table import Table
from stream.metrics.catalogue import CATALOGUE
from stream.monitoring.alerts import alerts
from stream.monitoring.rules import AlertingRule
from stream.settings.monitoring import MonitoringSettings
from stream.settings.settings import Settings
from stream.state.metric import Metric, MetricType


def events_table(events: Iterable[type[Envelope]]) -> str:
    """The events with their meaning and the fields of their data."""
    return _table(
        ("event", "means", "data"),
        ((f"`{event_type(event)}`", summary(event), _data_fields(event)) for event in events),
    )


def metrics_table() -> str:
    """Every exported metric with its kind, labels and definition."""
    return _table(("metric", "kind", "labels", "definition"), map(_metric_row, CATALOGUE))


def alerts_table() -> str:
    """Every alert with its meaning and its runbook."""
    return _table(("alert", "severity", "means", "what to do"), map(_alert_row, alerts(MonitoringSettings())))


def settings_table() -> str:
    """Every setting with its default and meaning."""
    rows: list[tuple[str, str, str]] = []
    for section, field in Settings.model_fields.items():
        model = field.annotation
        if isinstance(model, type) and issubclass(model, BaseModel):
            rows.extend(
                (
                    f"`{section}.{key}`",
                    f"`{_default(option.get_default(call_default_factory=True))}`",
                    str(option.description),
                )
                for key, option in model.model_fields.items()
            )
        else:
            rows.append((f"`{section}`", f"`{_default(field.default)}`", str(field.description)))
    return _table(("setting", "default", "meaning"), rows)


def mapping_table(*tables: type[Table], head: str = "key", says: str = "meaning") -> str:
    """Every key of tables of a mapping with its meaning."""
    keys = {key: field for table in tables for key, field in table.fields().items()}
    return _table((head, says), ((f"`{_spelled(key, tables)}`", str(field.description)) for key, field in keys.items()))


def _spelled(key: str, tables: Sequence[type[Table]]) -> str:
    if MappingTable not in tables or key in TOP_KEYS:
        return key
    return {"lookup": "[lookup.…]", "rule": "[[rule]]"}.get(key, f"[{key}]")


def _metric_row(metric: Metric) -> tuple[str, ...]:
    labels = ", ".join(f"`{label}`" for label in metric.labels)
    name = metric.exposed_name if metric.type in (MetricType.COUNTER, MetricType.INFO) else metric.name
    return f"`{name}`", metric.type.value, labels, metric.definition


def _alert_row(alert: AlertingRule) -> tuple[str, ...]:
    return f"`{alert.name}`", alert.severity.value, alert.summary, f"[runbook](runbooks/{alert.name}.md)"


def _data_fields(event: type[Envelope]) -> str:
    data: Any = next(field.type for field in fields(event) if field.name == "data")
    return ", ".join(map(_field_text, fields(data)))


def _field_text(field: FieldInfo) -> str:
    return f"**`{field.name}`**" if field.required else f"`{field.name}`"


def _default(value: Any) -> str:  # noqa: ANN401 - a default is of any type
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (frozenset, tuple)):
        return str(sorted(value)).replace("'", '"')
    return "none" if value is None else str(value)


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [_line(heads), _line(["---"] * len(heads)), *map(_line, rows)]
    return "\n".join(lines)


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
