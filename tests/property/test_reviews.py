"""Reviews, through deliveries, restarts, other rules and any turns of the clock, against the oracle."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.kinds.kind_under_test import subjects_of
from tests.oracle.reviews import ReviewSettings
from tests.property.histories import deliveries, turns_of
from tests.property.kind_trial import PACES, WITHOUT_SHRINKING, KindTrial
from tests.property.pictures import take_delivery
from tests.property.review_histories import review_logs, review_offsets

REVIEWS = KindTrial[ReviewSettings]("reviews")

review_settings = st.booleans().map(lambda self_reviews: ReviewSettings(self_reviews=self_reviews))


@settings(max_examples=60, phases=WITHOUT_SHRINKING)
@given(st.data(), review_logs(), review_settings, PACES)
def test_the_stream_shows_what_the_oracle_computes_from_the_whole_log(
    data: st.DataObject, log: list[bytes], chosen: ReviewSettings, pace: int
) -> None:
    assert REVIEWS.differences_after_delivery(data, log, chosen, pace) == []


@settings(max_examples=60, phases=WITHOUT_SHRINKING)
@given(st.data(), review_logs(), review_settings, turns_of(review_offsets))
def test_at_any_turn_of_the_clock_and_after_any_restart_the_stream_shows_what_the_oracle_computes(
    data: st.DataObject, log: list[bytes], chosen: ReviewSettings, turns: list[float]
) -> None:
    for differences in REVIEWS.differences_at(data, log, chosen, turns):
        assert differences == []


@given(st.data(), review_logs(), review_settings)
def test_any_order_repetition_batches_and_crashes_give_the_same_rows_and_numbers(
    data: st.DataObject, log: list[bytes], chosen: ReviewSettings
) -> None:
    assert REVIEWS.crashed(data, log, chosen, events_between=1) == REVIEWS.steady(log, chosen)


@given(st.data(), review_logs(), review_settings)
def test_what_is_taken_back_leaves_nothing_behind(
    data: st.DataObject, log: list[bytes], chosen: ReviewSettings
) -> None:
    assert REVIEWS.left_behind(data, log, chosen, subjects_of) == []


@settings(max_examples=60, phases=WITHOUT_SHRINKING)
@given(st.data(), review_logs(), review_settings, review_settings)
def test_under_other_rules_a_restart_shows_what_the_oracle_computes_with_them_and_goes_on(
    data: st.DataObject, log: list[bytes], before: ReviewSettings, chosen: ReviewSettings
) -> None:
    changelog = take_delivery(
        REVIEWS.worker_with(before, events_between=2).states["reviews"], data.draw(deliveries(log))
    )
    worker = REVIEWS.worker_with(chosen, events_between=2, fingerprint=b"other")
    worker.states["reviews"].load(changelog.rows())
    worker.states["reviews"].loaded()
    assert REVIEWS.differences_of(log, chosen, worker) == []

    take_delivery(worker.states["reviews"], data.draw(deliveries(log)))
    assert REVIEWS.differences_of(log, chosen, worker) == []
