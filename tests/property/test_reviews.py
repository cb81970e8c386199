"""Reviews, through deliveries, restarts, other rules and any turns of the clock, against the oracle."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from stream.desks.reviews.rules import ReviewRules
from stream.windows.clock import Clock, EventClock, WallClock
from stream.windows.moments import to_microseconds
from tests.oracle import OracleSettings, compute, differences
from tests.oracle.reviews import ReviewSettings
from tests.property.histories import INVALID_RECORDS, Delivery, deliveries, moment, turns_of
from tests.property.pictures import Changelog, take_delivery
from tests.property.review_histories import review_logs, review_offsets
from tests.unit.desks.tickets.ticket_log import Worker, non_zero

WITHOUT_SHRINKING = (Phase.explicit, Phase.reuse, Phase.generate)
PACES = st.sampled_from([1, 3, 10_000])

rules_of_reviews = st.booleans().map(ReviewRules)


class MovableClock(WallClock):
    """A wall clock that shows what it is set to, in seconds after the start of all histories."""

    def __init__(self, seconds: float) -> None:
        super().__init__(lambda: to_microseconds(moment(self.seconds)) * 1_000, lambda: 0)
        self.seconds = seconds


def restarted(data: st.DataObject, rules: ReviewRules, clock: Clock, changelog: Changelog) -> Worker:
    """A worker that goes on from what others have appended, with or without a checkpoint that it can use."""
    fingerprint = data.draw(st.sampled_from([b"", b"other"]))
    worker = Worker(review_rules=rules, clock=clock, events_between=data.draw(PACES), fingerprint=fingerprint)
    worker.reviews.load(changelog.rows())
    worker.reviews.loaded()
    return worker


def differences_of(log: list[bytes], rules: ReviewRules, worker: Worker, now: datetime | None = None) -> list[str]:
    """Where a worker's numbers are not the oracle's."""
    chosen = OracleSettings(reviews=ReviewSettings(self_reviews=rules.self_reviews))
    return differences(compute(log, now=now, settings=chosen), worker.numbers())


@settings(max_examples=30, phases=WITHOUT_SHRINKING)
@given(st.data(), review_logs(), rules_of_reviews)
def test_the_stream_shows_what_the_oracle_computes_from_the_whole_log(
    data: st.DataObject, log: list[bytes], rules: ReviewRules
) -> None:
    worker = Worker(review_rules=rules)
    take_delivery(worker.reviews, data.draw(deliveries(log, extra=INVALID_RECORDS[:4])))

    assert differences_of(log, rules, worker) == []


@settings(max_examples=12, phases=WITHOUT_SHRINKING)
@given(st.data(), review_logs(), turns_of(review_offsets), st.lists(rules_of_reviews, min_size=6, max_size=6))
def test_at_any_turn_of_the_clock_and_by_any_rules_after_a_restart_the_stream_shows_what_the_oracle_computes(
    data: st.DataObject, log: list[bytes], turns: list[float], others: list[ReviewRules]
) -> None:
    clock = MovableClock(turns[0])
    rules = others[0]
    worker = Worker(review_rules=rules, clock=clock, events_between=data.draw(PACES))
    changelog = take_delivery(worker.reviews, data.draw(deliveries(log)))
    for seconds, other in zip(turns, others[1:], strict=False):
        clock.seconds = seconds
        worker.reviews.advance(caught_up=True)
        assert differences_of(log, rules, worker, moment(seconds)) == []
        rules = other
        worker = restarted(data, rules, clock, changelog)
        assert differences_of(log, rules, worker, moment(seconds)) == []
        # What comes again after the restart changes nothing, and its checkpoints are those of the new rules.
        changelog += take_delivery(worker.reviews, data.draw(deliveries(log)))


@settings(max_examples=60)
@given(st.data(), review_logs(), rules_of_reviews)
def test_any_order_repetition_batches_and_crashes_give_the_same_rows_and_numbers(
    data: st.DataObject, log: list[bytes], rules: ReviewRules
) -> None:
    steady = Worker(review_rules=rules)
    entities = take_delivery(steady.reviews, Delivery((tuple(log),))).entities()
    delivery = data.draw(deliveries(log, extra=INVALID_RECORDS[:4]))
    changelog = Changelog()
    worker = Worker(review_rules=rules, events_between=1)
    for _ in range(2):
        changelog += take_delivery(worker.reviews, delivery, row_bytes=data.draw(st.sampled_from([1, 600, 1_000_000])))
        kept = changelog.until(data.draw(st.integers(0, len(changelog.batches))))
        changelog = kept.compacted() if data.draw(st.booleans()) else kept
        worker = restarted(data, rules, EventClock(), changelog)
    changelog += take_delivery(worker.reviews, delivery)

    assert changelog.entities() == entities
    assert worker.numbers() == steady.numbers()


@settings(max_examples=60)
@given(st.data(), review_logs(), rules_of_reviews)
def test_what_is_taken_back_leaves_nothing_behind(data: st.DataObject, log: list[bytes], rules: ReviewRules) -> None:
    worker = Worker(review_rules=rules, events_between=2)
    take_delivery(worker.reviews, data.draw(deliveries(log)))
    desk: Any = worker.reviews.desk
    for subject in ("R-1", "R-2"):
        if desk.value(subject) is not None:
            desk.contribute(desk.value(subject), -1)
    windows = worker.reviews.windows
    windows.apply(desk.contributions)

    assert not any(non_zero(totals) for totals in windows.totals().values())
