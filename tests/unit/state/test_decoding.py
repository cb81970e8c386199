from __future__ import annotations

import orjson
import pytest

from schemas.events import SURVEYS_TOPIC, TICKETS_TOPIC
from stream.state.records import RecordLimits
from stream.state.rejection import Reason
from tests.kinds.surveys import survey
from tests.kinds.tickets import ticket
from tests.kinds.worker import Worker
from tests.moments import START, record

HOUR_IN_MICROSECONDS = 3_600 * 1_000_000

OPENED = "helpdesk.ticket.opened.v1"


def rejection_of(value: bytes | None, topic: str = TICKETS_TOPIC) -> tuple[Reason, str]:
    """Why a worker rejects a record."""
    worker = Worker()
    outcome = worker.take(value) if topic == TICKETS_TOPIC else worker.take_of("surveys", value)
    assert outcome.applied == 0
    (rejection,) = outcome.rejections
    assert rejection.record.value == value
    return rejection.reason, rejection.detail


@pytest.mark.parametrize("length", [0, 1, 50, -1])
def test_truncated_json_is_not_json(length: int) -> None:
    assert rejection_of(ticket("opened", 0)[:length])[0] is Reason.NOT_JSON


@pytest.mark.parametrize(
    "value",
    [
        b"\x00\x01\x02",
        b"not json",
        b"\xff\xfe",
        ticket("opened", 0) + b"garbage",
        ticket("opened", 0).replace(b"T-1", b"T-\xc3\x28"),
        b'{"extra": ' + b"[" * 100_000,
    ],
    ids=["binary", "words", "no utf-8", "garbage after it", "broken utf-8", "deep nesting"],
)
def test_what_is_not_json_is_told_so(value: bytes) -> None:
    assert rejection_of(value)[0] is Reason.NOT_JSON


def test_a_record_without_value_is_invalid() -> None:
    assert rejection_of(None) == (Reason.INVALID, "the record has no value")


@pytest.mark.parametrize(
    "value",
    [
        b"null",
        b"[]",
        b"{}",
        b'"text"',
        record(OPENED, 0, "T-1", None),
        record(OPENED, 0, "T-1", []),
        record(OPENED, 0, "", {}),
        record(OPENED, 0, "x" * 513, {}),
        record(OPENED, 0, "T-1", {"channel": 7}),
        record(OPENED, 0, "T-1", {"channel": ""}),
        record(OPENED, 0, "T-1", {"channel": "x" * 257}),
        record(OPENED, 0, "T-1", {"status": "solved"}),
        record(OPENED, 0, "T-1", {"actor": "robot"}),
        record(OPENED, 0, "T-1", {}, time="yesterday"),
        record(OPENED, 0, "T-1", {}, time="2024-03-04T12:00:00"),
        record(OPENED, 0, "T-1", {}, time=1_709_553_600),
        record(OPENED, 0, "T-1", {}, specversion="0.3"),
        record(OPENED, 0, "T-1", {}, id=""),
        record(OPENED, 0, "T-1", {}, source=None),
        record("helpdesk.ticket.replied.v1", 0, "T-1", {}),
        record("helpdesk.ticket.merged.v1", 0, "T-1", {}),
    ],
)
def test_a_record_of_a_wrong_shape_is_invalid(value: bytes) -> None:
    assert rejection_of(value)[0] is Reason.INVALID


def test_the_detail_names_the_wrong_field() -> None:
    assert "`$.data.channel`" in rejection_of(record(OPENED, 0, "T-1", {"channel": 7}))[1]


@pytest.mark.parametrize("event_type", ["helpdesk.ticket.exploded.v1", "helpdesk.ticket.opened.v2", "", "com.example"])
def test_an_unknown_type_is_told_so(event_type: str) -> None:
    assert rejection_of(record(event_type, 0, "T-1", {}))[0] is Reason.UNKNOWN_TYPE


def test_a_type_of_another_topic_is_unknown() -> None:
    assert rejection_of(survey("sent", 0, survey="csat"))[0] is Reason.UNKNOWN_TYPE
    assert rejection_of(ticket("opened", 0), SURVEYS_TOPIC)[0] is Reason.UNKNOWN_TYPE


@pytest.mark.parametrize(
    "time",
    [
        "9999-12-31T23:59:59.999999Z",
        "9999-12-31T23:59:59-14:00",
        "1989-12-31T23:59:59.999999Z",
        "1970-01-01T00:00:00Z",
        "1969-12-31T23:59:59Z",
        "0001-01-01T00:00:00Z",
        "0001-01-01T00:00:00+14:00",
    ],
)
def test_an_absurd_time_is_out_of_range(time: str) -> None:
    assert rejection_of(ticket("opened", time))[0] is Reason.TIME_OUT_OF_RANGE


def test_the_first_moment_of_1990_is_in_range() -> None:
    assert Worker().take(ticket("opened", "1990-01-01T00:00:00Z")).applied == 1


@pytest.mark.parametrize("seconds, applied", [(3_600, 1), (3_600.000001, 0)])
def test_an_event_may_be_ahead_of_the_wall_clock_by_the_skew(seconds: float, applied: int) -> None:
    worker = Worker(limits=RecordLimits(skew=HOUR_IN_MICROSECONDS))
    worker.wall_now = round(START.timestamp()) * 1_000_000

    assert worker.take(ticket("opened", seconds)).applied == applied


def test_an_event_that_is_out_of_range_does_not_move_the_event_clock() -> None:
    worker = Worker()
    worker.take(ticket("opened", 0), ticket("opened", "9999-12-31T00:00:00Z", "T-2"))

    assert worker.numbers()["now"] == "2024-03-04T12:00:00Z"


@pytest.mark.parametrize("surplus, reason", [(0, None), (1, Reason.TOO_LARGE)])
def test_a_record_may_be_as_large_as_the_limit(surplus: int, reason: Reason | None) -> None:
    value = ticket("opened", 0)
    worker = Worker(limits=RecordLimits(size=len(value) - surplus))
    outcome = worker.take(value)

    assert [rejection.reason for rejection in outcome.rejections] == ([reason] if reason else [])


def test_a_large_record_is_not_even_parsed() -> None:
    assert rejection_of(b"{" * 2_000_000)[0] is Reason.TOO_LARGE


def test_unknown_fields_are_skipped() -> None:
    value = record(OPENED, 0, "T-1", {"colour": "red", "nested": {"deep": [1, 2]}}, traceparent="00-abc", extra=None)

    assert Worker().take(value).applied == 1


@pytest.mark.parametrize("kind", ["handed_off", "resolved", "reopened", "escalated", "abandoned"])
def test_data_may_be_left_out_where_all_of_it_is_optional(kind: str) -> None:
    event = orjson.loads(ticket(kind, 0))
    del event["data"]

    assert Worker().take(orjson.dumps(event)).applied == 1


@pytest.mark.parametrize(
    "text",
    ["2024-03-04T12:00:00Z", "2024-03-04T13:00:00+01:00", "2024-03-04T06:30:00-05:30", "2024-03-04T12:00:00.000000Z"],
)
def test_a_time_is_the_same_moment_in_every_zone(text: str) -> None:
    worker = Worker()
    worker.take(record(OPENED, 0, "T-1", {}, time=text))

    assert worker.numbers()["now"] == "2024-03-04T12:00:00Z"
