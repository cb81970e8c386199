from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import orjson

from schemas.events import CUSTOMERS_TOPIC
from stream.desks.customers.story.people import Person
from stream.desks.customers.story.settings import CustomerStorySettings
from stream.feeds.simulator import SimulatedEvent, Simulator, SimulatorSettings
from tests.kinds.worker import Worker

START = datetime(2026, 1, 1, tzinfo=UTC)
TICKETS = 3_000


def told() -> list[SimulatedEvent]:
    """What happened to customers in some months."""
    events = Simulator(SimulatorSettings(), seed=4).history(START, START + timedelta(days=150), TICKETS)
    return [event for event in events if event.topic == CUSTOMERS_TOPIC]


def test_who_was_served_badly_is_more_likely_to_leave() -> None:
    chosen = CustomerStorySettings()
    chances = []
    for mood in (1.0, 0.6, 0.3, 0.0):
        person = Person("x")
        person.was_served(mood)
        person.was_served(mood)
        chances.append(person.chance_to_leave(chosen))

    assert all(less <= more for less, more in pairwise(chances))
    assert chances[0] == chosen.churn_share
    assert chances[-1] > 10 * chances[0]


def test_where_nobody_is_angered_by_bad_service_fewer_leave() -> None:
    settings = SimulatorSettings(stories=(CustomerStorySettings(anger_share=0.0),))
    calm = Simulator(settings, seed=4).history(START, START + timedelta(days=150), TICKETS)
    ended = b"helpdesk.customer.subscription_ended.v1"

    assert sum(ended in event.value for event in calm) < sum(ended in event.value for event in told())


def test_the_numbers_of_the_story_are_believable() -> None:
    worker = Worker()
    worker.wall_now = 10**18
    outcome = worker.take_of("customers", *(event.value for event in told()))
    window = worker.window("30d")

    assert not outcome.rejections
    assert 0.01 < window["customer_churn_ratio"] < 0.2
    assert window["customer_lifetime_value_minor_units"]["EUR"] > 0
    assert 0 < window["stickiness_ratio"] < 0.5
    assert all(stage["of_previous_ratio"] for stage in list(worker.window()["journey_funnel"].values())[1:3])


def test_an_expense_is_told_once_a_month_and_kind() -> None:
    events = [orjson.loads(event.value) for event in told()]
    spent = [event for event in events if event["type"] == "helpdesk.customer.spent.v1"]

    assert len({event["subject"] for event in spent}) == len(spent)
    assert {event["data"]["spend"] for event in spent} == {"sales_and_marketing", "retention_and_support"}
