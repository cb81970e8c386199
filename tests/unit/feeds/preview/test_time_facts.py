"""What the times of events tell before they are sorted."""

from __future__ import annotations

import orjson

from stream.feeds.preview import time_facts
from stream.feeds.replay import ReplayedEvent
from stream.windows.moments import DAY

NOW = 20_000 * DAY


def event(key: str, time: int, *, row: int = 0, kind: str = "ticket.opened") -> ReplayedEvent:
    return ReplayedEvent("helpdesk.tickets", key.encode(), orjson.dumps({"id": f"{row}-abc:{kind}"}), time)


def test_of_nothing_there_are_no_facts() -> None:
    assert time_facts([], NOW) is None


def test_the_span_and_what_lies_in_the_last_30_days() -> None:
    facts = time_facts([event("a", NOW - 40 * DAY), event("b", NOW - 20 * DAY), event("c", NOW - 29 * DAY)], NOW)

    assert facts is not None
    assert (facts.first, facts.last, facts.recent) == (NOW - 40 * DAY, NOW - 20 * DAY, 2)


def test_equal_times_are_those_of_one_subject_in_several_rows() -> None:
    events = [
        event("a", 1, row=1),
        event("a", 1, row=1, kind="ticket.resolved"),
        event("b", 1, row=2),
        event("c", 7, row=3),
        event("c", 7, row=4),
    ]

    facts = time_facts(events, NOW)

    assert facts is not None
    assert facts.equal == 2


def test_a_file_with_the_newest_row_of_each_subject_first_is_known_by_its_falling_times() -> None:
    falling = time_facts([event("a", 9), event("a", 5), event("b", 7), event("b", 6)], NOW)
    rising = time_facts([event("b", 6), event("a", 5), event("b", 7), event("a", 9)], NOW)
    newest_subject_first = time_facts([event("b", 6), event("b", 7), event("a", 1), event("a", 2)], NOW)

    assert falling is not None
    assert falling.is_newest_first
    assert rising is not None
    assert not rising.is_newest_first
    assert newest_subject_first is not None
    assert not newest_subject_first.is_newest_first
