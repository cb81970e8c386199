"""What the exports of some programs hold beside their rows, and how they spell what is not there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from stream.feeds.suggestion.first_bytes import MOST_BYTES
from tests.unit.feeds.suggestion.logs import log_of, table

PRIORITIES = ("1 - Critical", "2 - High", "3 - Moderate", "4 - Low", "5 - Planning")


def opened(number: int) -> str:
    return f"2024-01-{number % 28 + 1:02} 10:00:00"


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_line_that_tells_a_spreadsheet_the_delimiter_is_no_header(tmp_path: Path, delimiter: str) -> None:
    rows = table(("ticket_id", "created"), ((f"T-{number}", opened(number)) for number in range(40)), delimiter)

    log = log_of(tmp_path, f"sep={delimiter}\r\n{rows}")

    assert "skip_lines = 1" in log.text
    assert log.types() == {"ticket.opened": 40}


@pytest.mark.parametrize("none", ["0000-00-00", "0000-00-00 00:00:00"])
def test_a_date_of_zeros_is_none(tmp_path: Path, none: str) -> None:
    rows = [(f"T-{number}", opened(number), none if number % 3 else opened(number + 1)) for number in range(60)]

    log = log_of(tmp_path, table(("ticket_id", "created", "resolved_at"), rows))

    assert log.types() == {"ticket.opened": 60, "ticket.resolved": 20}


def test_numbered_priorities_get_the_words_that_all_sources_share(tmp_path: Path) -> None:
    rows = [(f"T-{number}", opened(number), PRIORITIES[number % 5]) for number in range(60)]

    log = log_of(tmp_path, table(("ticket_id", "created", "priority"), rows))

    assert {event["data"]["priority"] for event in log.events()} == {"urgent", "high", "normal", "low", "planning"}
    assert log.report.is_complete


def test_priorities_that_are_not_all_numbered_are_taken_as_they_are(tmp_path: Path) -> None:
    rows = [(f"T-{number}", opened(number), ("1 - Critical", "VIP")[number % 2]) for number in range(60)]

    log = log_of(tmp_path, table(("ticket_id", "created", "priority"), rows))

    assert 'priority = "{priority}"' in log.text


def test_the_array_of_records_is_found_in_the_beginning_of_a_long_document(tmp_path: Path) -> None:
    tickets = [{"id": number, "created": opened(number), "text": "x" * 2_000} for number in range(MOST_BYTES // 2_000)]
    document = json.dumps({"users": [{"id": 1}, {"id": 2}], "data": {"tickets": tickets}})
    assert len(document) > MOST_BYTES

    log = log_of(tmp_path, document, "log.json")

    assert 'records = "data.tickets"' in log.text
    assert log.types() == {"ticket.opened": len(tickets)}


@pytest.mark.parametrize("name", ["log.json", "log.jsonl"])
def test_halves_of_characters_can_stand_in_any_name_and_value(tmp_path: Path, name: str) -> None:
    records = [
        {"id": number, "created": opened(number), "status\udc00": "open\ud800", "priority": "1 - \ud800"}
        for number in range(40)
    ]
    content = json.dumps(records) if name == "log.json" else "\n".join(map(json.dumps, records))

    log = log_of(tmp_path, content, name)

    assert log.text.encode()
    log.events()
    assert log.report.rows == 40
