from __future__ import annotations

import copy
import json
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest

from tests.oracle import compute, differences
from tests.unit.oracle.event_log import survey, ticket

Change = Callable[[dict[str, Any]], None]


@cache
def snapshot() -> dict[str, Any]:
    """Two tickets of two channels, answered after 100 s and 300 s, one of them solved after 400 s."""
    return compute(
        [
            ticket("opened", 0, "T-1", channel="email"),
            ticket("replied", 100, "T-1", actor="agent"),
            ticket("opened", 0, "T-2", channel="web"),
            ticket("replied", 300, "T-2", actor="agent"),
            ticket("resolved", 400, "T-2"),
            survey("responded", 500, survey="nps", scale="0-10", score=9),
        ]
    )


def changed(change: Change) -> list[str]:
    actual = copy.deepcopy(snapshot())
    change(actual["windows"]["lifetime"])
    return differences(snapshot(), actual)


def test_equal_snapshots_do_not_differ() -> None:
    assert differences(snapshot(), snapshot()) == []
    assert differences(snapshot(), json.loads(json.dumps(snapshot()))) == []


def test_a_wrong_count_is_told_with_its_place_and_both_values() -> None:
    def change(window: dict[str, Any]) -> None:
        window["tickets_opened"] = 3

    assert changed(change) == ["windows.lifetime.tickets_opened: expected 2, got 3"]


def test_counts_must_be_met_to_the_unit_however_large() -> None:
    assert differences({"count": 10**9}, {"count": 10**9 + 1}) == ["count: expected 1000000000, got 1000000001"]


def test_a_boolean_is_no_count() -> None:
    assert differences({"count": 1}, {"count": True}) == ["count: expected 1, got true"]


@pytest.mark.parametrize("key", ["sum", "mean"])
def test_sums_and_means_have_a_small_tolerance(key: str) -> None:
    def slightly(window: dict[str, Any]) -> None:
        window["first_reply_seconds"][key] *= 1 + 9e-7

    def too_much(window: dict[str, Any]) -> None:
        window["first_reply_seconds"][key] *= 1 + 1e-5

    assert changed(slightly) == []
    assert len(changed(too_much)) == 1


@pytest.mark.parametrize("key", ["p50", "p90", "p95", "p99"])
def test_quantiles_have_one_percent_of_tolerance(key: str) -> None:
    def slightly(window: dict[str, Any]) -> None:
        window["first_reply_seconds"][key] *= 1.01

    def too_much(window: dict[str, Any]) -> None:
        window["first_reply_seconds"][key] *= 0.9898

    assert changed(slightly) == []
    assert len(changed(too_much)) == 1


def test_the_tolerances_can_be_chosen() -> None:
    assert differences({"sum": 100.0}, {"sum": 101.0}, sum_tolerance=0.02) == []
    assert differences({"p50": 100.0}, {"p50": 101.0}, quantile_tolerance=0.001) == ["p50: expected 100.0, got 101.0"]


def test_no_value_is_not_zero() -> None:
    assert differences({"mean": None}, {"mean": 0.0}) == ["mean: expected null, got 0.0"]
    assert differences({"mean": 0.0}, {"mean": None}) == ["mean: expected 0.0, got null"]


def test_missing_and_unexpected_keys_are_told() -> None:
    def change(window: dict[str, Any]) -> None:
        del window["tickets_opened_by_channel"]["web"]
        window["tickets_opened_by_channel"]["fax"] = 1

    assert changed(change) == [
        "windows.lifetime.tickets_opened_by_channel.web: missing, expected 1",
        "windows.lifetime.tickets_opened_by_channel.fax: unexpected, got 1",
    ]


def test_a_missing_window_is_one_line() -> None:
    actual = copy.deepcopy(snapshot())
    del actual["windows"]["5m"]["nps"]

    assert len(differences(snapshot(), actual)) == 1


def test_the_order_of_parts_and_of_their_labels_does_not_matter() -> None:
    def change(window: dict[str, Any]) -> None:
        for entries in window["parts"].values():
            entries.reverse()
            for entry in entries:
                entry["labels"] = dict(reversed(entry["labels"].items()))

    assert changed(change) == []


def test_a_measure_without_parts_may_be_left_out_or_empty() -> None:
    def change(window: dict[str, Any]) -> None:
        window["parts"]["tickets_escalated"] = []

    assert changed(change) == []


def test_parts_are_compared_by_measure_and_labels() -> None:
    def change(window: dict[str, Any]) -> None:
        email, web = window["parts"]["first_reply_seconds"]
        email["sum"] += 1
        web["labels"]["priority"] = "high"

    place = "windows.lifetime.parts.first_reply_seconds"
    assert changed(change) == [
        f'{place}.{{"channel":"email","priority":"none"}}.sum: expected 100.0, got 101.0',
        f'{place}.{{"channel":"web","priority":"none"}}: missing, expected {{"count":1,"sum":300.0}}',
        f'{place}.{{"channel":"web","priority":"high"}}: unexpected, got {{"count":1,"sum":300.0}}',
    ]


def test_two_parts_with_the_same_labels_are_told() -> None:
    def change(window: dict[str, Any]) -> None:
        window["parts"]["survey_scores"] *= 2

    assert changed(change) == ["windows.lifetime.parts.survey_scores: 2 parts, but only 1 different sets of labels"]


def test_times_are_compared_as_moments() -> None:
    assert differences({"now": "2024-03-04T12:00:00.500000Z"}, {"now": "2024-03-04T12:00:00.5Z"}) == []
    assert differences({"now": "2024-03-04T12:00:00Z"}, {"now": "2024-03-04T12:00:01Z"}) == [
        'now: expected "2024-03-04T12:00:00Z", got "2024-03-04T12:00:01Z"'
    ]
    assert len(differences({"now": "2024-03-04T12:00:00Z"}, {"now": None})) == 1
