from __future__ import annotations

from collections import Counter
from datetime import datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from stream.windows.moments import DAY, HOUR, MICROSECONDS, to_microseconds
from tests.desk_terms import desk_calendar
from tests.kinds.tickets import ticket
from tests.moments import START, microseconds
from tests.oracle import SlaAnswer, compute_sla
from tests.oracle.opening_hours import OpeningHours, moment_after, time_between
from tests.oracle.records import rows_of
from tests.oracle.sla_policies import Policies
from tests.property.histories import deliveries, offsets, ticket_logs
from tests.property.opening_hours import moments as moments_of_change
from tests.property.opening_hours import opening_hours
from tests.property.sla_policies import CALENDARS, policies
from tests.unit.desks.tickets.sla.desk_under_test import Clock, Reading, read

SUBJECTS = ("T-1", "T-2", "T-3")

moments = st.integers(microseconds(START.isoformat()), microseconds(START.isoformat()) + 300 * DAY)
tiers = st.lists(
    st.builds(
        lambda subject, seconds, tier: ticket("updated", seconds, subject, customer_tier=tier),
        st.sampled_from(SUBJECTS),
        offsets,
        st.sampled_from(["gold", "Gold", "silver", None]),
    ),
    max_size=3,
    unique=True,
)
delays = st.sampled_from([0, 1, MICROSECONDS, 30 * MICROSECONDS, HOUR, DAY, 40 * DAY])
"""How long after the last event the look is, in microseconds."""


def look_at(records: list[bytes], delay: int) -> int:
    moments_of_events: list[int] = [row["moment"] for row in rows_of(records)]
    return max(moments_of_events) + delay


def expected_of(answer: SlaAnswer, subject: str) -> tuple[Counter[Clock], set[str]]:
    clocks = Counter(
        Clock(one.metric, one.number, one.state, one.elapsed, one.due, one.breached_at, one.policy)
        for one in answer.clocks
        if one.ticket == subject
    )
    return clocks, {one.id for one in answer.transitions if one.ticket == subject}


def said_in(reading: Reading) -> tuple[Counter[Clock], set[str]]:
    return Counter(reading.clocks), {transition.id for transition in reading.transitions}


@given(st.data(), ticket_logs(subjects=SUBJECTS), tiers, policies(), delays)
def test_the_clocks_say_what_the_oracle_computes_from_the_whole_log(
    data: st.DataObject, log: list[bytes], changes: list[bytes], chosen: Policies, delay: int
) -> None:
    records = data.draw(deliveries([*log, *changes])).records
    now = look_at(records, delay)
    answer = compute_sla(records, chosen, now)

    for subject in SUBJECTS:
        assert said_in(read(records, chosen, now, subject)) == expected_of(answer, subject)


@given(st.data(), ticket_logs(subjects=SUBJECTS), tiers, policies(), delays)
def test_any_order_and_any_repetition_give_the_same_clocks(
    data: st.DataObject, log: list[bytes], changes: list[bytes], chosen: Policies, delay: int
) -> None:
    straight = [*log, *changes]
    now = look_at(straight, delay)
    disturbed = data.draw(deliveries(straight)).records

    for subject in SUBJECTS:
        assert said_in(read(disturbed, chosen, now, subject)) == said_in(read(straight, chosen, now, subject))


@given(ticket_logs(subjects=SUBJECTS), tiers, policies(), delays)
def test_in_the_oracle_every_clock_is_announced_once_and_ends_once(
    log: list[bytes], changes: list[bytes], chosen: Policies, delay: int
) -> None:
    records = [*log, *changes]
    answer = compute_sla(records, chosen, look_at(records, delay))
    kinds: dict[tuple[str, str, int], list[str]] = {}
    for one in answer.transitions:
        kinds.setdefault((one.ticket, one.metric, one.number), []).append(one.kind)

    for clock in answer.clocks:
        told = kinds.pop((clock.ticket, clock.metric, clock.number))
        ends = told.count("fulfil") + told.count("cancel")
        is_open = clock.ended_at is None
        assert told.count("activate") == ends + is_open
        assert told.count("breach") == (clock.breached_at is not None)
        assert told.count("at_risk") <= 1
        assert 0 <= told.count("pause") - told.count("resume") <= told.count("activate")
        if is_open and clock.breached_at is None:
            assert (told.count("pause") > told.count("resume")) >= (clock.state == "paused")
            assert (clock.due is None) == (clock.state == "paused")
    for told in kinds.values():
        assert told.count("activate") == told.count("cancel")


@settings(max_examples=300)
@given(st.sampled_from(CALENDARS), moments, st.integers(0, 40 * DAY), st.integers(1, 80 * HOUR))
def test_the_oracle_and_the_desk_count_the_same_opening_hours(
    calendar: OpeningHours, start: int, length: int, span: int
) -> None:
    of_the_desk = desk_calendar(calendar)
    assert of_the_desk is not None
    assert time_between(calendar, start, start + length) == of_the_desk.between(start, start + length)
    assert moment_after(calendar, start, span) == of_the_desk.after(start, span)


@settings(max_examples=300)
@given(opening_hours, moments_of_change, st.integers(0, 9 * DAY), st.integers(1, 40 * HOUR))
def test_they_count_the_same_whatever_the_hours_are_and_wherever_the_clocks_change(
    calendar: OpeningHours, around: datetime, length: int, span: int
) -> None:
    of_the_desk = desk_calendar(calendar)
    assert of_the_desk is not None
    start = to_microseconds(around)
    assert time_between(calendar, start, start + length) == of_the_desk.between(start, start + length)
    assert moment_after(calendar, start, span) == of_the_desk.after(start, span)
