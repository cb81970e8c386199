"""The simulated reviews are believable."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import orjson
import pytest

from schemas.events import REVIEWS_TOPIC, TICKETS_TOPIC, RatedCategory
from stream.desks.reviews.scorecard import points_of, ratings_of
from stream.desks.reviews.story.settings import ReviewStorySettings
from stream.feeds.simulator import Simulator, SimulatorSettings
from tests.kinds.worker import Worker

END = datetime(2026, 3, 2, tzinfo=UTC)
SUBMITTED = "helpdesk.review.submitted.v1"
AGENTS = {agent for team in SimulatorSettings().teams.values() for agent in team.agents}


def told(chosen: ReviewStorySettings) -> list[bytes]:
    """The events of a month of reviews."""
    settings = SimulatorSettings(stories=(chosen,))
    history = Simulator(settings, 5).history(END - timedelta(days=30), END, 3_000)
    return [event.value for event in history if event.topic == REVIEWS_TOPIC]


def scored(event: dict[str, Any]) -> int:
    """The points of a submission."""
    return points_of(ratings_of(msgspec.convert(event["data"]["categories"], tuple[RatedCategory, ...]))) or 0


@pytest.fixture(scope="module")
def events() -> list[bytes]:
    return told(ReviewStorySettings())


def test_most_reviews_are_good_and_a_few_fail(events: list[bytes]) -> None:
    worker = Worker()
    worker.take_of("reviews", *events)
    window = worker.window()

    assert window["reviews"] > 100
    assert 55 < window["internal_quality_score"] < 95
    assert 0 < window["failed_reviews_ratio"] < 0.25
    assert window["review_category_scores"]["grammar"] > window["review_category_scores"]["solution"]
    assert set(window["internal_quality_score_by_team"]) <= set(SimulatorSettings().teams)


def test_agents_are_reviewed_by_reviewers_and_now_and_then_by_themselves(events: list[bytes]) -> None:
    data = [orjson.loads(event)["data"] for event in events]

    assert {one["reviewee"] for one in data} <= AGENTS
    assert {one["reviewer"] for one in data if one["reviewer"] != one["reviewee"]} == {"noor", "otis", "petra"}
    assert any(one["reviewer"] == one["reviewee"] for one in data)


def test_a_review_is_of_a_ticket() -> None:
    settings = SimulatorSettings(stories=(ReviewStorySettings(),))
    history = list(Simulator(settings, 5).history(END - timedelta(days=5), END, 500))
    subjects = {
        topic: {orjson.loads(event.value)["subject"] for event in history if event.topic == topic}
        for topic in (REVIEWS_TOPIC, TICKETS_TOPIC)
    }

    assert subjects[REVIEWS_TOPIC]
    assert subjects[REVIEWS_TOPIC] <= subjects[TICKETS_TOPIC]


def test_an_accepted_dispute_is_followed_by_an_edit_that_does_not_lower_the_score(events: list[bytes]) -> None:
    stories: defaultdict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for event in map(orjson.loads, events):
        stories[event["subject"], event["data"]["reviewer"]].append(event)
    accepted = [
        (story[:place], story[place + 1])
        for story in stories.values()
        for place, event in enumerate(story[:-1])
        if event["data"].get("outcome") == "accepted"
    ]

    assert accepted
    for before, edit in accepted:
        assert edit["type"] == SUBMITTED
        assert scored(edit) >= scored([event for event in before if event["type"] == SUBMITTED][-1])


def test_nobody_is_reviewed_where_the_share_is_0() -> None:
    assert told(ReviewStorySettings(reviewed_share=0.0)) == []
