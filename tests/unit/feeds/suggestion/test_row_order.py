"""The order of rows with the same time is told by a column that counts them, or by the file if it has a clear one."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from tests.unit.feeds.suggestion.logs import log_of, table

STORY = ("New", "Active", "Awaiting User Info", "Active", "Resolved", "Closed")
HEADER = ("number", "state", "updated_at")


def rows_of(order: str) -> list[tuple[str, str, str, int]]:
    rows = [
        (f"INC{ticket:03}", status, f"2024-03-{1 + ticket % 20:02} 1{step // 2}:00", step)
        for ticket in range(40)
        for step, status in enumerate(STORY)
    ]
    if order == "shuffled":
        Random(3).shuffle(rows)
    return rows[::-1] if order == "reversed" else rows


def test_a_shuffled_file_is_not_taken_for_a_reversed_one(tmp_path: Path) -> None:
    log = log_of(tmp_path, table(HEADER, (row[:3] for row in rows_of("shuffled"))))

    assert "file_reversed" not in log.text
    assert 'equal_times = "kind" # no order: ' in log.text


def test_a_file_that_falls_clearly_is_reversed_and_one_that_rises_is_not(tmp_path: Path) -> None:
    falling = log_of(tmp_path, table(HEADER, (row[:3] for row in rows_of("reversed"))))
    assert 'equal_times = "file_reversed"' in falling.text

    rising = log_of(tmp_path, table(HEADER, (row[:3] for row in rows_of("as it was"))))
    assert "equal_times" not in rising.text


@pytest.mark.parametrize("name", ["sys_mod_count", "seq", "sequence", "Version", "step", "rev"])
@pytest.mark.parametrize("order", ["shuffled", "reversed"])
def test_a_column_that_counts_the_rows_of_a_ticket_orders_them(tmp_path: Path, name: str, order: str) -> None:
    log = log_of(tmp_path, table((*HEADER, name), rows_of(order)))

    assert f'sequence = "{{{name}}}"' in log.text
    assert "equal_times" not in log.text
    first = sorted(
        (e["time"], e["sequence"], e["data"].get("status", ""))
        for e in log.events("status")
        if e["subject"] == "INC007"
    )
    assert [status for *_, status in first] == ["new", "open", "pending", "open", "closed"]


def test_a_column_that_does_not_rise_with_time_counts_nothing(tmp_path: Path) -> None:
    rows = [(*row[:3], 7 - row[3]) for row in rows_of("shuffled")]

    log = log_of(tmp_path, table((*HEADER, "version"), rows))

    assert "sequence" not in log.text
