"""What the table of a worker's numbers shows when its windows have nothing to show."""

from __future__ import annotations

from typing import Any

import pytest
from rich.console import Console
from typer.testing import CliRunner

from stream.cli import snapshot
from stream.cli.main import app
from stream.cli.snapshot import DEFAULT_WINDOWS, reason_for_lifetime, table_of, with_lifetime
from stream.windows.clock import Clock, EventClock, WallClock
from tests.kinds.tickets import ticket
from tests.kinds.worker import Worker
from tests.moments import DAY, microseconds


def numbers_after(days: float, *, clock: Clock | None = None) -> dict[str, Any]:
    worker = Worker(clock=clock or WallClock(lambda: microseconds(days * DAY) * 1_000))
    worker.take(ticket("opened", 0))
    return worker.numbers()


def test_the_lifetime_is_shown_when_everything_is_older_than_the_windows() -> None:
    numbers = numbers_after(31)

    shown = with_lifetime(numbers, DEFAULT_WINDOWS)

    assert shown == (*DEFAULT_WINDOWS, "lifetime")
    console = Console(width=200)
    with console.capture() as captured:
        console.print(table_of(numbers, shown))
    assert "lifetime" in captured.get()
    assert 'clock.mode = "event"' in reason_for_lifetime(numbers)


@pytest.mark.parametrize("days", [0.01, 29])
def test_the_lifetime_is_not_shown_while_a_window_has_something(days: float) -> None:
    assert with_lifetime(numbers_after(days), DEFAULT_WINDOWS) == DEFAULT_WINDOWS


def test_the_lifetime_is_not_shown_when_it_is_empty_too() -> None:
    assert with_lifetime(Worker().numbers(), DEFAULT_WINDOWS) == DEFAULT_WINDOWS


def test_who_has_the_event_clock_is_not_told_to_take_it() -> None:
    numbers = numbers_after(0, clock=EventClock())

    assert "clock.mode" not in reason_for_lifetime(numbers)


def test_the_command_says_why_it_shows_the_lifetime(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshot, "fetch", lambda *_: numbers_after(400))

    whole = CliRunner().invoke(app, ["snapshot"])
    asked = CliRunner().invoke(app, ["snapshot", "--window", "30d"])

    assert "lifetime" in whole.stdout
    assert "all windows are empty" in whole.stderr
    assert asked.stderr == ""
