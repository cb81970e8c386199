"""Customers, through deliveries, restarts and any turns of the clock, against the oracle."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from stream.windows.clock import Clock, EventClock, WallClock
from stream.windows.moments import to_microseconds
from tests.desk_terms import desk_customer_rules
from tests.oracle import OracleSettings, compute, differences
from tests.oracle.customers import CustomerSettings
from tests.property.customer_histories import customer_logs, customer_offsets, customer_settings
from tests.property.histories import INVALID_RECORDS, Delivery, deliveries, moment, turns_of
from tests.property.pictures import Changelog, take_delivery
from tests.unit.desks.tickets.ticket_log import Worker, non_zero

MEANS_IN_MICROSECONDS = 1e-5
WITHOUT_SHRINKING = (Phase.explicit, Phase.reuse, Phase.generate)
PACES = st.sampled_from([1, 3, 10_000])


class MovableClock(WallClock):
    """A wall clock that shows what it is set to, in seconds after the start of all histories."""

    def __init__(self, seconds: float) -> None:
        super().__init__(lambda: to_microseconds(moment(self.seconds)) * 1_000, lambda: 0)
        self.seconds = seconds


def worker_with(
    chosen: CustomerSettings, clock: Clock | None = None, events_between: int | None = None, fingerprint: bytes = b""
) -> Worker:
    """A worker that goes by the oracle's settings."""
    rules = desk_customer_rules(chosen)
    return Worker(customer_rules=rules, clock=clock, events_between=events_between, fingerprint=fingerprint)


def restarted(data: st.DataObject, chosen: CustomerSettings, clock: Clock, changelog: Changelog) -> Worker:
    """A worker that goes on from what others have appended, with or without a checkpoint that it can use."""
    worker = worker_with(chosen, clock, data.draw(PACES), data.draw(st.sampled_from([b"", b"other"])))
    worker.customers.load(changelog.rows())
    worker.customers.loaded()
    return worker


def differences_of(
    log: list[bytes], chosen: CustomerSettings, worker: Worker, now: datetime | None = None
) -> list[str]:
    """Where a worker's numbers are not the oracle's."""
    expected = compute(log, now=now, settings=OracleSettings(customers=chosen))
    return differences(expected, worker.numbers(), sum_tolerance=MEANS_IN_MICROSECONDS)


@settings(max_examples=100, phases=WITHOUT_SHRINKING)
@given(st.data(), customer_logs(), customer_settings)
def test_the_stream_shows_what_the_oracle_computes_from_the_whole_log(
    data: st.DataObject, log: list[bytes], chosen: CustomerSettings
) -> None:
    worker = worker_with(chosen)
    take_delivery(worker.customers, data.draw(deliveries(log, extra=INVALID_RECORDS[:4])))

    assert differences_of(log, chosen, worker) == []


@settings(max_examples=60, phases=WITHOUT_SHRINKING)
@given(st.data(), customer_logs(), customer_settings, turns_of(customer_offsets))
def test_at_any_turn_of_the_clock_and_after_any_restart_the_stream_shows_what_the_oracle_computes(
    data: st.DataObject, log: list[bytes], chosen: CustomerSettings, turns: list[float]
) -> None:
    clock = MovableClock(turns[0])
    worker = worker_with(chosen, clock, data.draw(PACES))
    changelog = take_delivery(worker.customers, data.draw(deliveries(log)))
    for seconds in turns:
        clock.seconds = seconds
        worker.customers.advance(caught_up=True)
        assert differences_of(log, chosen, worker, moment(seconds)) == []
        if data.draw(st.booleans()):
            worker = restarted(data, chosen, clock, changelog)
            assert differences_of(log, chosen, worker, moment(seconds)) == []


@given(st.data(), customer_logs(), customer_settings)
def test_any_order_repetition_batches_and_crashes_give_the_same_rows_and_numbers(
    data: st.DataObject, log: list[bytes], chosen: CustomerSettings
) -> None:
    steady = worker_with(chosen)
    entities = take_delivery(steady.customers, Delivery((tuple(log),))).entities()
    delivery = data.draw(deliveries(log, extra=INVALID_RECORDS[:4]))
    changelog = Changelog()
    worker = worker_with(chosen, events_between=1)
    for _ in range(2):
        changelog += take_delivery(
            worker.customers, delivery, row_bytes=data.draw(st.sampled_from([1, 600, 1_000_000]))
        )
        kept = changelog.until(data.draw(st.integers(0, len(changelog.batches))))
        changelog = kept.compacted() if data.draw(st.booleans()) else kept
        worker = restarted(data, chosen, EventClock(), changelog)
    changelog += take_delivery(worker.customers, delivery)

    assert changelog.entities() == entities
    assert worker.numbers() == steady.numbers()


@given(st.data(), customer_logs(subjects=("U-1", "U-2")), customer_settings)
def test_what_is_taken_back_leaves_nothing_behind(
    data: st.DataObject, log: list[bytes], chosen: CustomerSettings
) -> None:
    worker = worker_with(chosen, events_between=2)
    take_delivery(worker.customers, data.draw(deliveries(log)))
    desk: Any = worker.customers.desk
    values = [desk.value(subject) for subject in ("U-1", "U-2", "X-1", "X-2") if desk.value(subject) is not None]
    for value in values:
        desk.contribute(value, -1)
    windows, stocks = worker.customers.windows, worker.customers.stocks
    windows.apply(desk.contributions)
    stocks.apply(desk.steps)

    assert not any(non_zero(totals) for totals in windows.totals().values())
    assert not stocks.buckets
    assert (stocks.older.levels, stocks.older.moments) == ({}, {})
