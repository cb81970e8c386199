"""Recording and alerting rules, and how they are written down for Prometheus."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from stream.monitoring.addresses import DashboardLink
from stream.settings.monitoring import DASHBOARDS_URL
from stream.state.alert import Severity

RUNBOOKS_URL: Final = "https://deskpulse.example/runbooks"
"""Where an alert's runbook is looked for, as ``<url>/<alert>.md``, until you say where you publish the runbooks.

No such host exists. ``deskpulse monitoring export --into FOLDER --runbooks URL`` writes the rules with yours.
"""


@dataclass(frozen=True, slots=True)
class Links:
    """The bases of the addresses that alerts point to, ``<runbooks>/<alert>.md`` and ``<dashboards>/<uid>``.

    They have no slash at the end.
    """

    runbooks: str = RUNBOOKS_URL
    dashboards: str = DASHBOARDS_URL


@dataclass(frozen=True, slots=True)
class RecordingRule:
    """A series that Prometheus works out: ``name`` is ``level:metric:operations``."""

    name: str
    expression: str

    def written(self, _links: Links) -> dict[str, Any]:
        """The rule as Prometheus reads it."""
        return {"record": self.name, "expr": self.expression}


@dataclass(frozen=True, slots=True)
class AlertingRule:
    """An alert that fires once ``expression`` has had a result for ``pending``.

    ``summary`` is the same for all its alerts, ``description`` a template over labels and value.
    """

    name: str
    expression: str
    severity: Severity
    summary: str
    description: str
    dashboard: DashboardLink
    pending: str = "0s"

    def written(self, links: Links) -> dict[str, Any]:
        """The rule as Prometheus reads it."""
        return {
            "alert": self.name,
            "expr": self.expression,
            "for": self.pending,
            "labels": {"severity": self.severity.value},
            "annotations": {
                "summary": self.summary,
                "description": self.description,
                "runbook_url": f"{links.runbooks}/{self.name}.md",
                "dashboard_url": self.dashboard.address(links.dashboards),
            },
        }


@dataclass(frozen=True, slots=True)
class RuleGroup:
    """Rules that are evaluated one after the other, so that each sees what those before it have found."""

    name: str
    rules: Sequence[RecordingRule | AlertingRule]

    def written(self, links: Links) -> dict[str, Any]:
        """The group as Prometheus reads it."""
        return {"name": self.name, "rules": [rule.written(links) for rule in self.rules]}
