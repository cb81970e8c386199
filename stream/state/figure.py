"""Figures: what a dashboard shows of a kind, told by the names of its measures, ratios, scores, gauges and counters.

A figure says what is shown; the queries for it are made where dashboards are.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Statistic(StrEnum):
    """What of a measure, a ratio, a score, a gauge or a counter a figure is.

    A value is a count, a ratio, a score, a level, or how much a counter grew. ``MEAN`` and the quantiles are of
    durations and distributions, ``MEAN`` of stocks too; ``COUNT`` is how many durations there are. ``LOWER`` and
    ``UPPER`` are the bounds of the 95 % interval of a ratio or a score, ``AGE`` and ``REMAINING`` the seconds since and
    until a timestamp. ``BUDGET_LEFT`` and ``BURN_RATE`` hold a ratio against its objective. ``LARGEST`` is that of the
    workers, ``RATE`` what a counter grows by in a second.
    """

    VALUE = "value"
    MEAN = "mean"
    COUNT = "count"
    P50 = "p50"
    P90 = "p90"
    P95 = "p95"
    P99 = "p99"
    LOWER = "lower"
    UPPER = "upper"
    AGE = "age"
    REMAINING = "remaining"
    BUDGET_LEFT = "budget left"
    BURN_RATE = "burn rate"
    LARGEST = "largest"
    RATE = "rate"


QUANTILES = (Statistic.P50, Statistic.P90, Statistic.P95, Statistic.P99)


@dataclass(frozen=True, slots=True)
class Figure:
    """One number, or one for each combination of the values of ``by``.

    ``name`` is that of a measure, ratio, score, share, gauge or counter, without the prefix of metrics; ``minus`` that
    of a measure that is taken off. ``window`` is one of the windows, or nothing for the one that the reader chooses.
    ``only`` narrows labels to values. ``legend`` is what it is called; its labels without one.
    """

    name: str
    statistic: Statistic = Statistic.VALUE
    by: tuple[str, ...] = ()
    window: str = ""
    only: tuple[tuple[str, str], ...] = ()
    minus: str = ""
    legend: str = ""
