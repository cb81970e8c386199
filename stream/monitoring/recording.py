"""The recording rules: sums over the fleet first, then means, quantiles and ratios of these sums.

They follow from the definitions of the kinds. There is no mean of ratios and no quantile of quantiles. Every result of
a windowed metric keeps ``window``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from stream.desks.kinds import KINDS
from stream.metrics import worker_metrics
from stream.metrics.catalogue import metric_of
from stream.monitoring.fleet import PER_WORKER, level, sum_name, summed, sums
from stream.monitoring.rules import RecordingRule, RuleGroup
from stream.state.kind import Kind
from stream.state.measure import Quotient, Ratio, Score, Share, by_name
from stream.state.metric import PREFIX, WINDOW_LABEL, Metric, MetricType, OverFleet
from stream.state.numbers import QUANTILES
from stream.state.stock import Stock
from stream.windows.moments import MICROSECONDS
from stream.windows.sliding import WINDOWS

RATE_RANGE: Final = "5m"
"""Over how long the rates of counters are taken."""

SHARE_RANGE: Final = "15m"
"""Over how long the share of dead letters is taken, which are few."""

DEAD_LETTER_SHARE: Final = f"topic:{PREFIX}dead_letters_per_event:ratio_rate{SHARE_RANGE}"
CONSUMER_LAG: Final = f"topic:{worker_metrics.CONSUMER_LAG.name}:sum"
LAST_EVENT: Final = f"topic:{worker_metrics.LAST_EVENT.name}:max"
_DURATION_LEVELS: Final = ((), ("queue",), ("channel",), ("priority",))


def recording_groups() -> list[RuleGroup]:
    """A group for each kind, in which all that is worked out comes after the sums that it is of, and one of workers.

    Groups are evaluated apart from one another: what is of sums of another group may see one of them from before and
    one from after that group's turn.
    """
    groups = [RuleGroup(PREFIX + kind.name, [*_sum_rules(kind), *_derived_rules(kind)]) for kind in KINDS]
    return [*(group for group in groups if group.rules), RuleGroup(f"{PREFIX}workers", list(_worker_rules()))]


def duration_groups() -> list[RuleGroup]:
    """A group of recording rules for each duration."""
    durations = [measure.metric for kind in KINDS for measure in kind.measures if measure.duration]
    return [RuleGroup(metric.name, list(_duration_rules(metric))) for metric in durations]


def ratio_name(name: str, labels: Sequence[str]) -> str:
    """The name of a recorded ratio that keeps these labels besides the window."""
    return f"{level((*labels, WINDOW_LABEL))}:{PREFIX}{name}:ratio"


def score_name(name: str, labels: Sequence[str]) -> str:
    """The name of a recorded score that keeps these labels besides the window."""
    return f"{level((*labels, WINDOW_LABEL))}:{PREFIX}{name}:score"


def smallest_name(metric: Metric) -> str:
    """The name of the recorded smallest value of a gauge over the fleet."""
    return f"{level(metric.labels)}:{metric.name}:min"


def level_name(metric: Metric, labels: Sequence[str]) -> str:
    """The name of a gauge's recorded sum by these labels."""
    return f"{level(labels)}:{metric.name}:sum"


def _sum_rules(kind: Kind) -> Iterator[RecordingRule]:
    for measure in kind.measures:
        if not measure.duration:
            yield from sums(measure.metric)
    for metric in (*kind.stock_metrics, *kind.gauges, *kind.counters):
        if metric.type is MetricType.COUNTER:
            rate = f"sum without ({PER_WORKER}) (rate({metric.exposed_name}[{RATE_RANGE}]))"
            yield RecordingRule(f"{level(metric.labels)}:{metric.name}:rate{RATE_RANGE}", rate)
        elif metric.over_fleet is OverFleet.SUM:
            yield from sums(metric)
            yield from (RecordingRule(level_name(metric, labels), summed(metric, labels)) for labels in metric.levels)
        elif metric.over_fleet is OverFleet.MIN:
            yield RecordingRule(smallest_name(metric), f"min without ({PER_WORKER}) ({metric.name})")


def _derived_rules(kind: Kind) -> Iterator[RecordingRule]:
    # Several ratios may have the same whole.
    yield from {rule.name: rule for ratio in kind.ratios for rule in _ratio_rules(ratio)}.values()
    for score in kind.scores:
        yield from _score_rules(score)
    for share in kind.shares:
        yield _share_rule(share)
    yield from (_quotient_rule(kind, quotient) for quotient in kind.quotients)
    for metric in kind.gauges:
        if metric.type is MetricType.DISTRIBUTION:
            buckets = summed(metric, (), "_bucket")
            for name, quantile in QUANTILES.items():
                yield RecordingRule(f"job:{metric.name}:{name}", f"histogram_quantile({quantile}, {buckets})")
    yield from (_mean_rule(stock) for stock in kind.stocks if not stock.windowed)


def _mean_rule(stock: Stock) -> RecordingRule:
    """The mean level over each window."""
    metric = stock.integral
    name = sum_name(metric)
    means = [f'{name}{{{WINDOW_LABEL}="{shape.name}"}} / {shape.length // MICROSECONDS}' for shape in WINDOWS]
    return RecordingRule(f"{level(metric.labels)}:{stock.level.name}:mean", "\nor\n".join(means))


def _worker_rules() -> Iterator[RecordingRule]:
    events, dead_letters = worker_metrics.EVENTS, worker_metrics.DEAD_LETTERS
    for metric in (events, dead_letters):
        name = metric.exposed_name
        rate = f"sum without ({PER_WORKER}) (rate({name}[{RATE_RANGE}]))"
        yield RecordingRule(f"{level(metric.labels)}:{metric.name}:rate{RATE_RANGE}", rate)
    letters = f"sum without ({PER_WORKER}, reason) (rate({dead_letters.exposed_name}[{SHARE_RANGE}]))"
    records = f"sum without ({PER_WORKER}, outcome) (rate({events.exposed_name}[{SHARE_RANGE}]))"
    yield RecordingRule(DEAD_LETTER_SHARE, f"{letters}\n/ {_positive(records)}")
    lag = worker_metrics.CONSUMER_LAG.name
    yield RecordingRule(CONSUMER_LAG, f"sum without ({PER_WORKER}, partition) ({lag})")
    # A worker that restarted has none until its next record, so the newest that any had counts on.
    yield RecordingRule(LAST_EVENT, f"max without ({PER_WORKER}) (max_over_time({worker_metrics.LAST_EVENT.name}[6h]))")
    watermark = worker_metrics.WATERMARK.name
    yield RecordingRule(f"job:{watermark}:max", f"max without ({PER_WORKER}) ({watermark})")


def _duration_rules(metric: Metric) -> Iterator[RecordingRule]:
    yield from sums(metric)
    for labels in _DURATION_LEVELS:
        if not set(labels) <= set(metric.labels):
            continue
        to = (*labels, WINDOW_LABEL)
        prefix = f"{level(to)}:{metric.name}"
        total, count, buckets = (summed(metric, to, part) for part in ("_gsum", "_gcount", "_bucket"))
        yield RecordingRule(f"{prefix}:mean", f"{total}\n/ {_positive(count)}")
        for name, share in QUANTILES.items():
            yield RecordingRule(f"{prefix}:{name}", f"histogram_quantile({share}, {buckets})")


def _ratio_rules(ratio: Ratio) -> Iterator[RecordingRule]:
    selector = _selector(ratio.selector)
    for labels in ratio.levels:
        to = (*labels, WINDOW_LABEL)
        part = _added([summed(metric_of(name), to, selector=selector) for name in ratio.parts])
        if isinstance(ratio.whole, str):
            whole = summed(metric_of(ratio.whole), to, selector=selector)
        else:
            whole = f"{level(to)}:{PREFIX}{ratio.whole_name}:sum"
            yield RecordingRule(whole, _added([summed(metric_of(name), to, selector=selector) for name in ratio.whole]))
        yield RecordingRule(ratio_name(ratio.name, labels), f"{_or_zero(part, whole)}\n/ {_positive(whole)}")


def _score_rules(score: Score) -> Iterator[RecordingRule]:
    selector = _selector(score.selector)
    for labels in score.levels:
        to = (*labels, WINDOW_LABEL)
        plus, minus, whole = (
            summed(metric_of(name), to, selector=selector) for name in (score.plus, score.minus, score.whole)
        )
        difference = f"{_or_zero(plus, whole)}\n  - {_or_zero(minus, whole)}"
        yield RecordingRule(score_name(score.name, labels), f"100 * (\n  {difference}\n)\n/ {_positive(whole)}")


def _share_rule(share: Share) -> RecordingRule:
    """The share of each value of a label in all of a window."""
    metric = metric_of(share.measure)
    each, every = summed(metric, (share.label, WINDOW_LABEL)), summed(metric, (WINDOW_LABEL,))
    expression = f"{each}\n/ ignoring ({share.label}) group_left ()\n{_positive(every)}"
    return RecordingRule(ratio_name(share.name, (share.label,)), expression)


def _quotient_rule(kind: Kind, quotient: Quotient) -> RecordingRule:
    """An amount by the number of those that it is for, who are not told apart."""
    amount = metric_of(quotient.amount)
    to = (*quotient.labels, WINDOW_LABEL)
    matching = f"ignoring ({', '.join(quotient.labels)}) group_left () " if quotient.labels else ""
    stock = by_name(kind.stocks).get(quotient.heads)
    if stock is None or stock.windowed:
        part = summed(amount, to, selector=_selector(quotient.selector))
        heads = summed(metric_of(quotient.heads), (WINDOW_LABEL,))
        return RecordingRule(mean_name(quotient), f"{part}\n/ {matching}{_positive(heads)}")
    parts = []
    for shape in WINDOWS:
        window = ((WINDOW_LABEL, shape.name),)
        part = summed(amount, to, selector=_selector((*quotient.selector, *window)))
        heads = summed(stock.integral, (WINDOW_LABEL,), selector=_selector(window))
        parts.append(f"{part} * {shape.length // MICROSECONDS}\n/ {matching}{_positive(heads)}")
    return RecordingRule(mean_name(quotient), "\nor\n".join(parts))


def mean_name(quotient: Quotient) -> str:
    """The name of a recorded quotient."""
    return f"{level((*quotient.labels, WINDOW_LABEL))}:{PREFIX}{quotient.name}:mean"


def _selector(values: Sequence[tuple[str, str]]) -> str:
    return "{" + ", ".join(f'{label}="{value}"' for label, value in values) + "}" if values else ""


def _added(parts: Sequence[str]) -> str:
    """Parts added up, each of which counts as zero where there is none of it but of another."""
    if len(parts) == 1:
        return parts[0]
    others = [" or ".join(f"0 * {other}" for other in parts if other is not part) for part in parts]
    return "\n+ ".join(f"({part} or {other})" for part, other in zip(parts, others, strict=True))


def _or_zero(part: str, whole: str) -> str:
    """A part that counts as zero where there is none of it: a worker exports no zeros."""
    return f"({part} or 0 * {whole})"


def _positive(whole: str) -> str:
    return f"({whole} > 0)"
