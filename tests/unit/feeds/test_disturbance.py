"""A disturbed stream holds the same events, only not as one would wish."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.events import (
    CALLS_TOPIC,
    CUSTOMERS_TOPIC,
    SURVEYS_TOPIC,
    TICKETS_TOPIC,
    CallEvent,
    CustomerEvent,
    SurveyEvent,
    TicketEvent,
)
from stream.feeds.simulator import SimulatedEvent, Simulator, SimulatorSettings, disturb
from tests.oracle.answers import compute

START = datetime(2026, 1, 5, tzinfo=UTC)
END = datetime(2026, 2, 2, tzinfo=UTC)
EVENTS = list(Simulator(SimulatorSettings(), seed=4).history(START, END, 300))
SHARES = st.sampled_from([0.0, 0.05, 0.5, 1.0])
DECODERS: dict[str, msgspec.json.Decoder[Any]] = {
    TICKETS_TOPIC: msgspec.json.Decoder(TicketEvent),
    SURVEYS_TOPIC: msgspec.json.Decoder(SurveyEvent),
    CALLS_TOPIC: msgspec.json.Decoder(CallEvent),
    CUSTOMERS_TOPIC: msgspec.json.Decoder(CustomerEvent),
}


def is_readable(event: SimulatedEvent) -> bool:
    try:
        time: datetime = DECODERS[event.topic].decode(event.value).time
    except msgspec.DecodeError:
        return False
    return datetime(1990, 1, 1, tzinfo=UTC) <= time <= END


@given(seed=st.integers(), duplicates=SHARES, late=SHARES, poison=SHARES)
@settings(max_examples=20, deadline=None)
def test_nothing_is_lost_and_what_is_added_is_a_repeat_or_unreadable(
    seed: int, duplicates: float, late: float, poison: float
) -> None:
    disturbed = list(disturb(EVENTS, seed, duplicates, late, poison))
    assert disturbed == list(disturb(EVENTS, seed, duplicates, late, poison))
    readable = Counter(event for event in disturbed if is_readable(event))
    assert set(readable) == set(EVENTS)
    assert max(readable.values()) <= 2
    assert len(disturbed) - readable.total() == pytest.approx(poison * len(EVENTS), abs=0.05 * len(EVENTS))
    assert readable.total() - len(EVENTS) == pytest.approx(duplicates * len(EVENTS), abs=0.05 * len(EVENTS))


def test_the_defaults_mix_up_the_order_but_not_the_numbers() -> None:
    disturbed = list(disturb(EVENTS, seed=1))
    assert [event.time for event in disturbed] != sorted(event.time for event in disturbed)
    assert compute(event.value for event in disturbed) == compute(event.value for event in EVENTS)


def test_without_any_share_the_stream_stays_as_it_is() -> None:
    assert list(disturb(EVENTS, seed=1, duplicates=0.0, late=0.0)) == EVENTS


def test_a_late_record_is_at_most_a_thousand_records_late() -> None:
    places = {event: place for place, event in enumerate(EVENTS)}
    lateness = [place - places[event] for place, event in enumerate(disturb(EVENTS, 1, duplicates=0.0, late=0.5))]
    assert 10 < max(lateness) <= 1000


def test_every_kind_of_unreadable_record_occurs() -> None:
    wrong = [event for event in disturb(EVENTS, seed=2, poison=0.5) if not is_readable(event)]
    problems: Counter[str] = Counter()
    for event in wrong:
        try:
            decoded = DECODERS[event.topic].decode(event.value)
        except msgspec.ValidationError as error:
            problems["type" if str(error).endswith("`$.type`") else "data"] += 1
        except msgspec.DecodeError:
            problems["truncated"] += 1
        else:
            problems["year 9999" if decoded.time.year == 9999 else "before 1990"] += 1
    assert set(problems) == {"type", "data", "truncated", "year 9999", "before 1990"}


def test_an_endless_stream_is_disturbed_as_it_comes() -> None:
    live = Simulator(SimulatorSettings(), seed=1).live(START, 100.0)
    events = list(islice(disturb(live, seed=1), 5000))
    assert events[-1].time < int((START + timedelta(seconds=60)).timestamp() * 1e6)


@pytest.mark.parametrize("name", ["duplicates", "late", "poison"])
def test_a_share_outside_0_to_1_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=f"{name}: must lie from 0 to 1, not 1.5"):
        disturb(EVENTS, 1, **{name: 1.5})
