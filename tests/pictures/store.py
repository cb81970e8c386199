"""A Prometheus whose past is the simulated week: scrapes and results of recording rules, as blocks of its store."""

from __future__ import annotations

import asyncio
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import aiohttp

from stream.feeds.loopback import ReservedPort
from tests.monitoring.server import Server
from tests.pictures.commands import run
from tests.pictures.dashboards import rules_for
from tests.pictures.story import CLOSELY, COARSE, DAY, END, FINE, SLOT, WEEK

WORKERS: Final = 2
LOOKBACK: Final = FINE / 5
"""How long a sample counts: less than from one scrape to the next.

A store that is filled from files has no marks where a series ends, which Prometheus makes when it scrapes. What is gone
from a scrape would still be seen beside what is in it, such as a part that is no longer there beside a smaller whole.
"""
_QUERY_SECONDS: Final = 120.0
_BLOCK_SECONDS: Final = 300.0
_WEEK_SECONDS: Final = 1_800.0


class StoreError(Exception):
    """Prometheus cannot answer; the message says what, and why."""


async def live_through(samples: Path) -> list[Path]:
    """Let workers live through the week, each in a process of its own; return the files of their samples in a folder.

    Raises ``CommandError`` if one fails.
    """
    command = sys.executable, "-m", "tests.pictures.simulated_worker"
    workers = (run(*command, str(number), str(WORKERS), samples, seconds=_WEEK_SECONDS) for number in range(WORKERS))
    await asyncio.gather(*workers)
    return await asyncio.to_thread(lambda: sorted(samples.glob("*.om")))


class Store:
    """A Prometheus on a store of its own in a folder, and on a port. It evaluates and scrapes nothing."""

    def __init__(self, prometheus: str, promtool: str, folder: Path, port: ReservedPort) -> None:
        self._promtool = promtool
        self._data = folder / "data"
        self._folder = folder
        self._port = port
        self._command = (
            prometheus,
            "--config.file=prometheus.yml",
            f"--storage.tsdb.path={self._data.resolve()}",
            "--storage.tsdb.retention.time=100y",
            f"--query.lookback-delta={LOOKBACK.total_seconds():.0f}s",
            f"--web.listen-address={self._port.address}",
        )
        self._server: Server | None = None

    def is_filled(self) -> bool:
        """Whether it has been filled to the end."""
        return (self._folder / "filled").exists()

    async def fill(self, samples: Sequence[Path]) -> None:
        """Take over files of samples, and work out the rules that need only what is there, until none is left.

        The files are gone then. Raises ``CommandError``, ``ServerStartError`` or ``StoreError``.
        """
        for path in samples:
            await self._add(path)
            path.unlink()
        done: set[str] = set()
        rules = rules_for(timedelta())
        of_the_week = {rule.record for rule in rules_for(DAY)}
        names = {rule.record for rule in rules}
        while rules:
            ready = [rule for rule in rules if not (names - done) & {name for name in names if name in rule.expression}]
            if not ready:
                raise StoreError(f"rules need one another: {', '.join(rule.record for rule in rules)}")
            await self.start()
            slots: dict[int, list[str]] = defaultdict(list)
            for rule in ready:
                spans = [(END - CLOSELY, END, FINE)]
                if rule.record in of_the_week:
                    spans.insert(0, (END - WEEK, END - CLOSELY - COARSE, COARSE))
                for begin, end, step in spans:
                    _note(slots, rule.record, await self.over_time(rule.expression, begin, end, step))
            await self.stop()
            for slot, lines in sorted(slots.items()):
                path = self._folder / f"rules-{slot}.om"
                path.write_text("\n".join([*lines, "# EOF\n"]), "utf-8")
                await self._add(path)
                path.unlink()
            done |= {rule.record for rule in ready}
            rules = [rule for rule in rules if rule.record not in done]
        (self._folder / "filled").touch()

    async def start(self) -> None:
        """Serve what was added so far; raises ``ServerStartError``."""
        self._folder.mkdir(parents=True, exist_ok=True)
        (self._folder / "prometheus.yml").write_text("global: {}\n", "utf-8")
        self._server = Server(self._command, self._port.address, self._folder / "prometheus.log")
        await self._server.start()

    async def stop(self) -> None:
        """End it."""
        if self._server is not None:
            await self._server.stop()
            self._server = None

    async def at(self, expression: str, moment: datetime) -> list[dict[str, Any]]:
        """The result of an instant query; raises ``StoreError``."""
        return await self._ask("query", {"query": expression, "time": str(moment.timestamp())})

    async def over_time(self, expression: str, begin: datetime, end: datetime, step: timedelta) -> list[dict[str, Any]]:
        """The result of a query over time; raises ``StoreError``."""
        parameters = {
            "query": expression,
            "start": str(begin.timestamp()),
            "end": str(end.timestamp()),
            "step": str(step.total_seconds()),
        }
        return await self._ask("query_range", parameters)

    async def _ask(self, what: str, parameters: Mapping[str, str]) -> list[dict[str, Any]]:
        assert self._server is not None
        timeout = aiohttp.ClientTimeout(_QUERY_SECONDS)
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.post(f"{self._server.url}/api/v1/{what}", data=parameters) as response,
        ):
            answer = await response.json()
        if answer["status"] != "success":
            raise StoreError(f"{parameters['query']}: {answer.get('error')}")
        result: list[dict[str, Any]] = answer["data"]["result"]
        return result

    async def _add(self, path: Path) -> None:
        await run(self._promtool, "tsdb", "create-blocks-from", "openmetrics", path, self._data, seconds=_BLOCK_SECONDS)


def _note(slots: dict[int, list[str]], name: str, result: Iterable[dict[str, Any]]) -> None:
    """Write down what a rule came to, in the slots in which it did."""
    length = int(SLOT.total_seconds())
    for series in result:
        labels = ",".join(
            f'{label}="{_escaped(value)}"' for label, value in series["metric"].items() if label != "__name__"
        )
        for moment, value in series["values"]:
            slots[int(moment) // length].append(f"{name}{{{labels}}} {value} {moment:.0f}")


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
