"""Mentions, through deliveries, restarts, other models and any turns of the clock, against the oracle."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.moments import MovableClock
from tests.oracle.mentions import MentionSettings
from tests.property.histories import deliveries, moment, turns_of
from tests.property.kind_trial import PACES, WITHOUT_SHRINKING, KindTrial
from tests.property.mention_histories import mention_logs, mention_offsets, models
from tests.property.pictures import take_delivery

MENTIONS = KindTrial[MentionSettings]("mentions", sum_tolerance=1e-6)
SUBJECTS = ("M-1", "M-2")

mention_settings = models.map(lambda model: MentionSettings(model=None if model is None else model.content))


@settings(max_examples=30, phases=WITHOUT_SHRINKING)
@given(st.data(), mention_logs(), mention_settings)
def test_the_stream_shows_what_the_oracle_computes_from_the_whole_log(
    data: st.DataObject, log: list[bytes], chosen: MentionSettings
) -> None:
    assert MENTIONS.differences_after_delivery(data, log, chosen) == []


@settings(max_examples=12, phases=WITHOUT_SHRINKING)
@given(st.data(), mention_logs(), turns_of(mention_offsets), st.lists(mention_settings, min_size=6, max_size=6))
def test_at_any_turn_of_the_clock_and_with_any_model_after_a_restart_the_stream_shows_what_the_oracle_computes(
    data: st.DataObject, log: list[bytes], turns: list[float], others: list[MentionSettings]
) -> None:
    clock = MovableClock(turns[0])
    chosen = others[0]
    worker = MENTIONS.worker_with(chosen, clock=clock, events_between=data.draw(PACES))
    changelog = take_delivery(worker.states["mentions"], data.draw(deliveries(log)))
    for seconds, other in zip(turns, others[1:], strict=False):
        clock.seconds = seconds
        worker.states["mentions"].advance(caught_up=True)
        assert MENTIONS.differences_of(log, chosen, worker, moment(seconds)) == []
        chosen = other
        worker = MENTIONS.restarted(data, chosen, clock, changelog)
        assert MENTIONS.differences_of(log, chosen, worker, moment(seconds)) == []
        # What comes again after the restart changes nothing, and its checkpoints are the new model's.
        changelog += take_delivery(worker.states["mentions"], data.draw(deliveries(log)))


@settings(max_examples=60)
@given(st.data(), mention_logs(), mention_settings)
def test_any_order_repetition_batches_and_crashes_give_the_same_rows_and_numbers(
    data: st.DataObject, log: list[bytes], chosen: MentionSettings
) -> None:
    assert MENTIONS.crashed(data, log, chosen, events_between=1) == MENTIONS.steady(log, chosen)


@settings(max_examples=60)
@given(st.data(), mention_logs(subjects=SUBJECTS), mention_settings)
def test_what_is_taken_back_leaves_nothing_behind(
    data: st.DataObject, log: list[bytes], chosen: MentionSettings
) -> None:
    assert MENTIONS.left_behind(data, log, chosen, lambda _: SUBJECTS) == []
