"""The runbooks, which name the thresholds at which their alerts fire."""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib.resources import files
from typing import Final

from stream.desks.kinds import KINDS
from stream.monitoring.wording import fraction, grouped, number, one_in, percent, span, times_as
from stream.settings.monitoring import MonitoringSettings

_BUDGET_DAYS: Final = 30
_PLACE: Final = re.compile(r"\{\{ (\w+) \}\}")
_CHAPTER: Final = "Too many invalid records"


def runbook_files(thresholds: MonitoringSettings, handbook: str | None = None) -> dict[str, str]:
    """The text of every runbook by the name of its file.

    ``handbook`` is where its links find `deploy/README.md`; without it there are no links, only the name of that page.
    """
    words = _words(thresholds) | {"too_many_invalid_records": _reference(handbook)}
    packages = ["stream.monitoring", *(type(kind).__module__.rpartition(".")[0] for kind in KINDS if kind.alerts)]
    folders = [files(package) / "runbooks" for package in packages]
    sources = {
        file.name: file.read_text("utf-8")
        for folder in folders
        for file in folder.iterdir()
        if file.name.endswith(".md")
    }
    return {name: _filled(sources[name], words) for name in sorted(sources)}


def _reference(handbook: str | None) -> str:
    if handbook is None:
        return f"*{_CHAPTER}* in deskpulse's `deploy/README.md`"
    return f"[{_CHAPTER}]({handbook}#{_CHAPTER.lower().replace(' ', '-')})"


def _filled(text: str, words: Mapping[str, str]) -> str:
    return _PLACE.sub(lambda place: words[place[1]], text)


def _words(thresholds: MonitoringSettings) -> dict[str, str]:
    return {
        "sla_compliance": percent(thresholds.sla_compliance),
        "burn_rate": times_as(thresholds.burn_rate, "many"),
        "burn_clocks_day": grouped(thresholds.burn_clocks_day),
        "burn_clocks_hour": grouped(thresholds.burn_clocks_hour),
        "late_alarming": fraction(thresholds.late_alarming),
        "budget_days": f"{_BUDGET_DAYS / thresholds.burn_rate:.3g}",
        "backlog_growth": fraction(thresholds.backlog_growth),
        "backlog_growth_tickets": grouped(thresholds.backlog_growth_tickets),
        "abandonment": fraction(thresholds.abandonment),
        "abandonment_tickets": grouped(thresholds.abandonment_tickets),
        "csat_drop": number(100 * thresholds.csat_drop),
        "csat_answers": grouped(thresholds.csat_answers),
        "net_sentiment_drop": number(thresholds.net_sentiment_drop),
        "net_sentiment_mentions": grouped(thresholds.net_sentiment_mentions),
        "internal_quality": percent(thresholds.internal_quality),
        "internal_quality_reviews": grouped(thresholds.internal_quality_reviews),
        "call_service_level": percent(thresholds.call_service_level),
        "call_service_level_calls": grouped(thresholds.call_service_level_calls),
        "customer_churn": percent(thresholds.customer_churn),
        "customer_churn_customers": grouped(thresholds.customer_churn_customers),
        "call_wait_seconds": span(thresholds.call_wait_seconds),
        "occupancy": percent(thresholds.occupancy),
        "occupancy_agent_seconds": span(thresholds.occupancy_agent_seconds),
        "lag": grouped(thresholds.lag),
        "dead_letters": one_in(thresholds.dead_letters) or percent(thresholds.dead_letters),
        "dead_letters_records": grouped(thresholds.dead_letters_records),
        "silence_seconds": span(thresholds.silence_seconds),
        "silence_events": grouped(thresholds.silence_events),
        "overdue_seconds": span(thresholds.overdue_seconds),
    }
