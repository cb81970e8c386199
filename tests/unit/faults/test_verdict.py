from __future__ import annotations

from typing import Any

from stream.desks.kinds import KINDS
from tests.faults.verdict import additive_parts, compare, ownership_faults


def snapshot(opened: int, seconds: float = 0.0, open_tickets: int = 0) -> dict[str, Any]:
    labels = {"channel": "email"}
    return {
        "state": {
            "open_tickets": open_tickets,
            "open_cases": 0,
            "backlog_tickets": 0,
            "tickets_without_opening": 0,
            "open_ticket_age_seconds": {"3600": 0, "+Inf": open_tickets},
        },
        "windows": {
            window: {
                "parts": {
                    "tickets_opened": [{"labels": labels, "count": opened}],
                    "resolution_seconds": [{"labels": labels, "count": opened, "sum": seconds}],
                }
            }
            for window in ("5m", "lifetime")
        },
    }


def test_the_parts_of_several_workers_add_up_to_those_of_one() -> None:
    whole = additive_parts([snapshot(5, 12.5, 3)])

    assert additive_parts([snapshot(2, 10.0, 1), snapshot(3, 2.5, 2)]) == whole
    assert compare("x", whole, whole).lines == []


def test_counts_that_are_too_low_over_the_lifetime_are_lost_and_those_too_high_doubled() -> None:
    expected = additive_parts([snapshot(5)])

    lost = compare("x", expected, additive_parts([snapshot(3)]))
    assert (lost.lost, lost.doubled) == (4, 0)
    doubled = compare("x", expected, additive_parts([snapshot(6)]))
    assert (doubled.lost, doubled.doubled) == (0, 2)
    assert lost.lost_of["tickets"] == 4
    assert {*lost.lost_of} == {kind.name for kind in KINDS}
    assert 'x: lifetime tickets_opened {"channel":"email"} count: expected 5, got 6' in doubled.lines


def test_a_wrong_sum_or_state_is_a_difference_too() -> None:
    expected = additive_parts([snapshot(5, 100.0, 1)])

    assert compare("x", expected, additive_parts([snapshot(5, 100.00001, 1)])).lines == []
    assert len(compare("x", expected, additive_parts([snapshot(5, 100.1, 1)])).lines) == 2
    assert len(compare("x", expected, additive_parts([snapshot(5, 100.0, 2)])).lines) == 2


def test_a_stock_is_compared_over_each_window_and_now() -> None:
    def stock(level: int) -> dict[str, Any]:
        return {
            "state": snapshot(0)["state"] | {"parts": {"calls_waiting": [{"labels": {}, "level": level}]}},
            "windows": {"5m": {"parts": {"calls_waiting": [{"labels": {}, "before": 2, "integral": 60.0 * level}]}}},
        }

    verdict = compare("x", additive_parts([stock(3)]), additive_parts([stock(1), stock(1)]))

    assert len(verdict.lines) == 3
    assert (verdict.lost, verdict.doubled) == (0, 0)


def test_every_partition_belongs_to_one_worker() -> None:
    partitions = {"t": 2}

    assert ownership_faults(partitions, {"a": {"t": [0]}, "b": {"t": [1]}}) == []
    assert ownership_faults(partitions, {"a": {"t": [0]}}) == ["t[1] is held by nobody"]
    assert ownership_faults(partitions, {"a": {"t": [0, 1]}, "b": {"t": [1]}}) == ["t[1] is held by a, b"]
