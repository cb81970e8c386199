"""Ids that come from the log tell its events apart, and repetitions from events."""

from __future__ import annotations

import orjson
import pytest

from tests.unit.feeds.mapped_log import MappedLog, short

COMMENTS = """
[[rule]]
explode = { column = "comments", as = "json" }
id = "{@element}"
time = "2020-01-01"
event = "helpdesk.ticket.replied.v1"
data = { actor = "agent" }
"""
OPENED = """
[[rule]]
first_of_subject = true
event = "helpdesk.ticket.opened.v1"
"""
REPLIED = """
[[rule]]
event = "helpdesk.ticket.replied.v1"
data = { actor = "agent" }
"""


def _ids(mapped: MappedLog) -> list[str]:
    return [event["id"] for event in mapped.events]


def test_a_list_that_each_row_repeats_and_adds_to_makes_one_event_for_each_element(mapped: MappedLog) -> None:
    rows = ["[1]", "[1;2]", "[0;1;2]", "[2]"]
    rules = COMMENTS.replace('as = "json"', 'separator = ";"')
    log = "id,time,comments\n" + "".join(f"a,2020-01-0{day},{row.strip('[]')}\n" for day, row in enumerate(rows, 1))
    mapped.replay(log, rules)
    assert _ids(mapped) == ["1:ticket.replied", "2:ticket.replied", "0:ticket.replied"]
    assert mapped.report.skipped == {"an earlier row made the same event": 1}


def test_equal_ids_in_one_row_are_numbered(mapped: MappedLog) -> None:
    mapped.replay('id,time,comments\na,2020-01-01,"[7,7,8,7]"\n', COMMENTS)
    assert _ids(mapped) == ["7:ticket.replied", "7:ticket.replied:2", "8:ticket.replied", "7:ticket.replied:3"]


@pytest.mark.parametrize("elements", [[{"by": "x"}, {"by": "x"}], [{"by": "x"}, {"by": "y"}]])
def test_an_id_without_a_column_of_the_exploded_list_gets_the_number_of_the_element(
    mapped: MappedLog, elements: list[dict[str, str]]
) -> None:
    record = orjson.dumps({"id": "a", "time": "2020-01-01T00:00Z", "comments": elements}).decode()
    top = 'id = "{id}"\nexplode = "comments"'
    mapped.replay(f"{record}\n{record}\n", REPLIED, kind="jsonl", top=top)
    assert _ids(mapped) == ["a.1:ticket.replied", "a.2:ticket.replied"]
    assert mapped.report.skipped == {"an earlier row made the same event": 2}


@pytest.mark.parametrize("template", ["{comments.key}", "{@position}"])
def test_an_id_that_tells_the_elements_apart_stays_as_it_is(mapped: MappedLog, template: str) -> None:
    record = '{"id": "a", "time": "2020-01-01T00:00Z", "comments": [{"key": "1.1"}, {"key": "1.2"}]}'
    mapped.replay(record, REPLIED, kind="jsonl", top=f'id = "{template}"\nexplode = "comments"')
    assert _ids(mapped) == ["1.1:ticket.replied", "1.2:ticket.replied"]


def test_a_list_within_a_list_is_told_apart_by_its_own_columns(mapped: MappedLog) -> None:
    record = '{"id": "a", "time": "2020-01-01T00:00Z", "audits": [{"key": "k", "events": [{"x": "1"}, {"x": "2"}]}]}'
    top = 'id = "{audits.key}"\nexplode = ["audits", "audits.events"]'
    mapped.replay(record, REPLIED, kind="jsonl", top=top)
    assert _ids(mapped) == ["k.1:ticket.replied", "k.2:ticket.replied"]


def test_a_row_that_the_log_holds_twice_is_neither_the_first_nor_the_next(mapped: MappedLog) -> None:
    rules = OPENED + REPLIED.replace("event =", "first_of_subject = false\nevent =")
    log = "id,time,key\na,2020-01-01,k\na,2020-01-01,k\na,2020-01-02,l\n"
    assert short(mapped.replay(log, rules, top='id = "{key}"')) == [("a", "opened"), ("a", "replied")]
    assert mapped.report.skipped == {"an earlier row made the same event": 1}


def test_a_row_with_the_id_of_another_one_and_other_values_is_rejected(mapped: MappedLog) -> None:
    mapped.replay("id,time,key\na,2020-01-01,k\na,2020-01-02,k\n", REPLIED, top='id = "{key}"')
    assert mapped.rejected() == ["id: 'k:ticket.replied' is that of another event of an earlier row"]
