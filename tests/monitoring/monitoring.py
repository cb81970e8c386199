"""Prometheus, Alertmanager and a receiver of notifications, wired as they are deployed."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple, Self

import aiohttp

from stream.feeds.loopback import ReservedPort
from tests.monitoring.configuration import INTERVAL, alertmanager_config, prometheus_config
from tests.monitoring.mail import MailServer
from tests.monitoring.receiver import Alert, Receiver
from tests.monitoring.server import Server
from tests.monitoring.tools import MonitoringTools

QUERY_SECONDS: Final = 10.0
_POLL_SECONDS: Final = 0.2


class Sample(NamedTuple):
    """One series of an instant query's result."""

    labels: dict[str, str]
    value: float


Samples = list[Sample]


class Monitoring:
    """Scrapes ``targets``, given as ``host:port``, every ``interval`` and evaluates the deployed rules as often.

    ``labels`` are those that all targets get. Data and logs are below ``folder``. Making one raises
    ``ToolsUnavailableError``, entering it ``ServerStartError``.
    """

    def __init__(
        self,
        folder: Path,
        targets: Sequence[str],
        labels: Mapping[str, str] | None = None,
        interval: str = INTERVAL,
    ) -> None:
        tools = MonitoringTools.find()
        self.receiver = Receiver()
        self.mail = MailServer()
        self._folder = folder
        self._targets = tuple(targets)
        self._labels = labels
        self._interval = interval
        self._ports = ReservedPort(), ReservedPort()
        prometheus, alertmanager = (port.address for port in self._ports)
        self._alertmanager_address = alertmanager
        self._alertmanager = Server(
            (
                tools.alertmanager,
                "--config.file=alertmanager.yml",
                "--storage.path=alertmanager-data",
                f"--web.listen-address={alertmanager}",
                "--cluster.listen-address=",
            ),
            alertmanager,
            folder / "alertmanager.log",
        )
        self._prometheus = Server(
            (
                tools.prometheus,
                "--config.file=prometheus.yml",
                "--storage.tsdb.path=prometheus-data",
                f"--web.listen-address={prometheus}",
                # What fires before Prometheus has found its Alertmanager would be sent again after a minute only.
                f"--rules.alert.resend-delay={INTERVAL}",
            ),
            prometheus,
            folder / "prometheus.log",
        )

    @property
    def alerts(self) -> list[Alert]:
        """Every alert of every notification so far, in the order in which they came."""
        return self.receiver.alerts

    async def notification(self, wanted: Callable[[Alert], bool], seconds: float = 30.0) -> Alert:
        """The first alert, of those that came and of those to come, that is ``wanted``.

        Raises ``AssertionError`` with what came instead if there is none within so many seconds.
        """

        def found() -> Alert | None:
            return next(filter(wanted, self.alerts), None)

        with contextlib.suppress(TimeoutError):
            await self.receiver.wait_for(lambda: found() is not None, seconds)
        if (alert := found()) is None:
            came = [(each.status, each.labels) for each in self.alerts]
            raise AssertionError(f"no such notification within {seconds} s, but {came}\n{self.last_words()}")
        return alert

    async def query(self, expression: str) -> Samples:
        """The result of an instant query; raises ``AssertionError`` with Prometheus' answer if it has none."""
        timeout = aiohttp.ClientTimeout(QUERY_SECONDS)
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.post(f"{self._prometheus.url}/api/v1/query", data={"query": expression}) as response,
        ):
            answer = await response.json()
        if answer["status"] != "success":
            raise AssertionError(f"{expression}: {answer}")
        return [Sample(each["metric"], float(each["value"][1])) for each in answer["data"]["result"]]

    async def until(self, expression: str, holds: Callable[[Samples], bool], seconds: float = 30.0) -> Samples:
        """Query again and again until the result is such that it ``holds``, and return it.

        Raises ``AssertionError`` with the last result if that takes longer than so many seconds.
        """
        samples: Samples = []
        for _ in range(round(seconds / _POLL_SECONDS)):
            samples = await self.query(expression)
            if holds(samples):
                return samples
            await asyncio.sleep(_POLL_SECONDS)
        raise AssertionError(f"{expression} is {samples} after {seconds} s\n{self.last_words()}")

    async def rule_errors(self) -> list[str]:
        """The rules whose last evaluation failed, each with the reason."""
        timeout = aiohttp.ClientTimeout(QUERY_SECONDS)
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.get(f"{self._prometheus.url}/api/v1/rules") as response,
        ):
            groups = (await response.json())["data"]["groups"]
        rules = [rule for group in groups for rule in group["rules"]]
        assert rules
        return [f"{rule['name']}: {rule['lastError']}" for rule in rules if rule.get("lastError")]

    def last_words(self) -> str:
        """The last lines of both logs."""
        return f"{self._alertmanager.last_words()}\n{self._prometheus.last_words()}"

    async def __aenter__(self) -> Self:
        try:
            await self.receiver.start()
            await self.mail.start()
            config = alertmanager_config(self.receiver.address, self.mail.address, self._folder / "secrets")
            await self._start(self._alertmanager, config)
            config = prometheus_config(self._targets, self._alertmanager_address, self._labels, self._interval)
            await self._start(self._prometheus, config)
        except BaseException:
            await self._stop()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stop()

    async def _start(self, server: Server, config: str) -> None:
        name = "alertmanager" if server is self._alertmanager else "prometheus"
        (self._folder / f"{name}.yml").write_text(config, "utf-8")
        await server.start()

    async def _stop(self) -> None:
        await self._prometheus.stop()
        await self._alertmanager.stop()
        await self.receiver.stop()
        await self.mail.stop()
        for port in self._ports:
            port.release()
