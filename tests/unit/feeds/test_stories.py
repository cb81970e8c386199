"""The stories of kinds meet in one simulation without knowing of one another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from itertools import takewhile
from typing import Any, Final

import orjson
import pytest

from schemas.events import SURVEYS_TOPIC, TICKETS_TOPIC
from stream.desks.kinds import KINDS
from stream.desks.surveys.definition import SURVEYS
from stream.desks.surveys.story.settings import SurveyStorySettings
from stream.desks.tickets.definition import TICKETS
from stream.desks.tickets.story.settings import TicketStorySettings
from stream.feeds.simulator import SimulatedEvent, Simulator, SimulatorSettings
from stream.simulation.storyline import Occasion
from stream.state.kind import Kind
from tests.kinds.errands.definition import ERRANDS, Errands
from tests.kinds.errands.story import ErrandStoryline, ErrandStorySettings

START: Final = datetime(2026, 1, 5, tzinfo=UTC)
END: Final = datetime(2026, 2, 2, tzinfo=UTC)
TICKETS_OPENED: Final = 1000
LIVE_SECONDS: Final = 20
FIRST_KINDS: Final = (TICKETS, SURVEYS)
WITH_ERRANDS: Final = (*FIRST_KINDS, ERRANDS)
NEVER: Final = SimulatorSettings(stories=(ErrandStorySettings(errand_share=0.0),))


def history(kinds: tuple[Kind, ...], settings: SimulatorSettings | None = None) -> list[SimulatedEvent]:
    return list(Simulator(settings or SimulatorSettings(), 7, kinds).history(START, END, TICKETS_OPENED))


def first_seconds(simulator: Simulator, start: datetime, rate: float) -> list[SimulatedEvent]:
    end = int((start + timedelta(seconds=LIVE_SECONDS)).timestamp() * 1e6)
    return list(takewhile(lambda event: event.time < end, simulator.live(start, rate)))


def told(events: Iterable[SimulatedEvent], topic: str) -> list[dict[str, Any]]:
    return [orjson.loads(event.value) for event in events if event.topic == topic]


def digest(events: Iterable[SimulatedEvent]) -> str:
    sum_ = blake2b(digest_size=16)
    for event in events:
        sum_.update(b"%b %b %d %b\n" % (event.topic.encode(), event.key, event.time, event.value))
    return sum_.hexdigest()


def without_run(events: Iterable[SimulatedEvent], topic: str) -> list[tuple[int, bytes]]:
    """The events of a topic without the name of the run, which tells of all that is simulated."""
    return [
        (event.time, event.value.replace(event.key.split(b"-")[0], b"run")) for event in events if event.topic == topic
    ]


@pytest.fixture(scope="module")
def errands() -> list[SimulatedEvent]:
    return history(WITH_ERRANDS)


def test_tickets_and_surveys_are_told_byte_for_byte_as_ever() -> None:
    simulator = Simulator(SimulatorSettings(), 7, FIRST_KINDS)
    past = list(simulator.history(START, END, TICKETS_OPENED))
    present = first_seconds(simulator, END, 40.0)
    fresh = first_seconds(Simulator(SimulatorSettings(), 3, FIRST_KINDS), START, 20.0)

    assert (len(past), digest(past)) == (9721, "5499040e793095e8c5c77216f7b10b44")
    assert (len(present), digest(present)) == (802, "5fa3f548ee3003a302911a2e37bf1212")
    assert (len(fresh), digest(fresh)) == (402, "2040fd0d5cc39172912e6bb56d902772")


def test_a_kind_that_is_plugged_in_is_told_of_too(errands: list[SimulatedEvent]) -> None:
    events = told(errands, ERRANDS.topic)
    types = Counter(event["type"] for event in events)

    assert types["helpdesk.errand.begun.v1"] > 0.25 * TICKETS_OPENED
    assert 0 < types["helpdesk.errand.done.v1"] <= types["helpdesk.errand.begun.v1"]
    assert [event.time for event in errands] == sorted(event.time for event in errands)
    for event in errands:
        if event.topic == ERRANDS.topic:
            assert ERRANDS.decode(event.value).subject.encode() == event.key


def test_no_two_events_of_all_kinds_share_an_id(errands: list[SimulatedEvent]) -> None:
    ids = Counter((event["source"], event["id"]) for event in map(orjson.loads, (event.value for event in errands)))

    assert set(ids.values()) == {1}


def test_a_story_that_begins_on_its_own_begins_as_often_as_it_says() -> None:
    events = told(history(WITH_ERRANDS, NEVER), ERRANDS.topic)

    assert sum(event["type"] == "helpdesk.errand.begun.v1" for event in events) == 0.25 * TICKETS_OPENED


def test_a_story_that_follows_another_begins_at_its_occasion() -> None:
    always = SimulatorSettings(
        stories=(ErrandStorySettings(errand_share=1.0), SurveyStorySettings(survey_share=1.0)),
    )
    events = history(WITH_ERRANDS, always)
    begun = [event for event in told(events, ERRANDS.topic) if event["type"] == "helpdesk.errand.begun.v1"]
    resolved = {
        event["time"]
        for event in told(events, TICKETS_TOPIC)
        if event["type"] == "helpdesk.ticket.resolved.v1" or event["data"].get("status") == "solved"
    }
    surveys = sum(event["type"] == "helpdesk.survey.sent.v1" for event in told(events, SURVEYS_TOPIC))

    following = sum(event["time"] in resolved for event in begun)
    assert following == pytest.approx(len(begun) - 0.25 * TICKETS_OPENED, abs=2)
    assert following == pytest.approx(surveys, rel=0.05)


def test_a_kind_with_dice_of_its_own_leaves_what_is_told_of_the_others_as_it_was(
    errands: list[SimulatedEvent],
) -> None:
    before = history(FIRST_KINDS)

    for topic in (TICKETS_TOPIC, SURVEYS_TOPIC):
        assert without_run(before, topic)
        assert without_run(errands, topic) == without_run(before, topic)


def test_a_live_stream_tells_of_all_kinds_and_keeps_its_rate() -> None:
    events = first_seconds(Simulator(NEVER, 5, WITH_ERRANDS), START, 40.0)
    begun = Counter(event["type"] for event in map(orjson.loads, (event.value for event in events)))

    assert len(events) == pytest.approx(40 * LIVE_SECONDS, rel=0.03)
    assert begun["helpdesk.errand.begun.v1"] == pytest.approx(0.25 * begun["helpdesk.ticket.opened.v1"], abs=1)


def test_other_stories_make_other_ids(monkeypatch: pytest.MonkeyPatch) -> None:
    def runs(kinds: tuple[Kind, ...], settings: SimulatorSettings | None = None) -> set[bytes]:
        return {event.key.split(b"-")[0] for event in history(kinds, settings)}

    found = [runs(FIRST_KINDS), runs(WITH_ERRANDS), runs(WITH_ERRANDS, NEVER), runs((TICKETS,))]
    monkeypatch.setattr(ErrandStoryline, "settings_type", None)
    found.append(runs(WITH_ERRANDS))

    assert [len(names) for names in found] == [1] * 5
    assert len(set.union(*found)) == 5


def test_a_kind_without_a_story_is_not_simulated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Errands, "story", None)

    assert {event.topic for event in history(WITH_ERRANDS)} == {TICKETS_TOPIC, SURVEYS_TOPIC}


def test_stories_that_follow_a_kind_that_is_not_simulated_do_not_begin_by_it() -> None:
    assert {event.topic for event in history((SURVEYS, ERRANDS))} == {ERRANDS.topic}


def test_settings_of_a_story_that_is_not_simulated_are_refused() -> None:
    settings = SimulatorSettings(stories=(TicketStorySettings(), ErrandStorySettings()))

    with pytest.raises(
        ValueError, match=r"^stories: ErrandStorySettings is of no kind that is simulated \(tickets, su"
    ):
        Simulator(settings, 1, FIRST_KINDS)


def test_an_occasion_that_nobody_announces_is_refused() -> None:
    class Waiting(ErrandStoryline):
        follows = (Occasion("tickets", "setled"),)

    class Misspelt(Errands):
        story = Waiting

    with pytest.raises(ValueError, match=r"^the story of errands follows 'setled', which that of tickets does not ann"):
        Simulator(SimulatorSettings(), 1, (*FIRST_KINDS, Misspelt()))


@pytest.mark.parametrize("kinds", [(), (SURVEYS,)], ids=["none", "surveys"])
def test_a_simulation_in_which_nothing_begins_is_refused(kinds: tuple[Kind, ...]) -> None:
    with pytest.raises(ValueError, match="no story begins on its own among the kinds that are simulated"):
        Simulator(SimulatorSettings(), 1, kinds)


def test_every_occasion_that_a_story_follows_is_announced_by_a_kind() -> None:
    stories = [kind.story for kind in KINDS if kind.story is not None]
    announced = {occasion for story in stories for occasion in story.occasions}

    assert {occasion for story in stories for occasion in story.follows} <= announced
    assert all(occasion.kind == kind.name for kind in KINDS if kind.story for occasion in kind.story.occasions)
