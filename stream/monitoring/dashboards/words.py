"""What dashboards say: targets, descriptions, and what stands where there are no numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from stream.monitoring.dashboards.queries import Reader
from stream.monitoring.dashboards.terms import definition, labels_of
from stream.settings.monitoring import MonitoringSettings
from stream.state.panel import Good, Panel, Target, Unit

NO_WORKER: Final = "No worker is scraped"

_SIGNS: Final = {Good.AT_LEAST: "≥", Good.AT_MOST: "≤"}
_SPANS: Final = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))


def title_of(panel: Panel, objectives: MonitoringSettings) -> str:
    """The title, with the target where it is to be shown."""
    target = panel.target
    if target is None or not target.shown:
        return panel.title
    text = target_text(target, panel.unit, objectives)
    return f"{panel.title} (target {text if text == '0' else f'{_SIGNS[target.good]} {text}'})"


def description_of(panel: Panel, reader: Reader, objectives: MonitoringSettings) -> str:
    """What is shown, in the words of the catalogue, and by which of the reader's choices it is not narrowed."""
    definitions = dict.fromkeys(definition(figure) for figure in panel.figures)
    parts = [panel.description, *definitions]
    if (target := panel.target) is not None:
        parts.append(f"Good: {target.good.value} {target_text(target, panel.unit, objectives)}.")
    if others := _ignored(panel, reader):
        parts.append(f"The choice of {_listed(others)} does not change this panel.")
    return "\n\n".join(filter(None, parts))


def target_text(target: Target, unit: Unit, objectives: MonitoringSettings) -> str:
    """A target as people write it."""
    value = float(getattr(objectives, target.name))
    if unit is Unit.RATIO:
        return f"{value * 100:g} %"
    if unit is Unit.SECONDS:
        size, name = next((size, name) for size, name in _SPANS if value >= size or size == 1)
        return f"{value / size:g} {name}"
    return f"{value:,g}".replace(",", " ")


def _ignored(panel: Panel, reader: Reader) -> list[str]:
    return [label for label in reader.filters if not any(label in labels_of(figure) for figure in panel.figures)]


def _listed(words: Sequence[str]) -> str:
    *first, last = words
    return f"{', '.join(first)} or {last}" if first else last
