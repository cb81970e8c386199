"""The alerts, with the thresholds at which they fire."""

from __future__ import annotations

from typing import Final

from schemas.events import TICKETS_TOPIC
from stream.desks.tickets.gauges import BACKLOG_TICKETS
from stream.desks.tickets.sla.agenda import ClockState
from stream.desks.tickets.sla.gauges import CLOCKS, NEXT_DEADLINE
from stream.metrics import worker_metrics
from stream.metrics.catalogue import metric_of
from stream.monitoring.addresses import DashboardLink
from stream.monitoring.fleet import PER_WORKER, sum_name, summed, sums
from stream.monitoring.objectives import OBJECTIVES
from stream.monitoring.recording import (
    CONSUMER_LAG,
    DEAD_LETTER_SHARE,
    LAST_EVENT,
    SHARE_RANGE,
    level_name,
    ratio_name,
    smallest_name,
)
from stream.monitoring.rules import AlertingRule, RecordingRule, RuleGroup, Severity
from stream.state.metric import PREFIX
from stream.state.panel import Page

JOB: Final = "deskpulse"
"""The name of the scrape job; the alerts about missing workers look for it."""

SLA_OBJECTIVE: Final = OBJECTIVES.sla_compliance
"""The share of SLA clocks that are to end in time."""

BURN_FACTOR: Final = OBJECTIVES.burn_rate
"""How many times faster than allowed clocks may end late, in both windows, before somebody is told."""

_LONG, _SHORT = "24h", "1h"
_LONG_LEAST, _SHORT_LEAST = 20, 5

_BREACHED: Final = CLOCKS[ClockState.BREACHED]
_AT_RISK: Final = CLOCKS[ClockState.AT_RISK]
_BACKLOG_BY_TEAM: Final = level_name(BACKLOG_TICKETS, ("team",))
_OPENED: Final = metric_of("tickets_opened")
_RESPONSES: Final = metric_of("survey_responses")
_DEAD_LETTERS: Final = worker_metrics.DEAD_LETTERS.exposed_name
_BUILD: Final = worker_metrics.BUILD.exposed_name
_HOUR: Final = '{window="1h"}'
_CLOCK: Final = "{{ $labels.sla }} under policy {{ $labels.policy }}"
_TICKETS: Final = "team {{ $labels.team }}, channel {{ $labels.channel }}, priority {{ $labels.priority }}"


def _burn_expression() -> str:
    allowed = f"{BURN_FACTOR * (1 - SLA_OBJECTIVE):.4g}"
    compliance = ratio_name("sla_compliance", ("policy", "sla"))
    ended = f"policy_sla_window:{PREFIX}sla_ended:sum"
    return "\nand ignoring (window)\n".join(
        (
            f'1 - {compliance}{{window="{_LONG}"}} > {allowed}',
            f'1 - {compliance}{{window="{_SHORT}"}} > {allowed}',
            f'{ended}{{window="{_LONG}"}} >= {_LONG_LEAST}',
            f'{ended}{{window="{_SHORT}"}} >= {_SHORT_LEAST}',
        )
    )


def _csat_expression() -> str:
    csat = ratio_name("csat", ())
    responses = summed(_RESPONSES, (), selector='{survey="csat", window="24h"}')
    drop = f'{csat}{{window="30d"}} - ignoring (window) {csat}{{window="24h"}}'
    return f"{drop} > {OBJECTIVES.csat_drop:g}\nand\n{responses} >= 20"


def _stale_expression() -> str:
    events = f'{worker_metrics.EVENTS.exposed_name}{{topic="{TICKETS_TOPIC}"}}'
    # The hour around the same time a week ago, so that a night or a Sunday without events is none to be told of.
    usual = f"sum without ({PER_WORKER}, outcome) (increase({events}[1h] offset 6d23h30m))"
    return f'time() - {LAST_EVENT}{{topic="{TICKETS_TOPIC}"}} > {OBJECTIVES.silence_seconds:g}\nunless\n{usual} < 10'


def _overflow_expression() -> str:
    name = worker_metrics.LABEL_OVERFLOWS.exposed_name
    # The first overflow makes the series, and no increase is seen in a series that begins.
    grown, begun = f"increase({name}[1h]) > 0", f"{name} unless {name} offset 1h"
    return f"sum without ({PER_WORKER}) ({grown} or {begun}) > 0"


def _overdue_expression() -> str:
    overdue = f"time() - {smallest_name(NEXT_DEADLINE)} > {OBJECTIVES.overdue_seconds:g}"
    # With the clock of events, deadlines are not to be compared with the time of Prometheus.
    return f'{overdue}\nunless on (job)\n{_BUILD}{{clock="event"}}'


SLA_ALERTS: Final = (
    AlertingRule(
        "HelpdeskSlaBreached",
        f"{sum_name(_BREACHED)} > 0",
        Severity.CRITICAL,
        "Customers are waiting past an SLA deadline.",
        f"{{{{ $value }}}} open clocks for {_CLOCK} are past their deadline ({_TICKETS}).",
        DashboardLink(Page.SERVICE_LEVELS, ("job", "team"), "Clocks at risk and breached"),
    ),
    AlertingRule(
        "HelpdeskSlaAtRisk",
        f"{sum_name(_AT_RISK)} > 0",
        Severity.WARNING,
        "SLA deadlines are near.",
        f"{{{{ $value }}}} clocks for {_CLOCK} will soon be past their deadline ({_TICKETS}).",
        DashboardLink(Page.SERVICE_LEVELS, ("job", "team"), "Clocks at risk and breached"),
    ),
    AlertingRule(
        "HelpdeskSlaComplianceLow",
        _burn_expression(),
        Severity.WARNING,
        "Too many SLA clocks end late to keep to the objective.",
        f"{{{{ $value | humanizePercentage }}}} of the clocks for {_CLOCK} that ended in the last 24 hours ended late,"
        f" and as large a share in the last hour; the objective allows {1 - SLA_OBJECTIVE:.0%}.",
        DashboardLink(Page.SERVICE_LEVELS, ("job", "policy", "sla"), "Burn rate"),
        "5m",
    ),
)

SERVICE_ALERTS: Final = (
    AlertingRule(
        "HelpdeskBacklogGrowing",
        f"{_BACKLOG_BY_TEAM} - {_BACKLOG_BY_TEAM} offset 1d >= 20\nand\n"
        f"{_BACKLOG_BY_TEAM} > 1.25 * {_BACKLOG_BY_TEAM} offset 1d",
        Severity.WARNING,
        "A team's backlog is a quarter larger than a day ago.",
        "The backlog of team {{ $labels.team }} has grown by {{ $value }} tickets since this time yesterday.",
        DashboardLink(Page.TICKETS, ("job", "team"), "Backlog by team"),
        "30m",
    ),
    AlertingRule(
        "HelpdeskAbandonmentHigh",
        f'{ratio_name("abandonment", ("channel",))}{{window="1h"}} > {OBJECTIVES.abandonment:g}\nand\n'
        f"{summed(_OPENED, ('channel', 'window'), selector=_HOUR)} >= 20",
        Severity.WARNING,
        "More than a tenth of a channel's customers leave unserved.",
        "In the last hour, {{ $value | humanizePercentage }} of the tickets of channel {{ $labels.channel }} were"
        " abandoned.",
        DashboardLink(Page.TICKETS, ("job", "channel"), "Abandonment by channel", "1h"),
        "5m",
    ),
    AlertingRule(
        "HelpdeskCsatDropped",
        _csat_expression(),
        Severity.WARNING,
        "Customers are less satisfied than they used to be.",
        "The share of satisfied customers in the last 24 hours is lower than that of the last 30 days, by"
        " {{ $value | humanizePercentage }} of all answers.",
        DashboardLink(Page.VOICE, ("job",), "CSAT over time", "24h"),
        "15m",
    ),
)

WORKER_ALERTS: Final = (
    AlertingRule(
        "HelpdeskWorkerDown",
        f'up{{job="{JOB}"}} == 0',
        Severity.CRITICAL,
        "A deskpulse worker does not answer.",
        "The worker {{ $labels.instance }} could not be scraped for a minute, which is longer than a restart takes.",
        DashboardLink(Page.PIPELINE, ("job",), "Workers"),
        "1m",
    ),
    AlertingRule(
        "HelpdeskWorkerAbsent",
        f'absent({_BUILD}{{job="{JOB}"}})',
        Severity.CRITICAL,
        "There is no deskpulse worker at all.",
        "No target of the job {{ $labels.job }} exports metrics: nothing is measured, and no SLA alert can fire.",
        DashboardLink(Page.PIPELINE, ("job",), "Workers"),
        "2m",
    ),
    AlertingRule(
        "HelpdeskEventFlowStale",
        _stale_expression(),
        Severity.CRITICAL,
        "No events come from the helpdesk.",
        "No worker has taken in a record of {{ $labels.topic }} for {{ $value | humanizeDuration }}, although there"
        " were some at this time a week ago.",
        DashboardLink(Page.PIPELINE, ("job",), "Since the last record, by topic"),
        "5m",
    ),
    AlertingRule(
        "HelpdeskConsumerLagHigh",
        f"{CONSUMER_LAG} > {OBJECTIVES.lag:g}",
        Severity.WARNING,
        "The workers fall behind, so the metrics are late.",
        "{{ $value }} records of {{ $labels.topic }} have not been taken in.",
        DashboardLink(Page.PIPELINE, ("job",), "Lag by topic"),
        "5m",
    ),
    AlertingRule(
        "HelpdeskDeadLetterRateHigh",
        f"{DEAD_LETTER_SHARE} > {OBJECTIVES.dead_letters:g}\nand\n"
        f"sum without ({PER_WORKER}, reason) (increase({_DEAD_LETTERS}[{SHARE_RANGE}])) >= 10",
        Severity.WARNING,
        "More than one record in a hundred goes to the dead letters.",
        "{{ $value | humanizePercentage }} of the records of {{ $labels.topic }} went to the dead letters.",
        DashboardLink(Page.PIPELINE, ("job",), "Dead letters by reason"),
        "5m",
    ),
    AlertingRule(
        "HelpdeskLabelOverflow",
        _overflow_expression(),
        Severity.INFO,
        "A label has more values than are told apart.",
        "Values of the label {{ $labels.label }} were folded into `other` in the last hour.",
        DashboardLink(Page.PIPELINE, ("job",), "Labels folded into other"),
    ),
    AlertingRule(
        "HelpdeskSlaDeadlinesOverdue",
        _overdue_expression(),
        Severity.CRITICAL,
        "SLA deadlines pass without being noticed.",
        f"The next deadline for {_CLOCK} was {{{{ $value | humanizeDuration }}}} ago, and its clock has not breached.",
        DashboardLink(Page.SERVICE_LEVELS, ("job", "policy", "sla"), "Nearest deadlines"),
        "2m",
    ),
    AlertingRule(
        "HelpdeskWatchdog",
        "vector(1)",
        Severity.INFO,
        "Always fires, to show that alerts arrive.",
        "Prometheus evaluates its rules and reaches Alertmanager. If this alert stops arriving, no other alert arrives"
        " either.",
        DashboardLink(Page.PIPELINE),
    ),
)

ALERTS: Final = (*SLA_ALERTS, *SERVICE_ALERTS, *WORKER_ALERTS)


def alert_groups() -> list[RuleGroup]:
    """The groups of alerts; that of the SLA clocks sums them up itself, so that no evaluation passes in between."""
    clocks: list[RecordingRule] = [rule for metric in CLOCKS.values() for rule in sums(metric)]
    return [
        RuleGroup(f"{PREFIX}sla_alerts", [*clocks, *SLA_ALERTS]),
        RuleGroup(f"{PREFIX}service_alerts", SERVICE_ALERTS),
        RuleGroup(f"{PREFIX}worker_alerts", WORKER_ALERTS),
    ]
