"""Agents, through deliveries, restarts and any turns of the clock, against the oracle."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from stream.state.hot_entities import HOT_ENTITIES
from stream.windows.clock import Clock, EventClock, WallClock
from stream.windows.moments import to_microseconds
from tests.desk_terms import desk_agent_rules
from tests.oracle import OracleSettings, compute, differences
from tests.oracle.agents import AgentSettings
from tests.property.agent_histories import agent_logs, agent_settings, far_offsets
from tests.property.histories import INVALID_RECORDS, Delivery, deliveries, moment, turns_of
from tests.property.pictures import Changelog, take_delivery
from tests.unit.desks.tickets.ticket_log import Worker, subjects_of

MEANS_IN_MICROSECONDS = 1e-5
WITHOUT_SHRINKING = (Phase.explicit, Phase.reuse, Phase.generate)
PACES = st.sampled_from([1, 3, 10_000])


class MovableClock(WallClock):
    """A wall clock that shows what it is set to, in seconds after the start of all histories."""

    def __init__(self, seconds: float) -> None:
        super().__init__(lambda: to_microseconds(moment(self.seconds)) * 1_000, lambda: 0)
        self.seconds = seconds


def worker_with(
    chosen: AgentSettings,
    clock: Clock | None = None,
    events_between: int | None = None,
    fingerprint: bytes = b"",
    hot: int = HOT_ENTITIES,
) -> Worker:
    """A worker that goes by the oracle's settings."""
    rules = desk_agent_rules(chosen)
    return Worker(agent_rules=rules, clock=clock, events_between=events_between, fingerprint=fingerprint, hot=hot)


def restarted(data: st.DataObject, chosen: AgentSettings, clock: Clock, changelog: Changelog) -> Worker:
    """A worker that goes on from what others have appended, with or without a checkpoint that it can use."""
    fingerprint, hot = data.draw(st.sampled_from([b"", b"other"])), data.draw(st.sampled_from([1, HOT_ENTITIES]))
    worker = worker_with(chosen, clock, data.draw(PACES), fingerprint, hot)
    worker.agents.load(changelog.rows())
    worker.agents.loaded()
    return worker


def differences_of(log: list[bytes], chosen: AgentSettings, worker: Worker, now: datetime | None = None) -> list[str]:
    """Where a worker's numbers are not the oracle's."""
    expected = compute(log, now=now, settings=OracleSettings(agents=chosen))
    return differences(expected, worker.numbers(), sum_tolerance=MEANS_IN_MICROSECONDS)


@settings(max_examples=100, phases=WITHOUT_SHRINKING)
@given(st.data(), agent_logs(offsets=far_offsets), agent_settings)
def test_the_stream_shows_what_the_oracle_computes_from_the_whole_log(
    data: st.DataObject, log: list[bytes], chosen: AgentSettings
) -> None:
    worker = worker_with(chosen, events_between=data.draw(PACES))
    take_delivery(worker.agents, data.draw(deliveries(log, extra=INVALID_RECORDS[:4])))

    assert differences_of(log, chosen, worker) == []


@settings(max_examples=60, phases=WITHOUT_SHRINKING)
@given(st.data(), agent_logs(), agent_settings, turns_of(far_offsets))
def test_at_any_turn_of_the_clock_and_after_any_restart_the_stream_shows_what_the_oracle_computes(
    data: st.DataObject, log: list[bytes], chosen: AgentSettings, turns: list[float]
) -> None:
    clock = MovableClock(turns[0])
    worker = worker_with(chosen, clock, data.draw(PACES))
    changelog = take_delivery(worker.agents, data.draw(deliveries(log)))
    for seconds in turns:
        clock.seconds = seconds
        worker.agents.advance(caught_up=True)
        assert differences_of(log, chosen, worker, moment(seconds)) == []
        if data.draw(st.booleans()):
            worker = restarted(data, chosen, clock, changelog)
            assert differences_of(log, chosen, worker, moment(seconds)) == []


@given(st.data(), agent_logs(), agent_settings)
def test_any_order_repetition_batches_and_crashes_give_the_same_rows_and_numbers(
    data: st.DataObject, log: list[bytes], chosen: AgentSettings
) -> None:
    steady = worker_with(chosen)
    entities = take_delivery(steady.agents, Delivery((tuple(log),))).entities()
    delivery = data.draw(deliveries(log, extra=INVALID_RECORDS[:4]))
    changelog = Changelog()
    worker = worker_with(chosen, events_between=3)
    for _ in range(2):
        changelog += take_delivery(worker.agents, delivery, row_bytes=data.draw(st.sampled_from([1, 600, 1_000_000])))
        kept = changelog.until(data.draw(st.integers(0, len(changelog.batches))))
        changelog = kept.compacted() if data.draw(st.booleans()) else kept
        worker = restarted(data, chosen, EventClock(), changelog)
    changelog += take_delivery(worker.agents, delivery)

    assert changelog.entities() == entities
    assert worker.numbers() == steady.numbers()


@given(st.data(), agent_logs(), agent_settings)
def test_what_is_taken_back_leaves_nothing_behind(data: st.DataObject, log: list[bytes], chosen: AgentSettings) -> None:
    worker = worker_with(chosen, events_between=2)
    take_delivery(worker.agents, data.draw(deliveries(log)))
    desk: Any = worker.agents.desk
    for part in subjects_of(desk):
        desk.contribute(desk.value(part), -1)
    stocks = worker.agents.stocks
    stocks.apply(desk.steps)

    assert not stocks.buckets
    assert (stocks.older.levels, stocks.older.moments) == ({}, {})


@settings(max_examples=60, phases=WITHOUT_SHRINKING)
@given(st.data(), agent_logs(), agent_settings, agent_settings)
def test_under_another_silence_a_restart_shows_what_the_oracle_computes_with_it(
    data: st.DataObject, log: list[bytes], before: AgentSettings, chosen: AgentSettings
) -> None:
    changelog = take_delivery(worker_with(before, events_between=2).agents, data.draw(deliveries(log)))
    worker = worker_with(chosen, fingerprint=b"other")
    worker.agents.load(changelog.rows())
    worker.agents.loaded()

    assert differences_of(log, chosen, worker) == []
