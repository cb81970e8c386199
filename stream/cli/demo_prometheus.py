"""A Prometheus beside the demo, which scrapes the worker and evaluates the rules."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPException
from pathlib import Path
from typing import Final
from urllib.request import urlopen

from schemas.yaml_text import yaml_text
from stream.cli.child_process import ChildProcess, child_process
from stream.feeds.loopback import ReservedPort
from stream.monitoring.alerts import JOB
from stream.monitoring.rule_files import rule_files
from stream.monitoring.rules import Links
from stream.settings.monitoring import MonitoringSettings

_COMMAND: Final = "prometheus"
_INTERVAL: Final = "5s"
_READY_SECONDS: Final = 30
_POLL_SECONDS: Final = 0.1
_ANSWER_SECONDS: Final = 2


class PrometheusUnavailableError(Exception):
    """There is no Prometheus to start, or it does not become ready; the message says what to do."""


@dataclass(frozen=True, slots=True)
class DemoPrometheus:
    """A Prometheus that is ready: its address and its process."""

    url: str
    process: ChildProcess

    def lines(self) -> str:
        """What the demo says of it."""
        return (
            f"  Prometheus {self.url}\n"
            f"             scrapes the worker every {_INTERVAL} and has the rules of deskpulse loaded\n"
            "  Grafana    take this Prometheus as data source and import deploy/grafana/dashboards/*.json, or what\n"
            "             `deskpulse monitoring export --into monitoring` writes into monitoring/grafana/dashboards"
        )


def prometheus_command() -> str:
    """The path of Prometheus. Raises ``PrometheusUnavailableError`` if it is not installed."""
    if (found := shutil.which(_COMMAND)) is None:
        raise PrometheusUnavailableError(
            f"--prometheus needs the command {_COMMAND}, which is not on the path: install Prometheus"
            f" (apt-get install {_COMMAND}), or run the demo without --prometheus"
        )
    return found


@contextlib.asynccontextmanager
async def demo_prometheus(
    command: str, folder: Path, target: str, thresholds: MonitoringSettings
) -> AsyncIterator[DemoPrometheus]:
    """A Prometheus on a free port of the loopback interface that scrapes ``target``, a ``host:port``.

    All that it writes is below ``folder``, which must exist. Raises ``PrometheusUnavailableError`` if it does not
    become ready, ``ChildEndedError`` if it ends.
    """
    links = Links(dashboards=thresholds.dashboards_url)
    rules = folder / "rules"
    rules.mkdir()
    for name, text in rule_files(links, thresholds, "deskpulse demo --prometheus").items():
        (rules / name).write_text(text, "utf-8")
    (folder / "prometheus.yml").write_text(_configuration(target), "utf-8")
    with ReservedPort() as port:
        arguments = (
            "--config.file=prometheus.yml",
            "--storage.tsdb.path=data",
            f"--web.listen-address={port.address}",
        )
        log = folder / "prometheus.log"
        async with child_process("Prometheus", (command, *arguments), log) as process:
            url = f"http://{port.address}"
            await _until_ready(url, process)
            yield DemoPrometheus(url, process)


def _configuration(target: str) -> str:
    every = {"scrape_interval": _INTERVAL, "scrape_timeout": "4s", "evaluation_interval": _INTERVAL}
    job = {"job_name": JOB, "static_configs": [{"targets": [target]}]}
    return yaml_text({"global": every, "rule_files": ["rules/*.yml"], "scrape_configs": [job]}, width=120)


async def _until_ready(url: str, process: ChildProcess) -> None:
    for _ in range(round(_READY_SECONDS / _POLL_SECONDS)):
        process.check_alive()
        if await asyncio.to_thread(_is_ready, url):
            return
        await asyncio.sleep(_POLL_SECONDS)
    raise PrometheusUnavailableError(f"Prometheus was not ready within {_READY_SECONDS} s:\n{process.last_lines()}")


def _is_ready(url: str) -> bool:
    try:
        with urlopen(f"{url}/-/ready", timeout=_ANSWER_SECONDS) as answer:  # noqa: S310 - on this machine
            return bool(answer.status == HTTPStatus.OK)
    except (OSError, HTTPException):
        return False
