"""A worker that does not stop by itself."""

from __future__ import annotations

import asyncio
import logging
import os
import threading
from typing import Final, cast

import pytest
from mode import Service

from stream.app import Deskpulse
from stream.cli.stopping import StopDeadline, stop

PATIENCE_SECONDS: Final = 10.0


class Waiting(Service):
    """What waits for Kafka, which is gone until the test ends."""

    def __init__(self, kafka: asyncio.Event) -> None:
        super().__init__()
        self._kafka = kafka

    async def on_stop(self) -> None:
        await self._kafka.wait()


class App(Service):
    """Of several services, as Faust's app is: a cancellation ends the wait for one of them alone."""

    def __init__(self, kafka: asyncio.Event) -> None:
        self._kafka = kafka
        super().__init__()

    def on_init_dependencies(self) -> list[Service]:
        return [Waiting(self._kafka), Waiting(self._kafka)]


class HungWorker:
    def __init__(self, kafka: asyncio.Event) -> None:
        self._app = App(kafka)

    async def stop(self) -> None:
        await self._app.start()
        await self._app.stop()


class HeldUpLoop:
    """Joins a thread that does not end."""

    def __init__(self, exits: Exits) -> None:
        self._exits = exits

    async def stop(self) -> None:
        self._exits.ended.wait(PATIENCE_SECONDS)


class Exits:
    """The statuses that the process ended with, in the place of its end."""

    def __init__(self) -> None:
        self.statuses: list[int] = []
        self.ended = threading.Event()

    def __call__(self, status: int) -> None:
        self.statuses.append(status)
        self.ended.set()


@pytest.fixture
def exits(monkeypatch: pytest.MonkeyPatch) -> Exits:
    noted = Exits()
    monkeypatch.setattr(os, "_exit", noted)
    monkeypatch.setattr(logging, "shutdown", lambda: None)
    return noted


async def test_an_app_that_waits_on_though_it_was_cancelled_does_not_keep_the_process_and_tells_where_it_waits(
    exits: Exits, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    kafka = asyncio.Event()
    stopping = asyncio.create_task(stop(cast("Deskpulse", HungWorker(kafka))))
    await asyncio.sleep(0.05)
    stopping.cancel()
    await asyncio.sleep(0.05)
    assert not stopping.done()

    StopDeadline(0.01).start()
    assert await asyncio.to_thread(exits.ended.wait, PATIENCE_SECONDS)
    assert exits.statuses == [1]
    places = [message for message in caplog.messages if message.startswith("Still waiting: ")]
    assert any("on_stop (test_stopping.py:" in message and "wait (locks.py:" in message for message in places)
    kafka.set()
    await stopping


async def test_an_event_loop_that_is_held_up_does_not_keep_the_process(exits: Exits) -> None:
    StopDeadline(0.01).start()
    await stop(cast("Deskpulse", HeldUpLoop(exits)))

    assert exits.statuses == [1]


def test_a_worker_that_gives_up_stopping_ends_with_why_it_had_to_stop(
    exits: Exits, capsys: pytest.CaptureFixture[str]
) -> None:
    deadline = StopDeadline(0.01)
    deadline.last_words = "the changelog was deleted"
    deadline.start()

    assert exits.ended.wait(PATIENCE_SECONDS)
    assert capsys.readouterr().err.splitlines()[-1] == "deskpulse: the changelog was deleted"


def test_a_worker_that_was_told_to_stop_has_nothing_to_add(exits: Exits, capsys: pytest.CaptureFixture[str]) -> None:
    StopDeadline(0.01).start()

    assert exits.ended.wait(PATIENCE_SECONDS)
    assert "deskpulse: " not in capsys.readouterr().err


def test_the_time_to_stop_runs_from_the_first_reason_to(exits: Exits) -> None:
    deadline = StopDeadline(0.01)
    deadline.start()
    deadline.start()

    assert exits.ended.wait(PATIENCE_SECONDS)
    assert exits.statuses == [1]


async def test_that_stopping_failed_is_told_and_nothing_more(caplog: pytest.LogCaptureFixture) -> None:
    class Failing:
        async def stop(self) -> None:
            raise ConnectionError

    await stop(cast("Deskpulse", Failing()))

    assert caplog.messages == ["Stopping failed: ConnectionError()"]
