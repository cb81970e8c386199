"""What the names in figures mean: the metrics, ratios, scores and shares of all kinds and of the workers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from stream.desks.kinds import KINDS
from stream.metrics.catalogue import CATALOGUE, metric_of
from stream.metrics.process_metrics import PROCESS
from stream.metrics.worker_metrics import DEAD_LETTERS, EVENTS
from stream.monitoring.alerts import alert_groups
from stream.monitoring.recording import DEAD_LETTER_SHARE, duration_groups, recording_groups
from stream.monitoring.rules import RecordingRule
from stream.settings.monitoring import MonitoringSettings
from stream.state.figure import Figure, Statistic
from stream.state.measure import Ratio, Score, Share
from stream.state.metric import PREFIX, WINDOW_LABEL, Metric
from stream.state.stock import Stock

METRICS: Final[Mapping[str, Metric]] = {metric.short_name: metric for metric in (*CATALOGUE, *PROCESS)}
RATIOS: Final[Mapping[str, Ratio]] = {ratio.name: ratio for kind in KINDS for ratio in kind.ratios}
STOCKS: Final[Mapping[str, Stock]] = {stock.name: stock for kind in KINDS for stock in kind.stocks}
SCORES: Final[Mapping[str, Score]] = {score.name: score for kind in KINDS for score in kind.scores}
SHARES: Final[Mapping[str, Share]] = {share.name: share for kind in KINDS for share in kind.shares}

SHARES_OF_RATES: Final[Mapping[str, tuple[str, str, str]]] = {
    "dead_letters_per_event": (DEAD_LETTER_SHARE, DEAD_LETTERS.short_name, EVENTS.short_name)
}
"""Recorded shares of one counter's rate in another's, with the names of both."""

RECORDED: Final = frozenset(
    rule.name
    for group in (*recording_groups(), *duration_groups(), *alert_groups(MonitoringSettings()))
    for rule in group.rules
    if isinstance(rule, RecordingRule)
)
"""The names of all recorded series."""

_SECONDS: Final = "_seconds"
_BUSINESS_SECONDS: Final = "_business_seconds"
HOURS: Final[Mapping[str, str]] = {"calendar": _SECONDS, "business": _BUSINESS_SECONDS}
"""What durations end with, by the hours that they count."""


def metrics_of(figure: Figure) -> tuple[Metric, ...]:
    """The metrics that a figure is made of. Raises ``LookupError``."""
    if figure.statistic is Statistic.MEAN and figure.name in STOCKS:
        return (STOCKS[figure.name].integral,)
    if figure.name in METRICS:
        names: Iterable[str] = (figure.name, *filter(None, (figure.minus,)))
        return tuple(METRICS[name] for name in names)
    if figure.name in SHARES_OF_RATES:
        return tuple(METRICS[name] for name in SHARES_OF_RATES[figure.name][1:])
    return tuple(map(metric_of, _measures_of(figure.name)))


def labels_of(figure: Figure) -> tuple[str, ...]:
    """The labels by which a figure can be narrowed, the window left out."""
    first, *others = ([*metric.labels] for metric in metrics_of(figure))
    return tuple(label for label in first if label != WINDOW_LABEL and all(label in other for other in others))


def has_twin(metric: Metric) -> bool:
    """Whether a duration is also counted in business hours."""
    twin = metric.short_name.replace(_SECONDS, _BUSINESS_SECONDS)
    return twin != metric.short_name and twin in METRICS


def shown_by(figure: Figure, *, hours: bool) -> frozenset[str]:
    """The names of the metrics that a figure shows; both of a pair where the reader chooses the ``hours``."""
    found = {metric.name for metric in metrics_of(figure)}
    if hours:
        found |= {m.name.replace(_SECONDS, _BUSINESS_SECONDS) for m in metrics_of(figure) if has_twin(m)}
    return frozenset(found)


def definition(figure: Figure) -> str:
    """What a figure means, in the words of the catalogue."""
    if (ratio := RATIOS.get(figure.name)) is not None:
        part, whole = (" and: ".join(map(_said, names)) for names in (ratio.parts, ratio.wholes))
        return f"{part} As a part of: {whole}"
    if (score := SCORES.get(figure.name)) is not None:
        return f"100 (A - B) / C. A: {_said(score.plus)} B: {_said(score.minus)} C: {_said(score.whole)}"
    if (share := SHARES.get(figure.name)) is not None:
        return f"{_said(share.measure)} As a part of all of them, by {share.label}."
    if figure.name in SHARES_OF_RATES:
        return " As a part of: ".join(metric.definition for metric in metrics_of(figure))
    if figure.statistic is Statistic.MEAN and figure.name in STOCKS:
        return f"{STOCKS[figure.name].definition} On average over the window."
    return " Less: ".join(metric.definition for metric in metrics_of(figure))


def _measures_of(name: str) -> tuple[str, ...]:
    if (ratio := RATIOS.get(name)) is not None:
        return (*ratio.parts, *ratio.wholes)
    if (score := SCORES.get(name)) is not None:
        return (score.plus, score.minus, score.whole)
    return (SHARES[name].measure,)


def _said(measure: str) -> str:
    return METRICS[measure].definition


def full_name(name: str) -> str:
    """The name of a figure with the prefix of metrics."""
    return PREFIX + name
