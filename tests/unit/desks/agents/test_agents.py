from __future__ import annotations

from typing import Any

import orjson
import pytest

from stream.desks.agents.agent_hour import AgentHour
from stream.desks.agents.desk import BEYOND_WINDOWS, AgentDesk
from stream.state.rejection import Reason
from stream.state.rows import ENTITY, part_of, subject_in
from tests.kinds.agents import agent
from tests.kinds.kind_under_test import subjects_of
from tests.kinds.worker import Worker
from tests.moments import DAY, HOUR, MINUTE, MovableClock, microseconds


def desk_of(worker: Worker) -> AgentDesk:
    """The desk of the agents."""
    return worker.desk(AgentDesk)


def names_of(worker: Worker) -> set[str]:
    """The agents of whom there are rows."""
    return {subject_in(ENTITY + part.encode()).decode() for part in subjects_of(desk_of(worker))}


def test_who_falls_silent_leaves_at_the_very_moment_with_no_event() -> None:
    clock = MovableClock()
    worker = Worker(clock=clock)
    worker.take_of("agents", agent("available", 0))
    found = []
    for clock.seconds in (0, 8 * HOUR - 1e-6, 8 * HOUR, 9 * HOUR):
        worker.states["agents"].advance(caught_up=True)
        found.append((worker.state()["agents_on_queue"], worker.window("24h")["agents_on_queue"]["seconds"]))

    assert found == [(1, 0), (1, 8 * HOUR - 1e-6), (0, 8 * HOUR), (0, 8 * HOUR)]


def test_a_restart_neither_forgets_nor_hastens_who_will_leave() -> None:
    clock = MovableClock()
    worker = Worker(clock=clock, events_between=1)
    rows = worker.take_of("agents", agent("busy", 0), agent("available", 0, "A-2")).rows
    again = Worker(clock=clock)
    again.states["agents"].load(rows)
    again.states["agents"].loaded()
    found = []
    for clock.seconds in (7 * HOUR, 8 * HOUR):
        again.states["agents"].advance(caught_up=True)
        found.append(again.state()["agents"])

    assert found == [2, 0]


def test_what_is_kept_of_an_agent_is_a_small_row_for_each_hour() -> None:
    worker = Worker()
    worker.take_of(
        "agents",
        *(agent(("busy", "available")[number % 2], number * 10 * MINUTE) for number in range(12)),
        agent("available", 7 * DAY),
    )

    hours = [value for part in subjects_of(desk_of(worker)) if (value := desk_of(worker).value(part)) is not None]
    assert sorted(len(hour.entries) for hour in hours) == [1, 6, 6]


def test_an_event_rewrites_the_row_before_its_own_only_where_it_is_the_first_of_its_hour() -> None:
    worker = Worker()
    worker.take_of("agents", agent("available", 0))
    first = worker.take_of("agents", agent("busy", HOUR)).rows
    second = worker.take_of("agents", agent("available", HOUR + 1)).rows

    assert [sum(row.key.startswith(ENTITY) for row in rows) for rows in (first, second)] == [2, 1]


def test_an_hour_between_others_that_comes_late_parts_them() -> None:
    worker = Worker()
    for event in (agent("busy", 0), agent("offline", 5 * HOUR), agent("available", 2 * HOUR), agent("away", 1 * HOUR)):
        worker.take_of("agents", event)

    seconds = {"available": 3 * HOUR, "busy": HOUR, "wrap_up": 0, "away": HOUR}
    assert worker.window("24h")["agent_state_seconds"] == seconds


def test_what_is_older_than_all_windows_leaves_and_changes_no_number() -> None:
    worker = Worker(events_between=1)
    worker.take_of("agents", agent("busy", 0, "A-1"), agent("offline", HOUR, "A-1"))
    worker.take_of("agents", agent("available", 50 * DAY, "A-2"))
    before = worker.numbers()
    worker.take_of("agents", agent("available", 50 * DAY, "A-2"))
    worker.take_of("agents", agent("busy", 50 * DAY, "A-3"))
    worker.take_of("agents", agent("busy", 50 * DAY, "A-3"))

    assert before["windows"]["30d"]["agents"]["seconds"] == 0
    assert names_of(worker) == {"A-2", "A-3"}


def test_an_event_that_changes_no_window_any_more_is_set_aside_and_not_refused() -> None:
    worker = Worker()
    worker.take_of("agents", agent("available", 50 * DAY))
    outcome = worker.take_of("agents", agent("busy", 0, "A-2"))

    assert (outcome.applied, outcome.rejections, outcome.set_aside) == (1, [], {BEYOND_WINDOWS: 1})
    assert names_of(worker) == {"A-1"}


@pytest.mark.parametrize(
    "data", [{"state": "lunch"}, {}, {"state": "busy", "queues": [""]}, {"state": "busy", "queues": ["q"] * 101}]
)
def test_what_is_no_state_or_no_queue_is_rejected(data: dict[str, Any]) -> None:
    event = agent("available", 0).replace(b'{"state":"available"}', orjson.dumps(data))
    (rejection,) = Worker().take_of("agents", event).rejections

    assert rejection.reason is Reason.INVALID


def test_what_an_hour_takes_in_a_row_is_estimated_well_enough() -> None:
    worker = Worker()
    posts: dict[str, Any] = {"team": "first", "channel": "phone", "queues": ["b" * 200, "technical"]}
    worker.take_of("agents", agent("busy", 0, **posts), agent("wrap_up", 5, **posts))
    desk = desk_of(worker)
    part = part_of("A-1", microseconds(0) // 3_600_000_000)
    hour = desk.value(part)
    assert isinstance(hour, AgentHour)

    assert desk.row_bytes(part, hour) >= len(desk.encoded(next(iter(desk.hot.young.values()))))
