"""Logs of agents' states by mapping."""

from __future__ import annotations

import pytest

from stream.feeds.replay import ReplayError
from tests.unit.feeds.mapped_log import MappedLog

RULE = """
[[rule]]
event = "helpdesk.agent.state_changed.v1"
[rule.data]
state = {{ column = "state", map = {{ Ready = "available", Call = "busy", "Logged out" = "offline" }} }}
queues = {queues}
"""
LOG = "id,time,state,queues\n"


@pytest.mark.parametrize(
    "cell, queues",
    [("billing", ["billing"]), ('"billing, technical"', ["billing", "technical"]), ('"a,, b ,"', ["a", "b"])],
)
def test_the_queues_of_a_column_are_separated_by_commas(mapped: MappedLog, cell: str, queues: list[str]) -> None:
    (event,) = mapped.replay(f"{LOG}ann,2026-03-04T10:00:00Z,Call,{cell}\n", RULE.format(queues='"{queues}"'))

    assert event["data"] == {"state": "busy", "queues": queues}


def test_without_a_queue_in_its_column_the_field_is_left_out(mapped: MappedLog) -> None:
    (event,) = mapped.replay(f"{LOG}ann,2026-03-04T10:00:00Z,Logged out,\n", RULE.format(queues='"{queues}"'))

    assert event["data"] == {"state": "offline"}


def test_queues_that_are_always_the_same_are_a_list(mapped: MappedLog) -> None:
    rule = RULE.format(queues='["billing"]')
    (event,) = mapped.replay(f"{LOG}ann,2026-03-04T10:00:00Z,Ready,x\n", rule)

    assert event["data"] == {"state": "available", "queues": ["billing"]}


def test_a_single_word_in_the_place_of_a_list_is_refused(mapped: MappedLog) -> None:
    with pytest.raises(ReplayError, match="queues"):
        mapped.mapping(RULE.format(queues='"billing"'))


def test_a_queue_that_is_too_long_is_an_error_of_its_row(mapped: MappedLog) -> None:
    log = f"{LOG}ann,2026-03-04T10:00:00Z,Ready,{'q' * 300}\n"

    assert mapped.replay(log, RULE.format(queues='"{queues}"')) == []
    assert "queues" in mapped.rejected()[0]
