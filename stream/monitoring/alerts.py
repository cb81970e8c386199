"""The alerts, which fire at the thresholds of the settings."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from schemas.events import TICKETS_TOPIC
from stream.desks.kinds import KINDS
from stream.desks.tickets.gauges import BACKLOG_TICKETS
from stream.desks.tickets.sla.agenda import ClockState
from stream.desks.tickets.sla.gauges import CLOCKS, NEXT_DEADLINE
from stream.metrics import worker_metrics
from stream.metrics.catalogue import metric_of
from stream.monitoring.addresses import DashboardLink
from stream.monitoring.fleet import PER_WORKER, sum_name, summed, sums
from stream.monitoring.kind_alerts import kind_alerts
from stream.monitoring.recording import (
    CONSUMER_LAG,
    DEAD_LETTER_SHARE,
    LAST_EVENT,
    SHARE_RANGE,
    level_name,
    ratio_name,
    smallest_name,
)
from stream.monitoring.rules import AlertingRule, RecordingRule, RuleGroup
from stream.monitoring.wording import fraction, number, one_in, percent
from stream.settings.monitoring import MonitoringSettings
from stream.state.alert import Severity
from stream.state.metric import PREFIX
from stream.state.panel import Page

JOB: Final = "deskpulse"
"""The name of the scrape job; the alerts about missing workers look for it."""

_LONG, _SHORT = "24h", "1h"

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


def _burn_expression(thresholds: MonitoringSettings) -> str:
    alarming = number(thresholds.late_alarming)
    compliance = ratio_name("sla_compliance", ("policy", "sla"))
    ended = f"policy_sla_window:{PREFIX}sla_ended:sum"
    return "\nand ignoring (window)\n".join(
        (
            f'1 - {compliance}{{window="{_LONG}"}} > {alarming}',
            f'1 - {compliance}{{window="{_SHORT}"}} > {alarming}',
            f'{ended}{{window="{_LONG}"}} >= {thresholds.burn_clocks_day}',
            f'{ended}{{window="{_SHORT}"}} >= {thresholds.burn_clocks_hour}',
        )
    )


def _csat_expression(thresholds: MonitoringSettings) -> str:
    csat = ratio_name("csat", ())
    responses = summed(_RESPONSES, (), selector='{survey="csat", window="24h"}')
    drop = f'{csat}{{window="30d"}} - ignoring (window) {csat}{{window="24h"}}'
    return f"{drop} > {number(thresholds.csat_drop)}\nand\n{responses} >= {thresholds.csat_answers}"


def _stale_expression(thresholds: MonitoringSettings) -> str:
    events = f'{worker_metrics.EVENTS.exposed_name}{{topic="{TICKETS_TOPIC}"}}'
    # The hour around the same time a week ago, so that a night or a Sunday without events is none to be told of.
    usual = f"sum without ({PER_WORKER}, outcome) (increase({events}[1h] offset 6d23h30m))"
    silence = number(thresholds.silence_seconds)
    return (
        f'time() - {LAST_EVENT}{{topic="{TICKETS_TOPIC}"}} > {silence}\nunless\n{usual} < {thresholds.silence_events}'
    )


def _dead_letter_summary(share: float) -> str:
    if found := one_in(share, "record"):
        return f"More than {found} goes to the dead letters."
    return f"More than {percent(share)} of the records go to the dead letters."


def _overflow_expression() -> str:
    name = worker_metrics.LABEL_OVERFLOWS.exposed_name
    # The first overflow makes the series, and no increase is seen in a series that begins.
    grown, begun = f"increase({name}[1h]) > 0", f"{name} unless {name} offset 1h"
    return f"sum without ({PER_WORKER}) ({grown} or {begun}) > 0"


def _sla_alerts(thresholds: MonitoringSettings) -> Iterator[AlertingRule]:
    yield AlertingRule(
        "HelpdeskSlaBreached",
        f"{sum_name(_BREACHED)} > 0",
        Severity.CRITICAL,
        "Customers are waiting past an SLA deadline.",
        f"{{{{ $value }}}} open clocks for {_CLOCK} are past their deadline ({_TICKETS}).",
        DashboardLink(Page.SERVICE_LEVELS, ("job", "team"), "Clocks at risk and breached"),
    )
    yield AlertingRule(
        "HelpdeskSlaAtRisk",
        f"{sum_name(_AT_RISK)} > 0",
        Severity.WARNING,
        "SLA deadlines are near.",
        f"{{{{ $value }}}} clocks for {_CLOCK} will soon be past their deadline ({_TICKETS}).",
        DashboardLink(Page.SERVICE_LEVELS, ("job", "team"), "Clocks at risk and breached"),
    )
    yield AlertingRule(
        "HelpdeskSlaComplianceLow",
        _burn_expression(thresholds),
        Severity.WARNING,
        "Too many SLA clocks end late to keep to the objective.",
        f"{{{{ $value | humanizePercentage }}}} of the clocks for {_CLOCK} that ended in the last 24 hours ended late,"
        f" and as large a share in the last hour; the objective allows {number(100 * thresholds.late_allowed)}%.",
        DashboardLink(Page.SERVICE_LEVELS, ("job", "policy", "sla"), "Burn rate"),
        "5m",
    )


def _service_alerts(thresholds: MonitoringSettings) -> Iterator[AlertingRule]:
    yield AlertingRule(
        "HelpdeskBacklogGrowing",
        f"{_BACKLOG_BY_TEAM} - {_BACKLOG_BY_TEAM} offset 1d >= {thresholds.backlog_growth_tickets}\nand\n"
        f"{_BACKLOG_BY_TEAM} > {number(1 + thresholds.backlog_growth)} * {_BACKLOG_BY_TEAM} offset 1d",
        Severity.WARNING,
        f"A team's backlog is {fraction(thresholds.backlog_growth)} larger than a day ago.",
        "The backlog of team {{ $labels.team }} has grown by {{ $value }} tickets since this time yesterday.",
        DashboardLink(Page.TICKETS, ("job", "team"), "Backlog by team"),
        "30m",
    )
    yield AlertingRule(
        "HelpdeskAbandonmentHigh",
        f'{ratio_name("abandonment", ("channel",))}{{window="1h"}} > {number(thresholds.abandonment)}\nand\n'
        f"{summed(_OPENED, ('channel', 'window'), selector=_HOUR)} >= {thresholds.abandonment_tickets}",
        Severity.WARNING,
        f"More than {fraction(thresholds.abandonment)} of a channel's customers leave unserved.",
        "In the last hour, {{ $value | humanizePercentage }} of the tickets of channel {{ $labels.channel }} were"
        " abandoned.",
        DashboardLink(Page.TICKETS, ("job", "channel"), "Abandonment by channel", "1h"),
        "5m",
    )
    yield AlertingRule(
        "HelpdeskCsatDropped",
        _csat_expression(thresholds),
        Severity.WARNING,
        "Customers are less satisfied than they used to be.",
        "The share of satisfied customers in the last 24 hours is lower than that of the last 30 days, by"
        " {{ $value | humanizePercentage }} of all answers.",
        DashboardLink(Page.VOICE, ("job",), "CSAT over time", "24h"),
        "15m",
    )


def _worker_alerts(thresholds: MonitoringSettings) -> Iterator[AlertingRule]:
    letters = f"sum without ({PER_WORKER}, reason) (increase({_DEAD_LETTERS}[{SHARE_RANGE}]))"
    overdue = f"time() - {smallest_name(NEXT_DEADLINE)} > {number(thresholds.overdue_seconds)}"
    yield AlertingRule(
        "HelpdeskWorkerDown",
        f'up{{job="{JOB}"}} == 0',
        Severity.CRITICAL,
        "A deskpulse worker does not answer.",
        "The worker {{ $labels.instance }} could not be scraped for a minute, which is longer than a restart takes.",
        DashboardLink(Page.PIPELINE, ("job",), "Workers"),
        "1m",
    )
    yield AlertingRule(
        "HelpdeskWorkerAbsent",
        f'absent({_BUILD}{{job="{JOB}"}})',
        Severity.CRITICAL,
        "There is no deskpulse worker at all.",
        "No target of the job {{ $labels.job }} exports metrics: nothing is measured, and no SLA alert can fire.",
        DashboardLink(Page.PIPELINE, ("job",), "Workers"),
        "2m",
    )
    yield AlertingRule(
        "HelpdeskEventFlowStale",
        _stale_expression(thresholds),
        Severity.CRITICAL,
        "No events come from the helpdesk.",
        "No worker has taken in a record of {{ $labels.topic }} for {{ $value | humanizeDuration }}, although there"
        " were some at this time a week ago.",
        DashboardLink(Page.PIPELINE, ("job",), "Since the last record, by topic"),
        "5m",
    )
    yield AlertingRule(
        "HelpdeskConsumerLagHigh",
        f"{CONSUMER_LAG} > {thresholds.lag}",
        Severity.WARNING,
        "The workers fall behind, so the metrics are late.",
        "{{ $value }} records of {{ $labels.topic }} have not been taken in.",
        DashboardLink(Page.PIPELINE, ("job",), "Lag by topic"),
        "5m",
    )
    yield AlertingRule(
        "HelpdeskDeadLetterRateHigh",
        f"{DEAD_LETTER_SHARE} > {number(thresholds.dead_letters)}\nand\n{letters} >= {thresholds.dead_letters_records}",
        Severity.WARNING,
        _dead_letter_summary(thresholds.dead_letters),
        "{{ $value | humanizePercentage }} of the records of {{ $labels.topic }} went to the dead letters.",
        DashboardLink(Page.PIPELINE, ("job",), "Dead letters by reason"),
        "5m",
    )
    yield AlertingRule(
        "HelpdeskLabelOverflow",
        _overflow_expression(),
        Severity.INFO,
        "A label has more values than are told apart.",
        "Values of the label {{ $labels.label }} were folded into `other` in the last hour.",
        DashboardLink(Page.PIPELINE, ("job",), "Labels folded into other"),
    )
    yield AlertingRule(
        "HelpdeskSlaDeadlinesOverdue",
        # With the clock of events, deadlines are not to be compared with the time of Prometheus.
        f'{overdue}\nunless on (job)\n{_BUILD}{{clock="event"}}',
        Severity.CRITICAL,
        "SLA deadlines pass without being noticed.",
        f"The next deadline for {_CLOCK} was {{{{ $value | humanizeDuration }}}} ago, and its clock has not breached.",
        DashboardLink(Page.SERVICE_LEVELS, ("job", "policy", "sla"), "Nearest deadlines"),
        "2m",
    )
    yield AlertingRule(
        "HelpdeskWatchdog",
        "vector(1)",
        Severity.INFO,
        "Always fires, to show that alerts arrive.",
        "Prometheus evaluates its rules and reaches Alertmanager. If this alert stops arriving, no other alert arrives"
        " either.",
        DashboardLink(Page.PIPELINE),
    )


def alerts(thresholds: MonitoringSettings) -> tuple[AlertingRule, ...]:
    """All alerts: of the SLA clocks, of the service, of each kind, of the workers."""
    of_kinds = [alert for kind in KINDS for alert in kind_alerts(kind, thresholds)]
    return (*_sla_alerts(thresholds), *_service_alerts(thresholds), *of_kinds, *_worker_alerts(thresholds))


def alert_groups(thresholds: MonitoringSettings) -> list[RuleGroup]:
    """The groups of alerts; that of the SLA clocks sums them up itself, so that no evaluation passes in between."""
    clocks: list[RecordingRule] = [rule for metric in CLOCKS.values() for rule in sums(metric)]
    return [
        RuleGroup(f"{PREFIX}sla_alerts", [*clocks, *_sla_alerts(thresholds)]),
        RuleGroup(f"{PREFIX}service_alerts", [*_service_alerts(thresholds)]),
        *(RuleGroup(f"{PREFIX}{kind.name}_alerts", [*kind_alerts(kind, thresholds)]) for kind in KINDS if kind.alerts),
        RuleGroup(f"{PREFIX}worker_alerts", [*_worker_alerts(thresholds)]),
    ]
