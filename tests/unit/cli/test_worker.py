from __future__ import annotations

import asyncio
import logging
import os
from typing import cast

import pytest

from stream.app import Deskpulse
from stream.cli import worker as worker_module
from stream.cli.worker import _explained, _stop
from stream.runtime.kafka.topic_watch import ChangedTopicError, TopicWatch

NO_WORKER = cast("Deskpulse", None)
"""Nothing is asked of the worker but after a fencing."""


class Exit(BaseException):
    """The process ends."""


class StuckWorker:
    async def stop(self) -> None:
        await asyncio.Event().wait()


class Watch(TopicWatch):
    def __init__(self, seen: str | None) -> None:
        self.seen = seen

    async def look(self) -> str | None:
        return self.seen


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    def end(status: int) -> None:
        assert status == 1
        raise Exit

    monkeypatch.setattr(worker_module, "STOP_SECONDS", 0.01)
    monkeypatch.setattr(os, "_exit", end)
    monkeypatch.setattr(logging, "shutdown", lambda: None)


@pytest.mark.usefixtures("impatient")
async def test_a_worker_that_gives_up_stopping_ends_with_why_it_had_to_stop(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(Exit):
        await _stop(cast("Deskpulse", StuckWorker()), "the changelog was deleted")

    assert capsys.readouterr().err.splitlines()[-1] == "deskpulse: the changelog was deleted"


@pytest.mark.usefixtures("impatient")
async def test_a_worker_that_was_told_to_stop_has_nothing_to_add(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(Exit):
        await _stop(cast("Deskpulse", StuckWorker()), "")

    assert "deskpulse: " not in capsys.readouterr().err


async def test_what_became_of_a_topic_comes_before_the_error_that_followed_from_it() -> None:
    error = OSError("not the leader")

    assert await _explained(NO_WORKER, error, Watch("T was deleted")) == "T was deleted (OSError: not the leader)"
    assert await _explained(NO_WORKER, error, Watch(None)) == "OSError: not the leader"
    assert await _explained(NO_WORKER, ChangedTopicError("T was deleted"), Watch("T was deleted")) == "T was deleted"
