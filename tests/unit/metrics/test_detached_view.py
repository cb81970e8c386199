from __future__ import annotations

from typing import Any

import pytest

from stream.desks.surveys.resources import newest_comments
from stream.desks.tickets.resources import SLA
from stream.desks.tickets.summary import clocks_now
from stream.metrics.collector import Vitals
from stream.metrics.final_numbers import daily_numbers, final_numbers
from stream.metrics.view import WINDOW_NAMES, DetachedViewError, WorkerView
from stream.windows.clock import WallClock
from stream.windows.sliding import LIFETIME
from tests.kinds.surveys import survey
from tests.kinds.tickets import ticket
from tests.kinds.worker import Worker
from tests.moments import MINUTE, microseconds
from tests.unit.metrics.scraping import scrape


@pytest.fixture
def worker() -> Worker:
    made = Worker()
    made.take(
        ticket("opened", 0, channel="email"),
        ticket("replied", 60, actor="agent"),
        ticket("opened", 90_000, "T-2", channel="chat"),
        ticket("resolved", 90_600, "T-2"),
    )
    made.take_of("surveys", survey("responded", 90_700, survey="csat", scale="1-5", score=5, comment="quick"))
    return made


def detached(worker: Worker) -> WorkerView:
    view = worker.view()
    view.detach(WINDOW_NAMES, days=True)
    return view


def sla_clocks(view: WorkerView) -> dict[str, Any]:
    """What the web port answers of the SLA clocks."""
    summary = view.summary("tickets")
    return clocks_now(summary.clocks, view.now)


def everything(view: WorkerView) -> list[Any]:
    text = [line for line in scrape(lambda: view, Vitals).text.splitlines() if "collect_duration" not in line]
    return [text, final_numbers(view, parts=True), daily_numbers(view), sla_clocks(view)]


def test_a_detached_view_shows_what_the_states_showed(worker: Worker) -> None:
    assert everything(detached(worker)) == everything(worker.view())


def test_a_detached_view_stays_as_it_was_when_the_states_go_on(worker: Worker) -> None:
    before, view = everything(worker.view()), detached(worker)

    worker.take(ticket("opened", 90_800, "T-3", channel="phone"), ticket("resolved", 90_900))
    worker.take_of("surveys", survey("responded", 90_950, "S-2", survey="csat", scale="1-5", score=1))

    assert everything(view) == before
    assert everything(worker.view()) != before


def test_what_was_not_copied_cannot_be_asked_for(worker: Worker) -> None:
    view = worker.view()
    view.detach(["30d"])

    assert view.window("30d")
    with pytest.raises(KeyError):
        view.window(LIFETIME)
    with pytest.raises(KeyError):
        list(view.days())


def test_what_only_the_states_know_cannot_be_asked_for(worker: Worker) -> None:
    view, explain = detached(worker), SLA.find
    assert explain is not None

    with pytest.raises(DetachedViewError):
        newest_comments(view.desks("surveys"))
    with pytest.raises(DetachedViewError):
        explain(view.desks("tickets"), view, {"ticket": "T-1"})


def test_a_view_shows_the_windows_of_its_moment_and_moves_none() -> None:
    now = microseconds(MINUTE)
    worker = Worker(clock=WallClock(lambda: now * 1_000))
    worker.take(ticket("opened", 0))
    assert worker.count("tickets_opened", "5m") == 1

    now = microseconds(10 * MINUTE)
    assert worker.count("tickets_opened", "5m") == 0
    assert worker.count("tickets_opened", "1h") == 1
    assert len(worker.tickets.windows.totals_of("5m")) > 0

    now = microseconds(2 * MINUTE)
    assert worker.count("tickets_opened", "5m") == 1
