"""Writes the tables of the README and of the page about mappings from the code.

``python -m stream.reference`` writes them, with ``--check`` it says whether they are fresh.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from inspect import getdoc
from pathlib import Path
from typing import Any, Final

from msgspec.structs import FieldInfo, fields
from pydantic import BaseModel

from schemas.events import ALL_EVENTS, Envelope
from stream.feeds.replay.language.data_tables import FieldTable
from stream.feeds.replay.language.format_tables import FORMAT_TABLES
from stream.feeds.replay.language.mapping_table import TOP_KEYS, LookupTable, MappingTable
from stream.feeds.replay.language.rule_tables import EventRuleTable, ExplodeTable, SkipRuleTable
from stream.feeds.replay.language.table import Table
from stream.feeds.replay.language.time_tables import TimeTable
from stream.feeds.replay.language.when_tables import ColumnTests
from stream.metrics.catalogue import CATALOGUE
from stream.monitoring.alerts import ALERTS
from stream.monitoring.rules import AlertingRule
from stream.settings.settings import Settings
from stream.state.metric import Metric, MetricType

README: Final = Path(__file__).parent.parent / "README.md"
MAPPINGS: Final = Path(__file__).parent / "feeds" / "mappings" / "README.md"


def events_table() -> str:
    """Every event with what it says."""
    return _table(
        ("event", "means", "data"),
        ((f"`{event.__struct_config__.tag}`", str(getdoc(event)), _data_fields(event)) for event in ALL_EVENTS),
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


def mapping_table(*tables: type[Table], head: str = "key", says: str = "meaning") -> str:
    """Every key of tables of a mapping with its meaning."""
    fields = {key: field for table in tables for key, field in table.fields().items()}
    return _table(
        (head, says), ((f"`{_spelled(key, tables)}`", str(field.description)) for key, field in fields.items())
    )


def _spelled(key: str, tables: Sequence[type[Table]]) -> str:
    if MappingTable not in tables or key in TOP_KEYS:
        return key
    return {"lookup": "[lookup.…]", "rule": "[[rule]]"}.get(key, f"[{key}]")


TABLES: Final[Mapping[Path, Mapping[str, Callable[[], str]]]] = {
    README: {
        "events": events_table,
        "metrics": metrics_table,
        "alerts": alerts_table,
        "settings": settings_table,
    },
    MAPPINGS: {
        "file": partial(mapping_table, MappingTable),
        "format": partial(mapping_table, *FORMAT_TABLES.values()),
        "time": partial(mapping_table, TimeTable),
        "lookup": partial(mapping_table, LookupTable),
        "rule": partial(mapping_table, EventRuleTable, SkipRuleTable),
        "when": partial(mapping_table, ColumnTests, head="test", says="holds if the column"),
        "explode": partial(mapping_table, ExplodeTable),
        "data": partial(mapping_table, FieldTable),
    },
}
"""The tables of each page, by the names of their markers."""


def rendered(page: Path, text: str) -> str:
    """A page's text with each table between its markers made anew. Raises ``ValueError`` for a missing marker."""
    for name, table in TABLES[page].items():
        begin, end = f"<!-- {name}: generated -->", f"<!-- /{name} -->"
        pattern = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
        blocks = pattern.findall(text)
        if len(blocks) != 1:
            message = f"{page} has {len(blocks)} blocks {begin} … {end}, there must be one"
            raise ValueError(message)
        text = text.replace(blocks[0], f"{begin}\n{table()}\n{end}")
    return text


def main(arguments: Sequence[str]) -> int:
    """Write or check the pages; the exit status."""
    status = 0
    for page in TABLES:
        present = page.read_text(encoding="utf-8")
        fresh = rendered(page, present)
        if "--check" not in arguments:
            page.write_text(fresh, encoding="utf-8")
        elif present != fresh:
            sys.stderr.write(f"{page.relative_to(README.parent)} is stale: run `make generate`\n")
            status = 1
    return status


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


def _default(value: Any) -> str:  # noqa: ANN401 - a default is of any type
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
