"""In a log of whole states, the right columns are taken, and what is no state is told as such."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.feeds.suggestion.logs import log_of, table

STORY = ("New", "Active", "Resolved", "Active", "Resolved", "Closed")


def rows_of(states: tuple[str, ...] = STORY) -> list[tuple[object, ...]]:
    return [
        (f"INC{ticket:03}", state, f"2024-03-{1 + ticket % 20:02} 1{step}:00", int(step > 2))
        for ticket in range(30)
        for step, state in enumerate(states)
    ]


@pytest.mark.parametrize(
    "columns, expected",
    [
        ({"impact": "ab", "urgency": "ab", "priority": "xyz"}, "priority"),
        ({"urgency": "ab", "u_priority_confirmation": ["true", "false"]}, "urgency"),
        ({"customer priority": "ab", "priority": "ab"}, "priority"),
        ({"priority": "a", "severity": "ab"}, "severity"),
        ({"priority": "a"}, "priority"),
    ],
)
def test_the_priority_is_the_column_that_is_called_so_and_varies(
    tmp_path: Path, columns: dict[str, str], expected: str
) -> None:
    rows = [
        (*row[:3], *(values[number // 6 % len(values)] for values in columns.values()))
        for number, row in enumerate(rows_of())
    ]

    log = log_of(tmp_path, table(("number", "state", "updated_at", *columns), rows))

    assert f'priority = "{{{expected}}}"' in log.text


def test_a_counter_tells_that_a_ticket_was_reopened(tmp_path: Path) -> None:
    log = log_of(tmp_path, table(("number", "state", "updated_at", "reopen_count"), rows_of()))

    assert log.types()["ticket.reopened"] == 30
    assert log.events("reopened")[0]["time"] == "2024-03-01T13:00:00Z"


def test_a_status_that_tells_of_reopenings_leaves_the_counter_alone(tmp_path: Path) -> None:
    rows = rows_of(("New", "Active", "Resolved", "Reopened", "Resolved", "Closed"))

    log = log_of(tmp_path, table(("number", "state", "updated_at", "reopen_count"), rows))

    assert log.types()["ticket.reopened"] == 30
    assert "reopen_count = " not in log.text


def test_a_counter_of_one_row_a_ticket_is_said_in_a_comment(tmp_path: Path) -> None:
    rows = [(number, f"2024-03-{1 + number % 28:02}", number % 3) for number in range(30)]

    log = log_of(tmp_path, table(("number", "opened_at", "reopen_count"), rows))

    assert log.types() == {"ticket.opened": 30}
    assert "# when = { reopen_count" in log.text


@pytest.mark.parametrize("token", ["-100", "0", "n/a"])
def test_a_status_that_is_no_state_is_skipped_as_such_and_changes_nothing(tmp_path: Path, token: str) -> None:
    rows = [*rows_of(), *(("INC000", token, f"2024-03-01 11:{10 + n}", 0) for n in range(5))]
    rows += [("INC000", "Active", "2024-03-01 11:30", 0)]
    padding = [(f"PAD{n // 2}", "New", "2024-03-02 10:00", 0) for n in range(3_000)]
    content = table(("number", "state", "updated_at", "flag"), [*rows, *padding])

    log = log_of(tmp_path, content)

    statuses = [event for event in log.events("status_changed") if event["subject"] == "INC000"]
    assert [event["data"]["status"] for event in statuses] == ["new", "open", "open", "closed"]
    assert dict(log.report.skipped)[f"{token} is no state"] == 5
    assert f'when_changed_ignore = ["{token}"]' in log.text


def test_a_negative_number_among_words_is_no_state_however_few_rows_there_are(tmp_path: Path) -> None:
    rows = [("INC1", state, f"2024-03-21 1{step}:00", 0) for step, state in enumerate(("Active", "-100", "Active"))]

    log = log_of(tmp_path, table(("number", "state", "updated_at", "flag"), rows))

    assert log.types() == {"ticket.opened": 1, "ticket.status_changed": 1}
    assert dict(log.report.skipped)["-100 is no state"] == 1


def test_a_status_of_codes_alone_is_not_taken_for_none(tmp_path: Path) -> None:
    rows = [(*row[:1], str(STORY.index(str(row[1]))), *row[2:]) for row in rows_of()]

    log = log_of(tmp_path, table(("number", "state", "updated_at", "flag"), rows))

    assert "is no state" not in log.text
    assert "the mapping does not say yet what this means: 5" in log.text
