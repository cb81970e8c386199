"""The deployed configurations, with nothing changed but addresses, secrets and intervals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import yaml

from tests.monitoring.receiver import ALERTS_PATH, SLACK_PATH, WATCHDOG_PATH

DEPLOY: Final = Path(__file__).parents[2] / "deploy"
PROMETHEUS_CONFIG: Final = DEPLOY / "prometheus" / "prometheus.yml"
ALERTMANAGER_CONFIG: Final = DEPLOY / "alertmanager" / "alertmanager.yml"

WEBHOOK_TOKEN: Final = "webhook-token-of-a-test"  # noqa: S105 - no secret

INTERVAL: Final = "2s"
"""How often targets are scraped and rules are evaluated."""

_ROUTE_INTERVALS: Final = {"group_wait": "0s", "group_interval": "1s", "repeat_interval": "1h"}


def prometheus_config(
    targets: Sequence[str], alertmanager: str, labels: Mapping[str, str] | None = None, interval: str = INTERVAL
) -> str:
    """The deployed ``prometheus.yml`` for these targets and this Alertmanager, all given as ``host:port``."""
    config = _read(PROMETHEUS_CONFIG)
    config["global"] |= {"scrape_interval": interval, "scrape_timeout": interval, "evaluation_interval": interval}
    config["rule_files"] = [str(PROMETHEUS_CONFIG.parent / pattern) for pattern in config["rule_files"]]
    config["alerting"]["alertmanagers"][0]["static_configs"] = [{"targets": [alertmanager]}]
    (job,) = config["scrape_configs"]
    job["static_configs"] = [{"targets": list(targets), "labels": dict(labels or {})}]
    return yaml.safe_dump(config)


def alertmanager_config(receiver: str, mail: str, secrets: Path) -> str:
    """The deployed ``alertmanager.yml`` with its webhooks, Slack at ``receiver``, mail at ``mail``, both ``host:port``.

    The secrets are written to files below ``secrets``.
    """
    secrets.mkdir()
    token, slack = secrets / "webhook-token", secrets / "slack-url"
    token.write_text(WEBHOOK_TOKEN, "utf-8")
    slack.write_text(f"http://{receiver}{SLACK_PATH}", "utf-8")
    config = _read(ALERTMANAGER_CONFIG)
    config["global"] |= {"slack_api_url_file": str(slack), "smtp_smarthost": mail, "smtp_require_tls": False}
    config["templates"] = [str(ALERTMANAGER_CONFIG.parent / pattern) for pattern in config["templates"]]
    for route in _routes(config["route"]):
        route |= {name: value for name, value in _ROUTE_INTERVALS.items() if name in route}
    for webhook in (hook for each in config["receivers"] for hook in each.get("webhook_configs", ())):
        path = WATCHDOG_PATH if webhook["url"].endswith(WATCHDOG_PATH) else ALERTS_PATH
        webhook["url"] = f"http://{receiver}{path}"
        webhook["http_config"] = {"authorization": {"credentials_file": str(token)}}
    return yaml.safe_dump(config)


def _routes(route: dict[str, Any]) -> list[dict[str, Any]]:
    return [route, *(found for child in route.get("routes", ()) for found in _routes(child))]


def _read(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(path.read_text("utf-8"))
    return content
