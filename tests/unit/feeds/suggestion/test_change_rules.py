"""A table of changed fields, a row each, as the history of a helpdesk."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.feeds.suggestion.logs import log_of, table

STORY = (
    ("priority", "", "high"),
    ("status", "New", "In Progress"),
    ("assignee", "", "Ann"),
    ("status", "In Progress", "Resolved"),
    ("assignee", "Ann", ""),
    ("status", "Resolved", "Reopened"),
    ("summary", "a", "b"),
    ("status", "Reopened", "Frobnicated"),
)


@pytest.mark.parametrize("names", [("field", "old_value", "new_value"), ("fieldname", "oldvalue", "newvalue")])
def test_a_history_of_fields_tells_how_tickets_went(tmp_path: Path, names: tuple[str, ...]) -> None:
    rows = [
        (f"T{ticket}", f"2024-03-{1 + ticket:02} 1{step}:00", *change)
        for ticket in range(20)
        for step, change in enumerate(STORY)
    ]

    log = log_of(tmp_path, table(("ticket_id", "changed_at", *names), rows))

    assert log.types() == {
        "ticket.opened": 20,
        "ticket.updated": 60,
        "ticket.status_changed": 20,
        "ticket.resolved": 20,
        "ticket.reopened": 20,
    }
    assert dict(log.report.skipped) == {
        "neither a change of a field that counts nor a reply": 20,
        "the mapping does not say yet what this means: Frobnicated": 20,
    }
    assert [event["data"] for event in log.events("updated")][:3] == [
        {"priority": "high"},
        {"assignee": "Ann"},
        {"assignee": None},
    ]


def test_a_table_with_values_of_fields_that_tell_no_status_is_no_history(tmp_path: Path) -> None:
    rows = [(f"T{n // 3}", f"2024-03-{1 + n % 28:02}", "color", "red", "blue") for n in range(60)]

    log = log_of(tmp_path, table(("ticket_id", "changed_at", "field", "old_value", "new_value"), rows))

    assert "What is left" not in log.text
