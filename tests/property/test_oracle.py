from __future__ import annotations

from datetime import datetime
from typing import Any

from hypothesis import Phase, event, given, settings
from hypothesis import strategies as st

from stream.desks.tickets.rules import FirstContactRule
from stream.windows.clock import Clock, EventClock, WallClock
from stream.windows.moments import to_microseconds
from tests.kinds.surveys import SurveysUnder
from tests.kinds.tickets import TicketsUnder, ticket
from tests.kinds.worker import Worker
from tests.oracle import OracleSettings, TicketSettings, compute, differences
from tests.oracle.opening_hours import OpeningHours
from tests.oracle.surveys import SurveySettings
from tests.property.histories import INVALID_RECORDS, deliveries, moment, offsets, survey_logs, ticket_logs
from tests.property.opening_hours import moments, opening_hours
from tests.property.pictures import take_delivery
from tests.property.sla_policies import calendars

TICKETS = ("T-1", "T-2", "T-3", "T-4", "T-5", "T-6")
MEANS_IN_MICROSECONDS = 1e-5
"""The relative error that a mean of a few seconds has as a whole number of microseconds."""

WITHOUT_SHRINKING = (Phase.explicit, Phase.reuse, Phase.generate)
"""One answer of the oracle takes a tenth of a second, and the differences say what is wrong."""

STEPS: tuple[tuple[str, dict[str, str]], ...] = (
    ("replied", {"actor": "agent"}),
    ("replied", {"actor": "customer"}),
    ("status_changed", {"status": "pending"}),
    ("status_changed", {"status": "hold"}),
    ("status_changed", {"status": "open"}),
    ("handed_off", {}),
    ("resolved", {}),
    ("resolved", {}),
    ("reopened", {"actor": "customer"}),
)

first_contact_rules: st.SearchStrategy[FirstContactRule] = st.sampled_from(
    ["one_reply", "one_agent", "never_pending", "closed_within"]
)
ticket_settings = st.builds(
    TicketSettings,
    complaint_categories=st.sampled_from([("complaint",), ("Billing", "COMPLAINT")]),
    fcr_rule=first_contact_rules,
    fcr_days=st.sampled_from([7.0, 1.0, 0.0]),
    fcr_closed_within_seconds=st.sampled_from([86_400.0, 3_600.0]),
    backlog_threshold_seconds=st.sampled_from([None, None, 3_600.0]),
    calendar=calendars,
)
oracle_settings = st.builds(OracleSettings, ticket_settings, st.builds(SurveySettings, ces_inverted=st.booleans()))


def worker_with(chosen: OracleSettings, clock: Clock) -> Worker:
    """A worker that goes by the oracle's settings."""
    return Worker(TicketsUnder.as_in(chosen), SurveysUnder.as_in(chosen), clock=clock)


def answers_of(
    data: st.DataObject, tickets: list[bytes], surveys: list[bytes], chosen: OracleSettings, now: datetime | None
) -> tuple[Worker, list[bytes]]:
    """A worker that took a log in, in any order, and the records that it was given."""
    clock = EventClock() if now is None else WallClock(lambda: to_microseconds(now) * 1_000)
    worker = worker_with(chosen, clock)
    of_tickets = data.draw(deliveries(tickets, extra=INVALID_RECORDS[:5]))
    of_surveys = data.draw(deliveries(surveys, extra=INVALID_RECORDS[-3:])) if surveys else None
    take_delivery(worker.tickets, of_tickets)
    if of_surveys is not None:
        take_delivery(worker.states["surveys"], of_surveys)
    return worker, [*of_tickets.records, *(of_surveys.records if of_surveys else ())]


def differences_of(expected: dict[str, Any], worker: Worker) -> list[str]:
    """Where a worker's numbers are not as expected."""
    return differences(expected, worker.numbers(), sum_tolerance=MEANS_IN_MICROSECONDS)


@settings(max_examples=40, phases=WITHOUT_SHRINKING)
@given(st.data(), ticket_logs(subjects=TICKETS, most=40), survey_logs(least=0), oracle_settings)
def test_the_stream_shows_what_the_oracle_computes_from_the_whole_log(
    data: st.DataObject, tickets: list[bytes], surveys: list[bytes], chosen: OracleSettings
) -> None:
    worker, records = answers_of(data, tickets, surveys, chosen, None)

    assert differences_of(compute(records, settings=chosen), worker) == []


@settings(max_examples=15, phases=WITHOUT_SHRINKING)
@given(st.data(), ticket_logs(subjects=TICKETS, most=40), survey_logs(least=0), oracle_settings, offsets)
def test_the_stream_shows_what_the_oracle_computes_at_a_time_of_the_wall_clock(
    data: st.DataObject, tickets: list[bytes], surveys: list[bytes], chosen: OracleSettings, seconds: float
) -> None:
    now = moment(seconds)
    worker, records = answers_of(data, tickets, surveys, chosen, now)

    assert differences_of(compute(records, now=now, settings=chosen), worker) == []


@settings(max_examples=40, phases=WITHOUT_SHRINKING)
@given(st.data(), st.lists(moments, min_size=6, max_size=20), opening_hours)
def test_business_time_is_what_the_oracle_counts_whenever_the_clocks_change(
    data: st.DataObject, times: list[datetime], calendar: OpeningHours
) -> None:
    openings = [ticket("opened", time.isoformat(), f"T-{n}", category="complaint") for n, time in enumerate(times[:3])]
    steps = st.tuples(st.sampled_from(("T-0", "T-1", "T-2")), st.sampled_from(STEPS))
    later = [
        ticket(kind, time.isoformat(), subject, **fields)
        for time, (subject, (kind, fields)) in ((time, data.draw(steps)) for time in times[3:])
    ]
    chosen = OracleSettings(TicketSettings(calendar=calendar))
    worker = worker_with(chosen, EventClock())
    records = data.draw(st.permutations([*openings, *later]))
    worker.take(*records)

    expected = compute(records, settings=chosen)
    assert differences_of(expected, worker) == []
    event(f"business durations: {sum('business' in name for name in expected['windows']['lifetime'])}")
