from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.event_records import record
from tests.oracle import TicketSettings, compute, read_log
from tests.unit.oracle.event_log import lifetime, survey, ticket

OPENED = "helpdesk.ticket.opened.v1"
NOON = "2024-03-04T12:00:00Z"

STORY = [
    ticket("opened", 0, "T-1", channel="email", category="complaint", team="first", assignee="ann"),
    ticket("replied", 60, "T-1", actor="bot"),
    ticket("handed_off", 90, "T-1", team="second"),
    ticket("replied", 120, "T-1", actor="agent", author="ann"),
    ticket("resolved", 120, "T-1"),
    ticket("replied", 200, "T-1", actor="customer"),
    ticket("reopened", 300, "T-1"),
    ticket("updated", 310, "T-1", assignee="bob", priority=None),
    ticket("replied", 400, "T-1", actor="agent", author="bob"),
    ticket("status_changed", 500, "T-1", status="closed"),
    ticket("opened", 5, "T-2"),
    survey("sent", 600, survey="csat", channel="email"),
    survey("responded", 700, survey="csat", scale="1-5", score=4),
]


@pytest.fixture(scope="module")
def nothing() -> dict[str, Any]:
    return compute([])


def test_neither_order_nor_repetition_changes_anything() -> None:
    expected = compute(STORY)

    assert expected["windows"]["lifetime"]["tickets_resolved"] == 1
    assert compute(reversed(STORY)) == expected
    assert compute(STORY * 3) == expected
    assert compute([*STORY[7:], *reversed(STORY), *STORY[:7]]) == expected


def test_an_event_is_told_by_its_source_and_id() -> None:
    log = [
        record(OPENED, "T-1", NOON, {}, source="/a", id="1"),
        record(OPENED, "T-1", NOON, {}, source="/a", id="1", unknown="is skipped"),
        record(OPENED, "T-2", NOON, {}, source="/a", id="2"),
        record(OPENED, "T-3", NOON, {}, source="/b", id="1"),
    ]

    assert lifetime(log)["tickets_opened"] == 3


@pytest.mark.parametrize(
    "time",
    [
        "2024-03-04T12:00:00Z",
        "2024-03-04 12:00:00z",
        "2024-03-04T13:30:00+01:30",
        "2024-03-03T23:00:00-13:00",
        "2024-03-04T11:59:59.9999995Z",
        "2024-03-04T12:00:00.0000004Z",
    ],
)
def test_times_may_have_any_zone_and_are_rounded_to_microseconds(time: str) -> None:
    assert compute([record(OPENED, "T-1", time, {})])["now"] == NOON


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"\xff",
        b"[]",
        b"null",
        b"{}",
        record("helpdesk.ticket.opened.v2", "T-1", NOON, {}),
        record("", "T-1", NOON, {}),
        record(OPENED, "", NOON, {}),
        record(OPENED, "T" * 513, NOON, {}),
        record(OPENED, "T-1", NOON, None),
        record(OPENED, "T-1", NOON, []),
        record(OPENED, "T-1", NOON, {"channel": ""}),
        record(OPENED, "T-1", NOON, {"channel": "c" * 257}),
        record(OPENED, "T-1", NOON, {"channel": 1}),
        record(OPENED, "T-1", NOON, {"status": "solved"}),
        record(OPENED, "T-1", NOON, {"status": None}),
        record(OPENED, "T-1", NOON, {"actor": "nobody"}),
        record(OPENED, "T-1", NOON, {}, specversion="0.3"),
        record(OPENED, "T-1", NOON, {}, datacontenttype="text/plain"),
        record(OPENED, "T-1", NOON, {}, recordedtime="yesterday"),
        record(OPENED, "T-1", NOON, {}, id=1),
        record(OPENED, "T-1", NOON, {}, type=[]),
        record(OPENED, "T-1", "2024-03-04T12:00:00", {}),
        record(OPENED, "T-1", "2024-02-30T12:00:00Z", {}),
        record(OPENED, "T-1", "2024-03-04T24:00:00Z", {}),
        record(OPENED, "T-1", "2024-03-04T12:00:00+24:00", {}),
        record(OPENED, "T-1", "1989-12-31T23:59:59.999999Z", {}),
        record("helpdesk.ticket.replied.v1", "T-1", NOON, {}),
        record("helpdesk.ticket.merged.v1", "T-1", NOON, {}),
    ],
)
def test_an_invalid_record_has_no_effect(raw: bytes, nothing: dict[str, Any]) -> None:
    assert compute([raw]) == nothing


@pytest.mark.parametrize(
    "kind, scale, score",
    [
        ("csat", "1-3", 0),
        ("csat", "1-5", 6),
        ("csat", "1-7", 8),
        ("csat", "1-10", 0),
        ("csat", "good-bad", 2),
        ("csat", "1-4", 1),
        ("csat", "1-5", 5.0),
        ("csat", "1-5", True),
        ("nps", "1-10", 9),
        ("nps", "0-10", 11),
        ("nps", "0-10", -1),
        ("ces", "1-3", 2),
        ("ces", "0-10", 5),
        ("ces", "1-7", 0),
        ("iqs", "1-5", 5),
    ],
)
def test_a_score_off_its_scale_or_on_a_strange_one_has_no_effect(
    kind: str, scale: str, score: object, nothing: dict[str, Any]
) -> None:
    assert compute([survey("responded", 0, survey=kind, scale=scale, score=score)]) == nothing


def test_the_first_valid_time_is_the_beginning_of_1990() -> None:
    assert compute([record(OPENED, "T-1", "1990-01-01T00:00:00Z", {})])["state"]["open_tickets"] == 1


def test_events_that_need_no_data_may_leave_it_out() -> None:
    event = json.loads(ticket("resolved", 10))
    del event["data"]

    assert lifetime([ticket("opened", 0), json.dumps(event).encode()])["tickets_resolved"] == 1


def test_a_log_is_read_line_by_line(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    path.write_bytes(STORY[0] + b"\r\n\n" + STORY[1] + b"\n  \n" + STORY[2])

    assert list(read_log(path)) == STORY[:3]
    assert list(read_log(str(path))) == STORY[:3]


def test_a_log_that_is_missing_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        list(read_log(tmp_path / "missing.jsonl"))


def test_settings_that_mean_nothing_are_refused() -> None:
    with pytest.raises(ValueError, match="fcr_rule"):
        TicketSettings(fcr_rule="sometimes")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="negative"):
        TicketSettings(fcr_days=-1)
    with pytest.raises(ValueError, match="negative"):
        TicketSettings(backlog_threshold_seconds=-1)
