"""What Alertmanager tells the world, collected: webhooks and messages to Slack."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from aiohttp import web

from stream.feeds.loopback import LOOPBACK

ALERTS_PATH: Final = "/alerts"
WATCHDOG_PATH: Final = "/watchdog"
SLACK_PATH: Final = "/slack"


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert of a notification, with the address that it came to and the header of authorization it came with."""

    path: str
    authorization: str
    receiver: str
    status: str
    labels: dict[str, str]
    annotations: dict[str, str]

    @property
    def name(self) -> str:
        """The alert's name."""
        return self.labels["alertname"]


@dataclass(slots=True)
class Receiver:
    """A server on the loopback interface that collects what is posted to it."""

    alerts: list[Alert] = field(default_factory=list)
    """Every alert of every notification, in the order in which they came."""

    slack: list[dict[str, Any]] = field(default_factory=list)
    """Every message to Slack."""

    address: str = ""
    """The server's ``host:port``, known after its start."""

    _news: asyncio.Condition = field(default_factory=asyncio.Condition)
    _runner: web.AppRunner | None = None

    async def start(self) -> None:
        """Begin to collect."""
        application = web.Application()
        application.add_routes(
            [
                web.post(ALERTS_PATH, self._take_alerts),
                web.post(WATCHDOG_PATH, self._take_alerts),
                web.post(SLACK_PATH, self._take_slack),
            ]
        )
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        await web.TCPSite(self._runner, LOOPBACK, 0).start()
        self.address = f"{LOOPBACK}:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        """Stop; what was collected stays."""
        if self._runner is not None:
            await self._runner.cleanup()

    async def wait_for(self, is_there: Callable[[], bool], seconds: float) -> None:
        """Return once ``is_there``, asked anew whenever something came; raises ``TimeoutError``."""
        async with asyncio.timeout(seconds), self._news:
            await self._news.wait_for(is_there)

    async def _take_alerts(self, request: web.Request) -> web.Response:
        notification = await request.json()
        authorization = request.headers.get("Authorization", "")
        self.alerts += [
            Alert(
                request.path,
                authorization,
                notification["receiver"],
                alert["status"],
                alert["labels"],
                alert["annotations"],
            )
            for alert in notification["alerts"]
        ]
        return await self._noted("")

    async def _take_slack(self, request: web.Request) -> web.Response:
        self.slack.append(await request.json())
        return await self._noted("ok")

    async def _noted(self, answer: str) -> web.Response:
        async with self._news:
            self._news.notify_all()
        return web.Response(text=answer)
