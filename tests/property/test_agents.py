"""Agents, through deliveries, restarts and any turns of the clock, against the oracle."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.kinds.kind_under_test import subjects_of
from tests.oracle.agents import AgentSettings
from tests.property.agent_histories import agent_logs, agent_settings, far_offsets
from tests.property.histories import deliveries, turns_of
from tests.property.kind_trial import PACES, WITHOUT_SHRINKING, KindTrial
from tests.property.pictures import take_delivery

AGENTS = KindTrial[AgentSettings]("agents")


@settings(max_examples=100, phases=WITHOUT_SHRINKING)
@given(st.data(), agent_logs(offsets=far_offsets), agent_settings, PACES)
def test_the_stream_shows_what_the_oracle_computes_from_the_whole_log(
    data: st.DataObject, log: list[bytes], chosen: AgentSettings, pace: int
) -> None:
    assert AGENTS.differences_after_delivery(data, log, chosen, pace) == []


@settings(max_examples=60, phases=WITHOUT_SHRINKING)
@given(st.data(), agent_logs(), agent_settings, turns_of(far_offsets))
def test_at_any_turn_of_the_clock_and_after_any_restart_the_stream_shows_what_the_oracle_computes(
    data: st.DataObject, log: list[bytes], chosen: AgentSettings, turns: list[float]
) -> None:
    for differences in AGENTS.differences_at(data, log, chosen, turns):
        assert differences == []


@given(st.data(), agent_logs(), agent_settings)
def test_any_order_repetition_batches_and_crashes_give_the_same_rows_and_numbers(
    data: st.DataObject, log: list[bytes], chosen: AgentSettings
) -> None:
    assert AGENTS.crashed(data, log, chosen, events_between=3) == AGENTS.steady(log, chosen)


@given(st.data(), agent_logs(), agent_settings)
def test_what_is_taken_back_leaves_nothing_behind(data: st.DataObject, log: list[bytes], chosen: AgentSettings) -> None:
    assert AGENTS.left_behind(data, log, chosen, subjects_of) == []


@settings(max_examples=60, phases=WITHOUT_SHRINKING)
@given(st.data(), agent_logs(), agent_settings, agent_settings)
def test_under_another_silence_a_restart_shows_what_the_oracle_computes_with_it(
    data: st.DataObject, log: list[bytes], before: AgentSettings, chosen: AgentSettings
) -> None:
    changelog = take_delivery(AGENTS.worker_with(before, events_between=2).states["agents"], data.draw(deliveries(log)))
    worker = AGENTS.worker_with(chosen, fingerprint=b"other")
    worker.states["agents"].load(changelog.rows())
    worker.states["agents"].loaded()

    assert AGENTS.differences_of(log, chosen, worker) == []
