"""Writes the tables of the README from the code: events, metrics, alerts and settings.

``python -m stream.reference`` writes them, with ``--check`` it says whether they are fresh.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Sequence
from inspect import getdoc
from pathlib import Path
from typing import Any, Final

from msgspec.structs import FieldInfo, fields
from pydantic import BaseModel

from schemas.events import Envelope
from stream.desks.kinds import KINDS
from stream.metrics.catalogue import CATALOGUE
from stream.monitoring.alerts import ALERTS
from stream.monitoring.rules import AlertingRule
from stream.settings.settings import Settings
from stream.state.metric import Metric, MetricType

README: Final = Path(__file__).parent.parent / "README.md"


def events_table() -> str:
    """Every event with what it says: those that are read, then those that are published."""
    read = [event for kind in KINDS for event in kind.events]
    published = [event for kind in KINDS for events in kind.published.values() for event in events]
    return _table(
        ("event", "means", "data"),
        (
            (f"`{event.__struct_config__.tag}`", str(getdoc(event)), _data_fields(event))
            for event in (*read, *published)
        ),
    )


def metrics_table() -> str:
    """Every exported metric with its kind, labels and definition."""
    return _table(("metric", "kind", "labels", "definition"), map(_metric_row, CATALOGUE))


def alerts_table() -> str:
    """Every alert with its meaning and its runbook."""
    return _table(("alert", "severity", "means", "what to do"), map(_alert_row, ALERTS))


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


TABLES: Final = {"events": events_table, "metrics": metrics_table, "alerts": alerts_table, "settings": settings_table}


def rendered(text: str) -> str:
    """The README's text with each table between its markers made anew. Raises ``ValueError`` for a missing marker."""
    for name, table in TABLES.items():
        begin, end = f"<!-- {name}: generated -->", f"<!-- /{name} -->"
        pattern = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
        blocks = pattern.findall(text)
        if len(blocks) != 1:
            message = f"{README.name} has {len(blocks)} blocks {begin} … {end}, there must be one"
            raise ValueError(message)
        text = text.replace(blocks[0], f"{begin}\n{table()}\n{end}")
    return text


def main(arguments: Sequence[str]) -> int:
    """Write or check the README; the exit status."""
    present = README.read_text(encoding="utf-8")
    fresh = rendered(present)
    if "--check" not in arguments:
        README.write_text(fresh, encoding="utf-8")
        return 0
    if present != fresh:
        sys.stderr.write(f"{README.name} is stale: run `make generate`\n")
        return 1
    return 0


def _metric_row(metric: Metric) -> tuple[str, ...]:
    labels = ", ".join(f"`{label}`" for label in metric.labels)
    name = metric.exposed_name if metric.type in (MetricType.COUNTER, MetricType.INFO) else metric.name
    return f"`{name}`", metric.type.value, labels, metric.definition


def _alert_row(alert: AlertingRule) -> tuple[str, ...]:
    return f"`{alert.name}`", alert.severity.value, alert.summary, f"[runbook](deploy/runbooks/{alert.name}.md)"


def _data_fields(event: type[Envelope]) -> str:
    data: Any = next(field.type for field in fields(event) if field.name == "data")
    return ", ".join(map(_field_text, fields(data)))


def _field_text(field: FieldInfo) -> str:
    return f"**`{field.name}`**" if field.required else f"`{field.name}`"


def _default(value: Any) -> str:
    if isinstance(value, (frozenset, tuple)):
        return str(sorted(value)).replace("'", '"')
    return "none" if value is None else str(value)


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [_line(heads), _line(["---"] * len(heads)), *map(_line, rows)]
    return "\n".join(lines)


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
