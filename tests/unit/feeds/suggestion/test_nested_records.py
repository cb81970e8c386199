"""Tickets with their comments and their audits within them, as a helpdesk exports them."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stream.feeds.replay import ReplayError
from stream.feeds.suggestion import Choices
from tests.unit.feeds.suggestion.logs import Log, log_of

BEGIN = datetime(2024, 3, 20, 8, tzinfo=UTC)
STORY = (("new", "open"), ("open", "pending"), ("pending", "solved"), ("solved", "open"), ("open", "solved"))


def ticket(number: int) -> dict[str, Any]:
    begin = BEGIN + timedelta(hours=number)
    times = [(begin + timedelta(minutes=10 * step)).isoformat() for step in range(len(STORY) + 1)]
    customer, agent = 360 + number % 7, 370 + number % 3
    authors = (customer, agent, agent, customer, customer, agent)
    return {
        "id": 41000 + number,
        "created_at": times[0],
        "via": {"channel": "email" if number % 2 else "web"},
        "priority": "high",
        "status": "solved" if number % 3 else "closed",
        "requester": {"id": customer, "name": f"Cust {customer}"},
        "assignee_id": agent,
        "group_id": 2001,
        "custom_fields": [{"id": 111, "value": None}, {"id": 112, "value": "A"}],
        "satisfaction_rating": {
            "score": ("good", "bad", "offered", "unoffered")[number % 4],
            "created_at": (begin + timedelta(days=1)).isoformat(),
        },
        "comments": [
            {"id": 10 * number + step, "author_id": author, "public": step != 2, "body": "text", "created_at": at}
            for step, (author, at) in enumerate(zip(authors, times, strict=True))
        ],
        "audits": [
            {
                "id": 90 * number,
                "created_at": times[0],
                "author_id": customer,
                "events": [
                    {"id": 1, "type": "Create", "field_name": "status", "value": "new"},
                    {"id": 2, "type": "Create", "field_name": "priority", "value": "low"},
                ],
            },
            *(
                {
                    "id": 90 * number + step,
                    "created_at": times[step],
                    "author_id": authors[step],
                    "events": [
                        {"id": 3, "type": "Comment", "public": step != 2},
                        {"id": 4, "type": "Change", "field_name": "status", "value": new, "previous_value": old},
                        {"id": 5, "type": "Change", "field_name": "group_id", "value": f"{step}", "previous_value": ""},
                    ],
                }
                for step, (old, new) in enumerate(STORY, 1)
            ),
        ],
    }


def export(folder: Path, *without: str, count: int = 40, explode: str | None = None) -> Log:
    tickets = [{name: value for name, value in ticket(n).items() if name not in without} for n in range(count)]
    return log_of(folder, json.dumps({"tickets": tickets}), "tickets.json", Choices(explode=explode))


EVENTS = {
    "ticket.opened": 40,
    "ticket.reopened": 40,
    "ticket.resolved": 80,
    "ticket.status_changed": 80,
    "ticket.replied": 200,
    "ticket.updated": 240,
    "survey.responded": 20,
    "survey.sent": 10,
}


def test_audits_tell_what_was_changed_and_what_was_written(tmp_path: Path) -> None:
    log = export(tmp_path, "comments")

    assert 'explode = ["audits", "audits.events"]' in log.text
    assert log.types() == EVENTS
    assert (log.report.rejected, log.report.unmatched) == (0, 0)


def test_comments_beside_audits_are_what_was_written(tmp_path: Path) -> None:
    log = export(tmp_path)

    assert 'explode = ["comments", "audits", "audits.events"]' in log.text
    assert log.types() == EVENTS
    assert (log.report.rejected, log.report.unmatched) == (0, 0)
    assert [event["time"] for event in log.events("replied") if event["subject"] == "41000"] == [
        f"2024-03-20T08:{minute}:00Z" for minute in (10, 20, 30, 40, 50)
    ]
    solved = [event["time"] for event in log.events("resolved") if event["subject"] == "41000"]
    assert solved == ["2024-03-20T08:30:00Z", "2024-03-20T08:50:00Z"]


def test_what_the_record_has_at_its_end_is_not_what_it_was_opened_with(tmp_path: Path) -> None:
    log = export(tmp_path)

    assert log.events("opened")[0]["data"] == {"channel": "web", "assignee": "370", "requester": "360"}
    assert [event["data"] for event in log.events("updated")][:2] == [{"priority": "low"}, {"team": "1"}]


def test_comments_are_replies_of_who_asked_and_of_agents_as_public_as_they_are(tmp_path: Path) -> None:
    log = export(tmp_path, "audits")

    assert log.types() == {"ticket.opened": 40, "ticket.replied": 200, "survey.responded": 20, "survey.sent": 10}
    said = [event["data"] for event in log.events("replied")][:5]
    assert [(reply["actor"], reply["visibility"]) for reply in said] == [
        ("agent", "public"),
        ("agent", "internal"),
        ("customer", "public"),
        ("customer", "public"),
        ("agent", "public"),
    ]
    assert dict(log.report.skipped) == {}


def test_the_status_at_the_end_is_not_told_of_every_comment(tmp_path: Path) -> None:
    log = export(tmp_path, "audits")

    assert '# "status" is how the ticket stands at the end' in log.text
    assert not log.events("status") + log.events("resolved")


def test_a_list_can_be_chosen_and_the_others_are_named(tmp_path: Path) -> None:
    chosen = export(tmp_path, explode="comments")
    assert 'explode = "comments"' in chosen.text
    assert "--explode audits suggests a second mapping" in chosen.text
    assert chosen.types()["ticket.replied"] == 200
    with pytest.raises(ReplayError, match=r"no list 'tags' whose elements have times; there is: audits, comments"):
        export(tmp_path, explode="tags")


def test_an_answer_in_words_has_its_own_time(tmp_path: Path) -> None:
    log = export(tmp_path)

    answer = log.events("survey.responded")[0]
    assert (answer["time"], answer["data"]) == (
        "2024-03-21T08:00:00Z",
        {"survey": "csat", "scale": "good-bad", "score": 1, "ticket": "41000"},
    )


def test_not_all_rows_were_looked_at_if_the_records_have_more(tmp_path: Path) -> None:
    assert "from all 240 rows" in export(tmp_path, "audits").text
    assert "from the first 5000 rows" in export(tmp_path, "audits", count=900).text


NAMES = st.sampled_from(
    [
        *("id", "ticket_id", "requester.id", "created_at", "at", "status", "type", "field", "value", "previous_value"),
        *("public", "author", "body", "score", "{x}", "0"),
    ]
)
VALUES = st.sampled_from(
    [None, True, 0, 7, "", "?", "new", "solved", "Comment", "status", "good", "2024-03-02T09:00:00Z", "2024-03-02", "é"]
)
OBJECTS = st.dictionaries(NAMES, VALUES, max_size=6)
INNER = OBJECTS | st.builds(
    lambda element, parts: {**element, "events": parts}, OBJECTS, st.lists(OBJECTS, min_size=1, max_size=3)
)
RECORDS = st.builds(
    lambda record, comments, audits: {**record, "comments": comments, "audits": audits},
    OBJECTS,
    st.lists(OBJECTS, max_size=3),
    st.lists(INNER, max_size=3),
)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(RECORDS, min_size=1, max_size=6))
def test_any_records_are_a_mapping_that_loads_or_a_clear_error(tmp_path: Path, records: list[dict[str, Any]]) -> None:
    try:
        log = log_of(tmp_path, "\n".join(map(json.dumps, records)), "log.jsonl")
    except ReplayError:
        return
    if log.suggestion.is_usable:
        log.events()
        assert log.report.rows >= len(records)
