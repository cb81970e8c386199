"""The ticket is the subject, and never the person who wrote it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.unit.feeds.suggestion.logs import log_of, table

PEOPLE = ("requester_id", "customer_id", "user_id", "caller_id", "agent_id", "assignee_id", "owner_id", "group_id")


@pytest.mark.parametrize("person", [*PEOPLE, "organization_id", "Requester Number", "reporter key", "submitter_id"])
@pytest.mark.parametrize("ticket", ["id", "ticket_id", "number", "Case", "incident number", "Issue key", "Call ID"])
def test_a_person_who_comes_again_is_not_taken_for_the_ticket(tmp_path: Path, ticket: str, person: str) -> None:
    rows = [(number, number % 3, f"2024-03-02T09:{number:02}:00Z", "open") for number in range(30)]

    log = log_of(tmp_path, table((person, ticket), ((b, a) for a, b, *_ in rows)).replace("\r\n", "\n"))
    assert f'subject = "{{{ticket}}}"' in log.text

    log = log_of(tmp_path, table((ticket, person, "created_at", "status"), rows))
    assert log.types()["ticket.opened"] == 30


def test_the_id_of_the_record_beats_one_within_it(tmp_path: Path) -> None:
    records = [
        {"site": {"id": number % 5}, "id": number, "created_at": f"2024-03-02T09:{number:02}:00Z"}
        for number in range(30)
    ]

    log = log_of(tmp_path, "\n".join(map(json.dumps, records)), "log.jsonl")

    assert 'subject = "{id}"' in log.text


def test_the_id_of_a_nested_ticket_beats_that_of_the_record(tmp_path: Path) -> None:
    records = [
        {"id": number, "ticket": {"id": number // 3}, "at": f"2024-03-02T09:{number:02}:00Z"} for number in range(30)
    ]

    log = log_of(tmp_path, "\n".join(map(json.dumps, records)), "log.jsonl")

    assert 'subject = "{ticket.id}"' in log.text


def test_where_the_rows_tell_all_stages_each_is_a_ticket(tmp_path: Path) -> None:
    rows = [
        (number, f"R{number % 4}", f"2024-03-{1 + number % 28:02}", f"2024-04-{1 + number % 28:02}", "2024-05-01")
        for number in range(40)
    ]

    log = log_of(tmp_path, table(("id", "ref", "created", "resolved", "closed"), rows))

    assert 'subject = "{id}"' in log.text


def test_a_close_call_names_the_other_column(tmp_path: Path) -> None:
    rows = [(number, f"R{number // 4}", f"2024-03-02T09:{number:02}:00Z", "open") for number in range(40)]

    log = log_of(tmp_path, table(("id", "ref", "at", "step"), rows))

    assert 'subject = "{ref}" # 10 of them, several rows each\n' in log.text
    assert '# subject = "{id}" # 40 of them, one row each\n' in log.text
    assert "A close call" in log.text
