"""The final numbers of one worker, ready to be read: those of each kind, put together."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from stream.metrics.view import WINDOW_NAMES, WorkerView
from stream.state.kind import Kind
from stream.state.totals import WindowTotals
from stream.windows.moments import to_seconds, to_text


def final_numbers(view: WorkerView, *, parts: bool = False) -> dict[str, Any]:
    """All windows and the state, as it is served as JSON; ``parts`` adds the additive parts by labels."""
    return {
        "now": to_text(view.now),
        "clock": view.clock_name,
        "state": view.state_numbers(),
        "windows": {name: _window(view.kinds, view.window(name), parts=parts) for name in WINDOW_NAMES},
    }


def daily_numbers(view: WorkerView) -> dict[str, Any]:
    """The numbers of each local day that has any, by ISO date."""
    return {"days": {day: _window(view.kinds, totals, parts=False) for day, totals in view.days()}}


def _window(kinds: Iterable[Kind], totals: WindowTotals, *, parts: bool) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for kind in kinds:
        result |= kind.window_numbers(totals)
    if parts:
        result["parts"] = _parts(kinds, totals)
    return result


def _parts(kinds: Iterable[Kind], totals: WindowTotals) -> dict[str, list[dict[str, Any]]]:
    measures = sorted((measure for kind in kinds for measure in kind.measures), key=lambda measure: measure.name)
    parts: dict[str, list[dict[str, Any]]] = {}
    for measure in measures:
        for values, total in sorted(totals.get(measure.name, {}).items(), key=lambda item: item[0]):
            if not total.count:
                continue
            part: dict[str, Any] = {
                "labels": dict(zip(measure.labels, values, strict=True)),
                "count": total.count,
            }
            if measure.duration:
                part["sum"] = to_seconds(total.sum)
            parts.setdefault(measure.name, []).append(part)
    return parts
