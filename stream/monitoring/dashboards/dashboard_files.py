"""The dashboards as files, and what tells Grafana to load them."""

from __future__ import annotations

from typing import Any, Final

from grafana_foundation_sdk.cog.encoder import JSONEncoder

from schemas.yaml_text import yaml_text
from stream.monitoring.dashboards.building import dashboard
from stream.monitoring.dashboards.pages import dashboard_pages
from stream.settings.monitoring import MonitoringSettings

DASHBOARDS_FOLDER: Final = "/var/lib/grafana/dashboards"
"""Where Grafana is told to look for the dashboards: the place to which you mount or copy them."""

PROMETHEUS_ADDRESS: Final = "http://prometheus:9090"
"""Where Grafana looks for Prometheus: at the name that it has where both run in containers side by side."""

_PROVIDER: Final[dict[str, Any]] = {
    "apiVersion": 1,
    "providers": [
        {
            "name": "deskpulse",
            "folder": "deskpulse",
            "type": "file",
            "allowUiUpdates": False,
            "updateIntervalSeconds": 30,
            "options": {"path": DASHBOARDS_FOLDER},
        }
    ],
}
_DATASOURCE: Final[dict[str, Any]] = {
    "apiVersion": 1,
    "datasources": [
        {
            "name": "Prometheus",
            "uid": "deskpulse-prometheus",
            "type": "prometheus",
            "access": "proxy",
            "url": PROMETHEUS_ADDRESS,
            "isDefault": True,
            "jsonData": {"httpMethod": "POST", "timeInterval": "5s"},
        }
    ],
}


def dashboard_files(objectives: MonitoringSettings) -> dict[str, str]:
    """The JSON of every dashboard by its file's name."""
    made = {page.uid: dashboard(page, objectives) for page in dashboard_pages()}
    return {f"{uid}.json": JSONEncoder(sort_keys=True, indent=2).encode(one) + "\n" for uid, one in made.items()}


def provisioning_files(head: str) -> dict[str, str]:
    """The files below Grafana's folder for provisioning by their paths, each after a first line of comment."""
    contents = {"dashboards/deskpulse.yaml": _PROVIDER, "datasources/deskpulse.yaml": _DATASOURCE}
    return {path: head + yaml_text(content, width=1_000) for path, content in contents.items()}
