from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from stream.state.rejection import VALID, Reason
from stream.state.rejection_share import RejectionLimit, RejectionShare

Runs = list[list[Reason | None]]

runs_of_records = st.lists(st.lists(st.none() | st.sampled_from(Reason), max_size=12), max_size=30)
limits = st.builds(
    RejectionLimit,
    share=st.floats(0.01, 1),
    window=st.integers(1, 60),
    least=st.integers(1, 30),
)


def reasons_of(records: list[Reason | None]) -> list[Reason]:
    return [reason for reason in records if reason is not None]


def last_runs(runs: Runs, window: int) -> list[Reason | None]:
    """The records of the fewest last runs that have so many of them."""
    found: list[Reason | None] = []
    for records in reversed(runs):
        if len(found) >= window:
            break
        found += records
    return found


@given(runs_of_records, limits)
def test_the_verdict_is_that_of_counting_the_last_runs_anew(runs: Runs, limit: RejectionLimit) -> None:
    share = RejectionShare(limit)
    for number, records in enumerate(runs, start=1):
        verdict = share.add(len(records), reasons_of(records))

        judged = [[reason for reason in run if reason not in VALID] for run in runs[:number]]
        last = last_runs([run for run in judged if run], limit.window)
        reasons = Counter(reasons_of(last))
        too_many = reasons.total() >= limit.least and reasons.total() > limit.share * len(last)
        assert (verdict is not None) == (too_many and bool(judged[-1]))
        if verdict is not None:
            assert (verdict.rejected, verdict.records) == (reasons.total(), len(last))
            assert reasons[verdict.reason] == max(reasons.values())


@given(runs_of_records, limits)
def test_a_limit_of_one_bears_anything(runs: Runs, limit: RejectionLimit) -> None:
    share = RejectionShare(RejectionLimit(1.0, limit.window, limit.least))

    assert all(share.add(len(records), reasons_of(records)) is None for records in runs)


@given(st.integers(0, 999), st.integers(1, 50))
def test_a_burst_of_fewer_than_the_least_never_stops_the_worker(burst: int, runs: int) -> None:
    share = RejectionShare()

    for number in range(runs):
        count = burst // runs + (number < burst % runs)
        assert share.add(count, [Reason.NOT_JSON] * count) is None


@given(st.lists(st.integers(1, 2_000), min_size=1, max_size=60), st.floats(0, 0.05))
def test_a_few_percent_of_poison_never_stop_the_worker(sizes: list[int], poison: float) -> None:
    share = RejectionShare()

    assert all(share.add(size, [Reason.INVALID] * int(size * poison)) is None for size in sizes)


@given(st.integers(1, 2_000))
def test_a_topic_of_nothing_but_garbage_stops_the_worker_with_the_thousandth_record(size: int) -> None:
    share = RejectionShare()
    verdicts = [share.add(size, [Reason.NOT_JSON] * size) for _ in range(1_000 // size + 1)]

    first = next(number for number, verdict in enumerate(verdicts, start=1) if verdict is not None)
    assert (first - 1) * size < 1_000 <= first * size


@given(st.lists(st.lists(st.sampled_from(sorted(VALID)), min_size=1, max_size=2_000), min_size=1, max_size=20))
def test_valid_events_without_a_place_never_stop_the_worker(runs: list[list[Reason]]) -> None:
    share = RejectionShare(RejectionLimit(least=1))

    assert all(share.add(len(reasons), reasons) is None for reasons in runs)
