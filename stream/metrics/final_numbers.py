"""The final numbers of one worker, ready to be read: those of each kind, put together."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from stream.metrics.view import WINDOW_NAMES, WorkerView
from stream.state.kind import Kind
from stream.state.numbers import stock_part
from stream.state.stock import WindowStocks
from stream.state.totals import WindowTotals
from stream.windows.moments import to_seconds, to_text
from stream.windows.sliding import LIFETIME


def final_numbers(view: WorkerView, *, parts: bool = False) -> dict[str, Any]:
    """All windows and the state, as it is served as JSON; ``parts`` adds the additive parts by labels."""
    return {
        "now": to_text(view.now),
        "clock": view.clock_name,
        "state": view.state_numbers() | (_level_parts(view) if parts else {}),
        "windows": {name: _window(view, name, parts=parts) for name in WINDOW_NAMES},
    }


def daily_numbers(view: WorkerView) -> dict[str, Any]:
    """The numbers of each local day that has any, by ISO date."""
    return {"days": {day: _numbers(view.kinds, totals) for day, totals in view.days()}}


def _window(view: WorkerView, name: str, *, parts: bool) -> dict[str, Any]:
    totals = view.window(name)
    result = _numbers(view.kinds, totals)
    stocked = [kind for kind in view.kinds if kind.stocks and name != LIFETIME]
    for kind in stocked:
        result |= kind.stock_numbers(view.stocks(name), totals)
    if parts:
        result["parts"] = _parts(view.kinds, totals)
        for kind in stocked:
            result["parts"] |= _stock_parts(kind, view.stocks(name))
    return result


def _numbers(kinds: Iterable[Kind], totals: WindowTotals) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for kind in kinds:
        result |= kind.window_numbers(totals)
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


def _stock_parts(kind: Kind, stocks: WindowStocks) -> dict[str, list[dict[str, Any]]]:
    return {
        stock.name: [
            {"labels": dict(zip(stock.labels, values, strict=True))} | stock_part(stock, total)
            for values, total in sorted(found.items(), key=lambda item: item[0])
            if total.before or total.integral
        ]
        for stock in kind.stocks
        if not stock.windowed and (found := stocks.totals.get(stock.name))
    }


def _level_parts(view: WorkerView) -> dict[str, Any]:
    stocks = [stock for kind in view.kinds for stock in kind.stocks]
    if not stocks:
        return {}
    levels = view.levels()
    return {
        "parts": {
            stock.name: [
                {"labels": dict(zip(stock.labels, values, strict=True)), "level": level}
                for values, level in sorted(levels.get(stock.name, {}).items())
            ]
            for stock in stocks
        }
    }
