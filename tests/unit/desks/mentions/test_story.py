"""The simulated mentions are believable, and on some days a product breaks."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest

from schemas.events import MENTIONS_TOPIC
from stream.desks.mentions.story.settings import MentionStorySettings
from stream.feeds.simulator import Simulator, SimulatorSettings

END = datetime(2026, 3, 2, tzinfo=UTC)
DAYS = 60


def told(chosen: MentionStorySettings) -> list[dict[str, Any]]:
    """The events of two months of mentions."""
    settings = SimulatorSettings(stories=(chosen,))
    history = Simulator(settings, 5).history(END - timedelta(days=DAYS), END, 4_000)
    return [orjson.loads(event.value) for event in history if event.topic == MENTIONS_TOPIC]


def nets(events: list[dict[str, Any]]) -> dict[tuple[str, str], float]:
    """The net of each product on each day with enough mentions, by the labels that were posted."""
    counts: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for event in events:
        if event["type"].endswith(".posted.v1") and "sentiment" in event["data"]:
            counts[event["time"][:10], event["data"]["category"]][event["data"]["sentiment"]] += 1
    return {
        place: (found["positive"] - found["negative"]) / found.total()
        for place, found in counts.items()
        if found.total() >= 8
    }


@pytest.fixture(scope="module")
def events() -> list[dict[str, Any]]:
    return told(MentionStorySettings(labelled_share=1.0, labelled_later_share=0.0))


def test_on_a_day_on_which_a_product_breaks_its_mentions_are_many_and_bad(events: list[dict[str, Any]]) -> None:
    broken = {place for place, net in nets(events).items() if net < -0.5}
    per_day = Counter((event["time"][:10], event["data"].get("category")) for event in events)
    usual = sum(per_day.values()) / DAYS / 4

    assert 1 <= len({day for day, _ in broken}) <= DAYS / 4
    assert all(per_day[place] > usual for place in broken)


def test_without_such_days_no_product_is_spoken_ill_of(events: list[dict[str, Any]]) -> None:
    calm = told(MentionStorySettings(broken_day_share=0.0, labelled_share=1.0))

    assert all(net > -0.9 for net in nets(calm).values())
    assert len(calm) < len(events)


def test_texts_fit_what_they_are_labelled_as_and_name_the_product() -> None:
    posted = [event["data"] for event in told(MentionStorySettings()) if event["type"].endswith(".posted.v1")]

    assert all(data["category"] in data["text"] for data in posted)
    assert {data.get("sentiment") for data in posted} == {"positive", "neutral", "negative", None}
