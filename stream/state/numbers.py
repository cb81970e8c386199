"""Final numbers: how totals become what people read.

Outside of Prometheus nothing else forms a mean, a ratio or a quantile.
"""

from __future__ import annotations

from typing import Any, Final

from stream.state.measure import Measure
from stream.state.stock import Stock, StockTotal, WindowStocks
from stream.state.totals import SeriesTotal, WindowTotals, total_of
from stream.windows.histogram import quantile
from stream.windows.moments import MICROSECONDS, to_seconds

QUANTILES: Final = {"p50": 0.50, "p90": 0.90, "p95": 0.95, "p99": 0.99}


def ratio(part: int, whole: int) -> float | None:
    """A part of a whole, ``None`` of nothing."""
    return part / whole if whole else None


def distribution(total: SeriesTotal) -> dict[str, float | int | None]:
    """Count, sum, mean and quantiles of a duration, in seconds."""
    result: dict[str, float | int | None] = {
        "count": total.count,
        "sum": to_seconds(total.sum),
        "mean": to_seconds(total.sum) / total.count if total.count else None,
    }
    for name, share in QUANTILES.items():
        value = quantile(total.buckets, share)
        result[name] = None if value is None else value / MICROSECONDS
    return result


def number_of(measure: Measure, totals: WindowTotals) -> Any:
    """A measure over all its labels: how often, or the distribution of a duration."""
    total = total_of(totals, measure.name)
    return distribution(total) if measure.duration else total.count


def stock_number_of(stock: Stock, stocks: WindowStocks) -> dict[str, float | int] | int:
    """A stock over all its labels: its integral over the window in seconds, its mean, and what there was before.

    Of a stock that is windowed it is the level of that window.
    """
    if stock.windowed:
        return stocks.level(stock.name, windowed=True)
    integral = stocks.integral(stock.name)
    numbers: dict[str, float | int] = {"seconds": to_seconds(integral), "mean": integral / stocks.length}
    return numbers | before_of(stock, stocks.before(stock.name))


def stock_part(stock: Stock, total: StockTotal) -> dict[str, float | int]:
    """What of a series of a stock can be added up."""
    return {"seconds": to_seconds(total.integral)} | before_of(stock, total.before)


def before_of(stock: Stock, level: int) -> dict[str, int]:
    """A level at the window's start, if the stock tells it."""
    return {"before": level} if stock.before else {}
