"""Logs with a resolution of a minute, or of an hour: what was first among equal times is what the file says."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from operator import attrgetter
from pathlib import Path
from random import Random
from typing import Any, Final

import pytest

from stream.feeds.replay import load_mapping, read_events
from tests.event_records import record
from tests.kinds.worker import Worker
from tests.oracle import compute, differences
from tests.unit.feeds.test_shipped_mappings import EXCERPTS, WHOLE

NAME: Final = "helpdesk_italian"
ITEMS: Final = {"minute": 16, "hour": 13}
"""How many characters of a time stay."""

LOGS: Final = [log for folder in (EXCERPTS, WHOLE) if (log := folder / f"{NAME}.csv").exists()]

Line = dict[str, str]


def coarse(log: Path, resolution: str) -> list[Line]:
    """The rows of a log with times that are cut."""
    with log.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        time = row["time:timestamp"][: ITEMS[resolution]]
        row["time:timestamp"] = time + {"minute": ":00", "hour": ":00:00"}[resolution]
    return rows


def shuffled(rows: list[Line], seed: int) -> list[Line]:
    """The rows of different tickets in another order, those of a ticket in theirs."""
    of_tickets: dict[str, list[Line]] = {}
    for row in rows:
        of_tickets.setdefault(row["case:concept:name"], []).append(row)
    turns = [ticket for ticket, of_ticket in of_tickets.items() for _ in of_ticket]
    Random(seed).shuffle(turns)
    left = {ticket: iter(of_ticket) for ticket, of_ticket in of_tickets.items()}
    return [next(left[ticket]) for ticket in turns]


def what_the_file_says(rows: list[Line]) -> Iterator[bytes]:
    """Events made of the rows without the replay, each with its row's number as its sequence."""
    first: dict[str, int] = {}
    for number, row in enumerate(rows):
        ticket = row["case:concept:name"]
        if ticket not in first or row["time:timestamp"] < rows[first[ticket]]["time:timestamp"]:
            first[ticket] = number
    for number, row in enumerate(rows):
        for kind, data in meant(row, is_first=first[row["case:concept:name"]] == number):
            event = f"helpdesk.ticket.{kind}.v1"
            time = row["time:timestamp"].replace(" ", "T") + "Z"
            identity = {"id": f"{number}:{kind}", "sequence": f"{number:09}"}
            yield record(event, row["case:concept:name"], time, data, **identity)


def meant(row: Line, *, is_first: bool) -> Iterator[tuple[str, dict[str, Any]]]:
    """What a row means."""
    if is_first:
        yield "opened", {"status": "new", "actor": "customer"}
    match row["concept:name"]:
        case "Take in charge ticket":
            yield "status_changed", {"status": "open", "actor": "agent"}
        case "Wait":
            yield "status_changed", {"status": "pending", "actor": "agent"}
        case "Require upgrade" | "Schedule intervention":
            yield "status_changed", {"status": "hold", "actor": "agent"}
        case "Create SW anomaly":
            yield "escalated", {}
        case "Resolve ticket":
            yield "resolved", {"actor": "agent"}
        case "Closed":
            yield "status_changed", {"status": "closed", "actor": "automation"}


def replayed(rows: list[Line], folder: Path) -> Worker:
    """A worker that has taken in what a replay of these rows sends."""
    log = folder / "log.csv"
    with log.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    worker = Worker()
    events = sorted(read_events(log, load_mapping(NAME)), key=attrgetter("time"))
    for start in range(0, len(events), 500):
        outcome = worker.take(*(event.value for event in events[start : start + 500]))
        assert not outcome.rejections
    return worker


@pytest.mark.parametrize("seed", [None, 1])
@pytest.mark.parametrize("resolution", [*ITEMS])
@pytest.mark.parametrize("log", LOGS, ids=["excerpt", "whole"][: len(LOGS)])
def test_every_number_is_that_of_the_files_order(log: Path, resolution: str, seed: int | None, tmp_path: Path) -> None:
    rows = coarse(log, resolution)
    expected = compute(what_the_file_says(rows))
    worker = replayed(rows if seed is None else shuffled(rows, seed), tmp_path)

    assert differences(expected, worker.numbers()) == []
