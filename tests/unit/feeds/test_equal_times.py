"""Rows in the same minute: the file says what was first."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from stream.feeds.replay import ReplayedEvent, load_mapping, read_events
from tests.kinds.worker import Worker
from tests.moments import HOUR
from tests.oracle import compute, differences

MAPPING = """
source = "/logs/minutes"
subject = "{ticket}"
%s
[format]
kind = "csv"
[time]
value = "{time}"
format = "%%Y-%%m-%%d %%H:%%M"
[[rule]]
first_of_subject = true
event = "helpdesk.ticket.opened.v1"
data = { status = "open", assignee = "{agent}" }
[[rule]]
first_of_subject = false
event = "helpdesk.ticket.status_changed.v1"
data = { status = "{status}" }
[[rule]]
first_of_subject = false
event = "helpdesk.ticket.updated.v1"
data = { assignee = "{agent}" }
"""
STEPS = ("10:00,open,ann", "11:00,pending,ann", "11:00,open,bob", "13:00,solved,bob")
TICKETS = 8


def events_of(folder: Path, rows: list[str], top: str = "") -> list[ReplayedEvent]:
    (folder / "mapping.toml").write_text(MAPPING % top)
    (folder / "log.csv").write_text("\n".join(["ticket,time,status,agent", *rows]) + "\n")
    return list(read_events(folder / "log.csv", load_mapping(folder / "mapping.toml")))


def worker_on(events: list[ReplayedEvent]) -> Worker:
    worker = Worker()
    worker.take(*(event.value for event in events))
    assert differences(compute(event.value for event in events), worker.numbers(), sum_tolerance=1e-5) == []
    return worker


def of_all_tickets(steps: tuple[str, ...]) -> list[str]:
    return [f"T-{ticket},2024-03-04 {step}" for ticket in range(TICKETS) for step in steps]


@pytest.mark.parametrize(
    "steps, top", [(STEPS, ""), (STEPS[::-1], 'equal_times = "file_reversed"')], ids=["oldest first", "newest first"]
)
def test_identical_tickets_come_to_identical_numbers(steps: tuple[str, ...], top: str, tmp_path: Path) -> None:
    worker = worker_on(events_of(tmp_path, of_all_tickets(steps), top))

    assert worker.seconds("agent_work_seconds") == (TICKETS, TICKETS * 3 * HOUR)
    assert worker.count("ticket_reassignments") == TICKETS


def test_a_reopening_in_the_minute_of_the_solve_is_not_lost(tmp_path: Path) -> None:
    worker = worker_on(events_of(tmp_path, of_all_tickets(("10:00,open,ann", "11:00,solved,ann", "11:00,open,ann"))))

    assert worker.count("tickets_reopened") == TICKETS
    assert worker.state()["open_tickets"] == TICKETS


def test_events_of_the_same_row_have_the_same_sequence(tmp_path: Path) -> None:
    events = [orjson.loads(event.value) for event in events_of(tmp_path, of_all_tickets(STEPS)[:2])]

    assert [(event["type"].split(".")[2], event["sequence"]) for event in events] == [
        ("opened", "000000000002"),
        ("status_changed", "000000000003"),
        ("updated", "000000000003"),
    ]
