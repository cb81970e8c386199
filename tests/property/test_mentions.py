"""Mentions, through deliveries, restarts, other models and any turns of the clock, against the oracle."""

from __future__ import annotations

from operator import attrgetter

from hypothesis import given, settings
from hypothesis import strategies as st

from stream.sentiment.model import SentimentModel
from tests.oracle import OracleSettings
from tests.oracle.mentions import MentionSettings
from tests.property.histories import deliveries, moment, turns_of
from tests.property.kind_trial import PACES, WITHOUT_SHRINKING, KindTrial
from tests.property.mention_histories import mention_logs, mention_offsets, models
from tests.property.pictures import take_delivery
from tests.unit.desks.tickets.ticket_log import MovableClock


def oracle_settings(model: SentimentModel | None) -> OracleSettings:
    """The oracle's settings with the same model."""
    return OracleSettings(MentionSettings(model=None if model is None else model.content))


MENTIONS = KindTrial[SentimentModel | None](
    attrgetter("mentions"), lambda model: {"model": model}, oracle_settings, sum_tolerance=1e-6
)
SUBJECTS = ("M-1", "M-2")


@settings(max_examples=30, phases=WITHOUT_SHRINKING)
@given(st.data(), mention_logs(), models)
def test_the_stream_shows_what_the_oracle_computes_from_the_whole_log(
    data: st.DataObject, log: list[bytes], model: SentimentModel | None
) -> None:
    assert MENTIONS.differences_after_delivery(data, log, model) == []


@settings(max_examples=12, phases=WITHOUT_SHRINKING)
@given(st.data(), mention_logs(), turns_of(mention_offsets), st.lists(models, min_size=6, max_size=6))
def test_at_any_turn_of_the_clock_and_with_any_model_after_a_restart_the_stream_shows_what_the_oracle_computes(
    data: st.DataObject, log: list[bytes], turns: list[float], others: list[SentimentModel | None]
) -> None:
    clock = MovableClock(turns[0])
    model = others[0]
    worker = MENTIONS.worker_with(model, clock=clock, events_between=data.draw(PACES))
    changelog = take_delivery(worker.mentions, data.draw(deliveries(log)))
    for seconds, other in zip(turns, others[1:], strict=False):
        clock.seconds = seconds
        worker.mentions.advance(caught_up=True)
        assert MENTIONS.differences_of(log, model, worker, moment(seconds)) == []
        model = other
        worker = MENTIONS.restarted(data, model, clock, changelog)
        assert MENTIONS.differences_of(log, model, worker, moment(seconds)) == []
        # What comes again after the restart changes nothing, and its checkpoints are the new model's.
        changelog += take_delivery(worker.mentions, data.draw(deliveries(log)))


@settings(max_examples=60)
@given(st.data(), mention_logs(), models)
def test_any_order_repetition_batches_and_crashes_give_the_same_rows_and_numbers(
    data: st.DataObject, log: list[bytes], model: SentimentModel | None
) -> None:
    assert MENTIONS.crashed(data, log, model, events_between=1) == MENTIONS.steady(log, model)


@settings(max_examples=60)
@given(st.data(), mention_logs(subjects=SUBJECTS), models)
def test_what_is_taken_back_leaves_nothing_behind(
    data: st.DataObject, log: list[bytes], model: SentimentModel | None
) -> None:
    assert MENTIONS.left_behind(data, log, model, lambda _: SUBJECTS) == []
