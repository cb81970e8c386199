from __future__ import annotations

import pytest

from stream.cli.dlt import UnknownChoiceError, selection_of
from stream.cli.growth import request_of
from stream.cli.topic_filter import TopicFilter
from stream.runtime.kafka.growth import GrowthError

TICKETS = "helpdesk.tickets"
SURVEYS = "helpdesk.surveys"


def test_only_events_of_topics_that_are_read_pass_and_the_others_are_told() -> None:
    chosen = TopicFilter([TICKETS])
    records = [(topic, b"", b"", number) for number, topic in enumerate([TICKETS, SURVEYS, TICKETS, SURVEYS])]

    assert [record[3] for record in chosen.passing(records)] == [0, 2]
    assert list(chosen.warnings()) == [
        "warning: 2 events for helpdesk.surveys were not published: the setting `desks` leaves its kind out\n"
    ]


def test_nothing_is_told_if_all_are_read() -> None:
    chosen = TopicFilter([TICKETS, SURVEYS])

    assert len(list(chosen.passing([(SURVEYS, b"", b"", 0)]))) == 1
    assert list(chosen.warnings()) == []


def test_topics_that_are_not_read_can_be_neither_grown_nor_searched_for_dead_letters() -> None:
    with pytest.raises(GrowthError, match=f"{SURVEYS} is not a source topic; --topic takes {TICKETS}"):
        request_of([SURVEYS], 4, 0, [TICKETS])
    with pytest.raises(UnknownChoiceError, match=f"there is no source topic '{SURVEYS}'; take one of {TICKETS}"):
        selection_of([SURVEYS], None, [TICKETS])

    assert request_of(None, 4, 0, [TICKETS]).topics == [TICKETS]
