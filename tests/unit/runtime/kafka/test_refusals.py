from __future__ import annotations

import logging

import pytest

from stream.runtime.kafka.refusals import SILENT_SECONDS, Refusals
from stream.state.records import Rejection
from stream.state.rejection import Reason
from tests.kinds.worker import SourceRecord


def refused(offset: int, reason: Reason = Reason.TIMELINE_FULL) -> Rejection:
    return Rejection(SourceRecord(offset, b"{}"), reason, f"event {offset}")


def test_a_reason_is_told_once_an_hour_with_an_example_and_how_many_there_were(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.WARNING)
    clock = [0.0]
    refusals = Refusals("helpdesk.tickets", lambda: clock[0])
    refusals.note([refused(1), refused(2)])
    clock[0] = SILENT_SECONDS - 1
    refusals.note([refused(3), refused(4, Reason.TOO_LATE)])
    clock[0] = SILENT_SECONDS
    refusals.note([refused(5)])

    assert [record.getMessage() for record in caplog.records] == [
        "Dead-lettered 1 valid events of helpdesk.tickets as timeline_full, the last one at offset 1: event 1",
        "Dead-lettered 1 valid events of helpdesk.tickets as too_late, the last one at offset 4: event 4",
        "Dead-lettered 3 valid events of helpdesk.tickets as timeline_full, the last one at offset 5: event 5",
    ]
