from __future__ import annotations

from tests.unit.oracle.event_log import lifetime, ticket

FIRST = "first_reply_seconds"


def test_54_000_seconds_over_800_first_replies_make_67_and_a_half() -> None:
    log = []
    for number in range(800):
        # 400 * 60 + 400 * 75 = 54 000
        wait = 60 if number < 400 else 75
        log += [ticket("opened", number, f"T-{number}"), ticket("replied", number + wait, f"T-{number}", actor="agent")]

    # The 400th of 800 waits is the last of 60 s, the 720th, 760th and 792nd are of 75 s.
    assert lifetime(log)[FIRST] == {
        "count": 800,
        "sum": 54_000.0,
        "mean": 67.5,
        "p50": 60.0,
        "p90": 75.0,
        "p95": 75.0,
        "p99": 75.0,
    }


def test_quantiles_are_nearest_ranks() -> None:
    log = []
    for wait in range(10, 110, 10):
        log += [ticket("opened", 0, f"T-{wait}"), ticket("replied", wait, f"T-{wait}", actor="agent")]

    # Of ten values the 5th, the 9th, and ceil(9.5) = ceil(9.9) = the 10th.
    first = lifetime(log)[FIRST]
    assert [first[name] for name in ("p50", "p90", "p95", "p99")] == [50.0, 90.0, 100.0, 100.0]

    log += [ticket("opened", 0, f"T-{wait}") for wait in (110, 120)]
    log += [ticket("replied", wait, f"T-{wait}", actor="agent") for wait in (110, 120)]

    # Of twelve values the 6th, and ceil(10.8) = the 11th, ceil(11.4) = ceil(11.88) = the 12th.
    first = lifetime(log)[FIRST]
    assert [first[name] for name in ("p50", "p90", "p95", "p99")] == [60.0, 110.0, 120.0, 120.0]


def test_the_quantiles_of_one_value_are_this_value() -> None:
    first = lifetime([ticket("opened", 0), ticket("replied", 0.25, actor="agent")])[FIRST]

    assert [first[name] for name in ("p50", "p90", "p95", "p99")] == [0.25] * 4
