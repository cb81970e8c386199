"""The simulated helpdesk is believable, valid, in time order and always the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import islice, takewhile
from statistics import mean
from typing import Any, Union
from zoneinfo import ZoneInfo

import msgspec
import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.events import EVENTS_BY_TOPIC, Envelope
from stream.desks.tickets.story.settings import TicketStorySettings
from stream.feeds.simulator import SimulatedEvent, Simulator, SimulatorSettings, Team
from tests.kinds.kinds import KINDS_UNDER_TEST

START = datetime(2026, 1, 5, tzinfo=UTC)
END = datetime(2026, 3, 2, tzinfo=UTC)
TICKETS = 3000
DECODERS: dict[str, msgspec.json.Decoder[Envelope]] = {
    topic: msgspec.json.Decoder(Union[events])  # noqa: UP007 - the operator takes no tuple
    for topic, events in EVENTS_BY_TOPIC.items()
}


def microseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1_000_000)


def decoded(events: Iterable[SimulatedEvent]) -> list[dict[str, Any]]:
    return [orjson.loads(event.value) for event in events]


def first_seconds(events: Iterable[SimulatedEvent], start: datetime, seconds: float) -> list[SimulatedEvent]:
    end = microseconds(start + timedelta(seconds=seconds))
    return list(takewhile(lambda event: event.time < end, events))


@pytest.fixture(scope="module")
def history() -> list[SimulatedEvent]:
    return list(Simulator(SimulatorSettings(), seed=7).history(START, END, TICKETS))


@given(seed=st.integers(), tickets=st.integers(0, 60), days=st.integers(1, 40))
@settings(max_examples=25, deadline=None)
def test_the_same_seed_gives_the_same_bytes(seed: int, tickets: int, days: int) -> None:
    def run() -> list[SimulatedEvent]:
        simulator = Simulator(SimulatorSettings(), seed)
        end = START + timedelta(days=days)
        return [*simulator.history(START, end, tickets), *islice(simulator.live(end, 10.0), 100)]

    assert run() == run()


def test_another_seed_start_or_setting_never_shares_an_id(history: list[SimulatedEvent]) -> None:
    def ids(events: Iterable[SimulatedEvent]) -> set[tuple[str, str]]:
        return {(event["source"], event["id"]) for event in decoded(events)}

    day = timedelta(days=1)
    plain = SimulatorSettings()
    changed = SimulatorSettings(stories=(TicketStorySettings(bot_share=0.5),))
    others = [
        Simulator(plain, seed=8).history(START, END, 100),
        Simulator(plain, seed=7).history(START + day, END, 100),
        Simulator(plain, seed=7).history(START, END, 100),
        Simulator(changed, seed=7).history(START, END, TICKETS),
    ]
    for other in others:
        assert not ids(history) & ids(other)


def test_history_is_in_time_order_and_within_its_bounds(history: list[SimulatedEvent]) -> None:
    times = [event.time for event in history]
    assert times == sorted(times)
    assert microseconds(START) <= times[0]
    assert times[-1] < microseconds(END)


def test_every_event_is_valid_and_agrees_with_its_record(history: list[SimulatedEvent]) -> None:
    for event in history:
        struct = DECODERS[event.topic].decode(event.value)
        assert struct.subject.encode() == event.key
        assert microseconds(struct.time) == event.time


def test_ids_are_unique(history: list[SimulatedEvent]) -> None:
    ids = [(event["source"], event["id"]) for event in decoded(history)]
    assert len(set(ids)) == len(ids)


def test_it_makes_every_type_of_event_and_the_tickets_that_were_asked_for(history: list[SimulatedEvent]) -> None:
    types = Counter(event["type"] for event in decoded(history))
    known = {str(msgspec.inspect.type_info(struct).tag) for all_ in EVENTS_BY_TOPIC.values() for struct in all_}  # type: ignore[attr-defined]
    assert set(types) == known
    assert types["helpdesk.ticket.opened.v1"] == TICKETS


BEGINNINGS = frozenset[str]().union(*(kind.beginnings for kind in KINDS_UNDER_TEST))


def test_every_story_begins_with_its_opening_and_every_survey_with_its_sending(history: list[SimulatedEvent]) -> None:
    begun: set[str] = set()
    for event in decoded(history):
        if event["subject"] not in begun:
            assert event["type"] in BEGINNINGS
            begun.add(event["subject"])


def test_every_actor_speaks_in_public_and_agents_write_notes(history: list[SimulatedEvent]) -> None:
    replies = Counter(
        (event["data"]["actor"], event["data"].get("visibility", "public"))
        for event in decoded(history)
        if event["type"] == "helpdesk.ticket.replied.v1"
    )
    assert set(replies) == {("customer", "public"), ("agent", "public"), ("bot", "public"), ("agent", "internal")}


def test_it_is_busy_on_weekday_mornings_and_quiet_at_night_and_on_sundays(history: list[SimulatedEvent]) -> None:
    zone = ZoneInfo(SimulatorSettings().timezone)
    openings = [
        datetime.fromisoformat(event["time"]).astimezone(zone)
        for event in decoded(history)
        if event["type"] == "helpdesk.ticket.opened.v1"
    ]
    by_hour = Counter(opening.hour for opening in openings)
    by_weekday = Counter(opening.weekday() for opening in openings)
    assert sum(by_hour[hour] for hour in (9, 10, 11)) > 10 * sum(by_hour[hour] for hour in (1, 2, 3))
    assert by_weekday[0] > 2.5 * by_weekday[6]


def test_agents_answer_email_in_office_hours(history: list[SimulatedEvent]) -> None:
    zone = ZoneInfo(SimulatorSettings().timezone)
    events = decoded(history)
    emails = {
        event["subject"]
        for event in events
        if event["type"] == "helpdesk.ticket.opened.v1" and event["data"]["channel"] == "email"
    }
    answers = [
        datetime.fromisoformat(event["time"]).astimezone(zone)
        for event in events
        if event["subject"] in emails
        and event["type"] == "helpdesk.ticket.replied.v1"
        and event["data"]["actor"] == "agent"
    ]
    assert answers
    assert all(answer.weekday() < 5 and 8 <= answer.hour < 18 for answer in answers)


def test_channels_come_in_their_shares(history: list[SimulatedEvent]) -> None:
    channels = Counter(
        event["data"]["channel"] for event in decoded(history) if event["type"] == "helpdesk.ticket.opened.v1"
    )
    for channel, share in SimulatorSettings().channels.items():
        assert channels[channel] / TICKETS == pytest.approx(share, abs=0.03)


def test_customers_whose_ticket_came_back_are_less_content(history: list[SimulatedEvent]) -> None:
    events = decoded(history)
    reopened = {
        event["subject"]
        for event in events
        if event["type"] == "helpdesk.ticket.reopened.v1"
        or (event["data"].get("status"), event["data"].get("actor")) == ("open", "customer")
    }
    scores: dict[bool, list[int]] = {True: [], False: []}
    for event in events:
        if event["type"] == "helpdesk.survey.responded.v1" and event["data"]["survey"] == "csat":
            scores[event["data"]["ticket"] in reopened].append(event["data"]["score"])
    assert mean(scores[True]) < mean(scores[False]) - 0.3


def test_comments_vary(history: list[SimulatedEvent]) -> None:
    comments = [event["data"]["comment"] for event in decoded(history) if "comment" in event["data"]]
    assert len(set(comments)) > len(comments) / 3
    assert not any("{" in comment for comment in comments)


def test_memory_holds_the_open_tickets_only() -> None:
    simulator = Simulator(SimulatorSettings(), seed=1)
    most = 0
    for _ in simulator.history(START, START + timedelta(days=120), 8000):
        most = max(most, len(simulator._pending))
    assert most < 1200


def test_live_keeps_its_rate_by_night_and_by_day() -> None:
    for hour in (3, 11):
        start = START.replace(hour=hour)
        events = first_seconds(Simulator(SimulatorSettings(), seed=3).live(start, 40.0), start, 60)
        assert len(events) == pytest.approx(40 * 60, rel=0.03)


@given(rate=st.sampled_from([0.3, 1.0, 7.5, 300.0]), seed=st.integers(0, 1000))
@settings(max_examples=12, deadline=None)
def test_live_is_in_time_order_and_has_its_rate(rate: float, seed: int) -> None:
    events = list(islice(Simulator(SimulatorSettings(), seed).live(START, rate), 600))
    times = [event.time for event in events]
    assert times == sorted(times)
    assert (times[-1] - microseconds(START)) / 1e6 == pytest.approx(600 / rate, rel=0.1, abs=3)


def test_a_demo_of_half_a_minute_sees_replies_and_resolutions() -> None:
    types = Counter(
        event["type"]
        for event in decoded(first_seconds(Simulator(SimulatorSettings(), 5).live(START, 20.0), START, 30))
    )
    assert types["helpdesk.ticket.opened.v1"] > 30
    assert types["helpdesk.ticket.replied.v1"] > 60
    assert types["helpdesk.ticket.resolved.v1"] > 10
    assert types["helpdesk.survey.sent.v1"] > 3


def test_live_goes_on_with_the_tickets_that_history_left_open() -> None:
    simulator = Simulator(SimulatorSettings(), seed=11)
    past = decoded(simulator.history(START, END, 2000))
    opened = {event["subject"] for event in past}
    present = decoded(first_seconds(simulator.live(END, 20.0), END, 120))
    continued = [event for event in present if event["subject"] in opened]
    assert len({event["subject"] for event in continued}) > 50
    ids = [event["id"] for event in past + present]
    assert len(set(ids)) == len(ids)


def test_live_keeps_its_rate_after_a_history_that_left_much_open() -> None:
    simulator = Simulator(SimulatorSettings(), seed=11)
    for _ in simulator.history(START, START + timedelta(days=6), 4000):
        pass
    start = START + timedelta(days=6)
    events = first_seconds(simulator.live(start, 10.0), start, 60)
    assert len(events) == pytest.approx(600, rel=0.1)


def test_a_history_that_is_left_early_goes_on_without_a_repeat() -> None:
    simulator = Simulator(SimulatorSettings(), seed=2)
    half = list(islice(simulator.history(START, END, 500), 1000))
    rest = list(islice(simulator.live(END, 5.0), 500))
    ids = [event["id"] for event in decoded(half + rest)]
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize(
    "wrong, message",
    [
        ({"timezone": "Mars/Olympus"}, "timezone: 'Mars/Olympus' is no IANA time zone"),
        ({"channels": {"email": -1.0}}, "channels: shares must be at least 0"),
        ({"priorities": {}}, "priorities: shares must be at least 0"),
        ({"teams": {}}, "teams: there must be a team"),
        ({"teams": {"empty": Team(agents=())}}, "teams: .* each team needs an agent"),
        ({"stories": (TicketStorySettings(), TicketStorySettings())}, "stories: TicketStorySettings is there twice"),
        ({"live_compression": 0.5}, "live_compression: must be at least 1"),
    ],
)
def test_impossible_settings_are_refused_by_name(wrong: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        SimulatorSettings(**wrong)


def test_a_share_in_a_story_that_is_no_probability_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match=r"^reopen_share: must lie from 0 to 1, not 1\.5$"):
        TicketStorySettings(reopen_share=1.5)


def test_settings_of_ones_own_are_used() -> None:
    own = SimulatorSettings(
        timezone="Asia/Kolkata",
        channels={"telegraph": 1.0},
        categories={"rain": 1.0},
        priorities={"p1": 1.0},
        teams={"only": Team(agents=("ann",))},
        stories=(TicketStorySettings(reopen_share=0.0, agent_opened_share=0.0),),
    )
    events = decoded(Simulator(own, seed=1).history(START, END, 50))
    openings = [event["data"] for event in events if event["type"] == "helpdesk.ticket.opened.v1"]
    assert {(data["channel"], data["priority"]) for data in openings} == {("telegraph", "p1")}
    assert not [event for event in events if event["type"] == "helpdesk.ticket.reopened.v1"]


def test_what_cannot_be_simulated_is_refused() -> None:
    simulator = Simulator(SimulatorSettings(), seed=1)
    with pytest.raises(ValueError, match="has no time zone"):
        next(simulator.history(START.replace(tzinfo=None), END, 1))
    with pytest.raises(ValueError, match="the end must be after the start"):
        next(simulator.history(END, START, 1))
    with pytest.raises(ValueError, match="the rate must be above 0"):
        next(simulator.live(START, 0.0))
    assert list(simulator.history(START, END, 0)) == []
    with pytest.raises(ValueError, match="cannot go back"):
        next(simulator.live(START, 1.0))
