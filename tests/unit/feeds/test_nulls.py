"""What a log writes for nothing is nothing, wherever it stands."""

from __future__ import annotations

import pytest

from stream.feeds.replay import ReplayError
from tests.unit.feeds.mapped_log import MappedLog, short

UPDATED = """
[[rule]]
event = "helpdesk.ticket.updated.v1"
[rule.data]
team = "{team}"
priority = { column = "p", map = { 1 = "high" }, default = "normal" }
assignee = { column = "who", clear_if_empty = true }
"""
NULL = 'null = ["?", "NaN", ""]'


def test_a_null_value_is_empty_in_data(mapped: MappedLog) -> None:
    (event,) = mapped.replay("id,time,team,p,who\na,2020-01-01, ? ,NaN,?\n", UPDATED, top=NULL)
    assert event["data"] == {"priority": "normal", "assignee": None}


def test_null_values_have_their_case(mapped: MappedLog) -> None:
    (event,) = mapped.replay("id,time,team,p,who\na,2020-01-01,nan,1,bob\n", UPDATED, top=NULL)
    assert event["data"] == {"team": "nan", "priority": "high", "assignee": "bob"}


def test_a_null_value_is_empty_in_conditions_subjects_ids_and_times(mapped: MappedLog) -> None:
    rules = """
[[rule]]
when = { step = { empty = true } }
skip = "no step"
[[rule]]
event = "helpdesk.ticket.resolved.v1"
"""
    log = "id,time,step,uid\na,2020-01-01,?,1\n?,2020-01-01,x,2\nb,NaN,x,3\nc,2020-01-01,x,?\nd,2020-01-01,x,5\n"
    assert short(mapped.replay(log, rules, top=f'{NULL}\nid = "{{uid}}"')) == [("d", "resolved")]
    assert mapped.report.skipped == {"no step": 1}
    subject, time, identifier = mapped.rejected()
    assert subject == "subject: the column 'id' is empty"
    assert time.startswith("time: the column 'time' is empty")
    assert identifier == "id: the column 'uid' is empty"


def test_a_column_can_have_null_values_of_its_own(mapped: MappedLog) -> None:
    top = 'null = { "*" = "?", who = ["0", "none"] }'
    log = "id,time,team,p,who\na,2020-01-01,0,1,0\na,2020-01-02,none,1,?\n"
    events = mapped.replay(log, UPDATED, top=top)
    assert [event["data"] for event in events] == [
        {"team": "0", "priority": "high", "assignee": None},
        {"team": "none", "priority": "high", "assignee": None},
    ]


def test_null_values_are_texts(mapped: MappedLog) -> None:
    with pytest.raises(ReplayError, match=r"null: must be a string or a list of strings, .* not \[0\]"):
        mapped.mapping(UPDATED, top="null = [0]")
    with pytest.raises(ReplayError, match=r"null\.who: must be a string or a list of strings"):
        mapped.mapping(UPDATED, top="null = { who = 0 }")
