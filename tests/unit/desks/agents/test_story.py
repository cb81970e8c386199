from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import orjson
import pytest

from schemas.events import AGENTS_TOPIC
from stream.desks.agents.story.settings import AgentStorySettings
from stream.feeds.simulator import Simulator, SimulatorSettings
from tests.oracle import compute

END = datetime(2026, 11, 1, tzinfo=UTC)
SUCCESSORS = {
    "available": {"busy", "offline", "available"},
    "busy": {"wrap_up"},
    "wrap_up": {"available", "away"},
    "away": {"available"},
    "offline": {"available"},
}
"""What may follow a state; who forgot to sign off is available again at the next shift."""


def values_of(settings: SimulatorSettings) -> list[bytes]:
    """What agents do in a month."""
    history = Simulator(settings, 8).history(END - timedelta(days=30), END, 3_000)
    return [event.value for event in history if event.topic == AGENTS_TOPIC]


@pytest.fixture(scope="module")
def month() -> list[bytes]:
    return values_of(SimulatorSettings())


def states_of(values: list[bytes]) -> dict[str, list[str]]:
    """The states of each agent, in order."""
    states = defaultdict(list)
    for value in values:
        event = orjson.loads(value)
        states[event["subject"]].append(event["data"]["state"])
    return states


def test_agents_go_from_state_to_state_as_people_do(month: list[bytes]) -> None:
    for states in states_of(month).values():
        assert states[0] == "available"
        assert {after for before, after in pairwise(states) if after not in SUCCESSORS[before]} == set()


def test_most_shifts_end_with_a_sign_off_and_some_do_not(month: list[bytes]) -> None:
    states = [found for of_agent in states_of(month).values() for found in pairwise(of_agent)]
    signed_off, forgotten = states.count(("offline", "available")), states.count(("available", "available"))

    assert 0 < forgotten < 0.2 * signed_off


def test_who_works_is_busy_most_of_the_time_and_takes_breaks(month: list[bytes]) -> None:
    window = compute(month)["windows"]["30d"]
    seconds = window["agent_state_seconds"]

    assert 0.6 < window["occupancy_ratio"] < 0.9
    assert 0.01 < seconds["away"] / sum(seconds.values()) < 0.15


def test_somebody_serves_a_queue_of_another_team_too(month: list[bytes]) -> None:
    data = [orjson.loads(value)["data"] for value in month]

    assert all(found["team"] == found["queues"][0] for found in data)
    assert {len(found["queues"]) for found in data} == {1, 2}


def test_that_nobody_forgets_to_sign_off_can_be_chosen() -> None:
    values = values_of(SimulatorSettings(stories=(AgentStorySettings(forgetful_share=0.0),)))

    assert all(("available", "available") not in pairwise(states) for states in states_of(values).values())
