"""The recording rules: sums over the fleet first, then means, quantiles and ratios of these sums.

There is no mean of ratios and no quantile of quantiles. Every result of a windowed metric keeps ``window``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from stream.metrics import catalogue, sla_catalogue
from stream.metrics.metric import PREFIX, WINDOW_LABEL, Kind, Metric
from stream.monitoring.fleet import PER_WORKER, level, summed, sums
from stream.monitoring.rules import RecordingRule, RuleGroup

QUANTILES: Final = {"p50": 0.50, "p90": 0.90, "p95": 0.95, "p99": 0.99}

RATE_RANGE: Final = "5m"
"""Over how long the rates of counters are taken."""

SHARE_RANGE: Final = "15m"
"""Over how long the share of dead letters is taken, which are few."""

_BY_NAME: Final = {metric.name: metric for metric in catalogue.WINDOWED}

SLA_COMPLIANCE: Final = "sla_compliance"
DEAD_LETTER_SHARE: Final = f"topic:{PREFIX}dead_letters_per_event:ratio_rate{SHARE_RANGE}"
CONSUMER_LAG: Final = f"topic:{catalogue.CONSUMER_LAG.name}:sum"
LAST_EVENT: Final = f"topic:{catalogue.LAST_EVENT.name}:max"
NEXT_DEADLINE: Final = f"policy_sla:{sla_catalogue.SLA_NEXT_DEADLINE.name}:min"
BACKLOG_BY_TEAM: Final = f"team:{catalogue.BACKLOG_TICKETS.name}:sum"
TEAM_LEVELS: Final = ((), ("channel",), ("priority",), ("team",))
_SURVEY_LEVELS: Final = ((), ("channel",), ("team",))
_SLA_LEVELS: Final = (("policy", "sla"), ("policy",), ("sla",), ("channel",), ("team",), ())


@dataclass(frozen=True, slots=True)
class Ratio:
    """A part of a whole, from 0 to 1. Both have the same labels; ``selector`` narrows both."""

    name: str
    part: Metric
    whole: Metric
    levels: Sequence[tuple[str, ...]]
    selector: str = ""


RATIOS: Final = (
    Ratio("resolution", _BY_NAME["helpdesk_tickets_opened_resolved"], _BY_NAME["helpdesk_tickets_opened"], TEAM_LEVELS),
    Ratio(
        "first_contact_resolution",
        _BY_NAME["helpdesk_tickets_resolved_first_contact"],
        _BY_NAME["helpdesk_tickets_resolved"],
        TEAM_LEVELS,
    ),
    Ratio("reopen", _BY_NAME["helpdesk_tickets_reopened"], _BY_NAME["helpdesk_tickets_resolved"], TEAM_LEVELS),
    Ratio("escalation", _BY_NAME["helpdesk_tickets_escalated"], _BY_NAME["helpdesk_tickets_opened"], TEAM_LEVELS),
    Ratio("abandonment", _BY_NAME["helpdesk_tickets_abandoned"], _BY_NAME["helpdesk_tickets_opened"], TEAM_LEVELS),
)

SURVEY_RATIOS: Final = (
    Ratio(
        "survey_response",
        _BY_NAME["helpdesk_survey_responses"],
        _BY_NAME["helpdesk_surveys_sent"],
        (("survey",), ("survey", "channel"), ("survey", "team")),
    ),
    *(
        Ratio(
            survey,
            _BY_NAME["helpdesk_survey_favourable"],
            _BY_NAME["helpdesk_survey_responses"],
            _SURVEY_LEVELS,
            f'{{survey="{survey}"}}',
        )
        for survey in ("csat", "ces")
    ),
)


def recording_groups() -> list[RuleGroup]:
    """The groups of counts, ratios and state; the sums of the SLA clocks stand beside their alerts."""
    return [
        RuleGroup(f"{PREFIX}tickets", list(_ticket_rules())),
        RuleGroup(f"{PREFIX}surveys", list(_survey_rules())),
        RuleGroup(f"{PREFIX}sla_compliance", list(_compliance_rules())),
        RuleGroup(f"{PREFIX}open_tickets", list(_state_rules())),
        RuleGroup(f"{PREFIX}workers", list(_worker_rules())),
    ]


def duration_groups() -> list[RuleGroup]:
    """A group of recording rules for each duration."""
    durations = [metric for metric in catalogue.WINDOWED if metric.kind is Kind.WINDOWED_DURATION]
    return [RuleGroup(metric.name, list(_duration_rules(metric))) for metric in durations]


def ratio_name(name: str, labels: Sequence[str]) -> str:
    """The name of a recorded ratio that keeps these labels besides the window."""
    return f"{level((*labels, WINDOW_LABEL))}:{PREFIX}{name}:ratio"


def _ticket_rules() -> Iterator[RecordingRule]:
    for metric in _windowed_counts("tickets", "ticket"):
        yield from sums(metric)
    for ratio in RATIOS:
        yield from _ratio_rules(ratio)
    yield _share("contact_channel", _BY_NAME["helpdesk_tickets_opened"], "channel")
    yield _share("contact_category", _BY_NAME["helpdesk_tickets_opened_by_category"], "category")


def _survey_rules() -> Iterator[RecordingRule]:
    for metric in _windowed_counts("survey", "surveys"):
        yield from sums(metric)
    for ratio in SURVEY_RATIOS:
        yield from _ratio_rules(ratio)
    nps = '{survey="nps"}'
    for labels in _SURVEY_LEVELS:
        to = (*labels, WINDOW_LABEL)
        promoters, detractors, responses = (
            summed(_BY_NAME[f"helpdesk_survey_{name}"], to, selector=nps)
            for name in ("favourable", "detractors", "responses")
        )
        difference = f"{_or_zero(promoters, responses)}\n  - {_or_zero(detractors, responses)}"
        yield RecordingRule(f"{level(to)}:{PREFIX}nps:score", f"100 * (\n  {difference}\n)\n/ {_positive(responses)}")


def _compliance_rules() -> Iterator[RecordingRule]:
    in_time, late = sla_catalogue.SLA_WINDOWED
    for metric in (in_time, late):
        yield from sums(metric)
    for labels in _SLA_LEVELS:
        to = (*labels, WINDOW_LABEL)
        kept_to, missed = summed(in_time, to), summed(late, to)
        ended = f"{level(to)}:{PREFIX}sla_ended:sum"
        yield RecordingRule(ended, f"{_or_zero(kept_to, missed)}\n+ {_or_zero(missed, kept_to)}")
        yield RecordingRule(ratio_name(SLA_COMPLIANCE, labels), f"{_or_zero(kept_to, ended)}\n/ {_positive(ended)}")
    deadline = sla_catalogue.SLA_NEXT_DEADLINE.name
    yield RecordingRule(NEXT_DEADLINE, f"min without ({PER_WORKER}) ({deadline})")
    breaches = sla_catalogue.SLA_BREACHES
    rate = f"sum without ({PER_WORKER}) (rate({breaches.exposed_name}[{RATE_RANGE}]))"
    yield RecordingRule(f"{level(breaches.labels)}:{breaches.name}:rate{RATE_RANGE}", rate)


def _state_rules() -> Iterator[RecordingRule]:
    for metric in (
        catalogue.OPEN_TICKETS,
        catalogue.OPEN_CASES,
        catalogue.BACKLOG_TICKETS,
        catalogue.OPEN_TICKET_AGE,
        catalogue.TICKETS_WITHOUT_OPENING,
    ):
        yield from sums(metric)
    yield RecordingRule(BACKLOG_BY_TEAM, summed(catalogue.BACKLOG_TICKETS, ("team",)))
    for name, share in QUANTILES.items():
        buckets = summed(catalogue.OPEN_TICKET_AGE, (), "_bucket")
        yield RecordingRule(f"job:{catalogue.OPEN_TICKET_AGE.name}:{name}", f"histogram_quantile({share}, {buckets})")
    oldest = catalogue.OLDEST_OPEN_TICKET.name
    yield RecordingRule(f"job:{oldest}:min", f"min without ({PER_WORKER}) ({oldest})")


def _worker_rules() -> Iterator[RecordingRule]:
    events, dead_letters = catalogue.EVENTS, catalogue.DEAD_LETTERS
    for metric in (events, dead_letters):
        name = metric.exposed_name
        rate = f"sum without ({PER_WORKER}) (rate({name}[{RATE_RANGE}]))"
        yield RecordingRule(f"{level(metric.labels)}:{metric.name}:rate{RATE_RANGE}", rate)
    letters = f"sum without ({PER_WORKER}, reason) (rate({dead_letters.exposed_name}[{SHARE_RANGE}]))"
    records = f"sum without ({PER_WORKER}, outcome) (rate({events.exposed_name}[{SHARE_RANGE}]))"
    yield RecordingRule(DEAD_LETTER_SHARE, f"{letters}\n/ {_positive(records)}")
    lag = catalogue.CONSUMER_LAG.name
    yield RecordingRule(CONSUMER_LAG, f"sum without ({PER_WORKER}, partition) ({lag})")
    # A worker that restarted has none until its next record, so the newest that any had counts on.
    yield RecordingRule(LAST_EVENT, f"max without ({PER_WORKER}) (max_over_time({catalogue.LAST_EVENT.name}[6h]))")
    watermark = catalogue.WATERMARK.name
    yield RecordingRule(f"job:{watermark}:max", f"max without ({PER_WORKER}) ({watermark})")


def _duration_rules(metric: Metric) -> Iterator[RecordingRule]:
    yield from sums(metric)
    for labels in ((), ("channel",), ("priority",)):
        if not set(labels) <= set(metric.labels):
            continue
        to = (*labels, WINDOW_LABEL)
        prefix = f"{level(to)}:{metric.name}"
        total, count, buckets = (summed(metric, to, part) for part in ("_gsum", "_gcount", "_bucket"))
        yield RecordingRule(f"{prefix}:mean", f"{total}\n/ {_positive(count)}")
        for name, share in QUANTILES.items():
            yield RecordingRule(f"{prefix}:{name}", f"histogram_quantile({share}, {buckets})")


def _ratio_rules(ratio: Ratio) -> Iterator[RecordingRule]:
    for labels in ratio.levels:
        to = (*labels, WINDOW_LABEL)
        part, whole = (summed(metric, to, selector=ratio.selector) for metric in (ratio.part, ratio.whole))
        yield RecordingRule(ratio_name(ratio.name, labels), f"{_or_zero(part, whole)}\n/ {_positive(whole)}")


def _share(name: str, metric: Metric, label: str) -> RecordingRule:
    """The share of each value of a label in all of a window."""
    each, every = summed(metric, (label, WINDOW_LABEL)), summed(metric, (WINDOW_LABEL,))
    return RecordingRule(ratio_name(name, (label,)), f"{each}\n/ ignoring ({label}) group_left ()\n{_positive(every)}")


def _windowed_counts(*stems: str) -> Iterator[Metric]:
    for metric in catalogue.WINDOWED:
        stem = metric.name.removeprefix(PREFIX).partition("_")[0]
        if metric.kind is Kind.WINDOWED_COUNT and stem in stems:
            yield metric


def _or_zero(part: str, whole: str) -> str:
    """A part that counts as zero where there is none of it: a worker exports no zeros."""
    return f"({part} or 0 * {whole})"


def _positive(whole: str) -> str:
    return f"({whole} > 0)"
