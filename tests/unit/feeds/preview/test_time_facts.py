"""What the times of events tell before they are sorted."""

from __future__ import annotations

import orjson

from stream.feeds.preview import TimeFacts, time_facts
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
    def facts(*rows: tuple[str, int]) -> TimeFacts | None:
        return time_facts([event(key, time, row=row) for row, (key, time) in enumerate(rows)], NOW)

    falling = facts(("a", 9), ("a", 5), ("b", 7), ("b", 6))
    rising = facts(("b", 6), ("a", 5), ("b", 7), ("a", 9))
    newest_subject_first = facts(("b", 6), ("b", 7), ("a", 1), ("a", 2))

    assert falling is not None
    assert falling.is_newest_first
    assert rising is not None
    assert not rising.is_newest_first
    assert newest_subject_first is not None
    assert not newest_subject_first.is_newest_first


def test_a_file_in_no_order_is_neither_newest_nor_oldest_first() -> None:
    times = [5, 9, 4, 8, 3, 7, 2]
    facts = time_facts([event("a", time, row=row) for row, time in enumerate(times)], NOW)

    assert facts is not None
    assert (facts.rising, facts.falling) == (3, 3)
    assert facts.is_unordered
    assert not facts.is_newest_first
    assert not facts.is_oldest_first


def test_nine_of_ten_steps_tell_the_order_of_a_file() -> None:
    times = [20, 19, 18, 17, 16, 15, 14, 13, 12, 11, 30]
    facts = time_facts([event("a", time, row=row) for row, time in enumerate(times)], NOW)
    fewer = time_facts([event("a", time, row=row) for row, time in enumerate(times[1:])], NOW)

    assert facts is not None
    assert facts.is_newest_first
    assert fewer is not None
    assert fewer.is_unordered


def test_the_events_of_one_row_are_no_steps_of_the_file() -> None:
    kinds = ("ticket.opened", "ticket.replied", "ticket.resolved")
    events = [event("a", 10 - 3 * row + at, row=row, kind=kind) for row in range(3) for at, kind in enumerate(kinds)]
    facts = time_facts(events, NOW)

    assert facts is not None
    assert (facts.rising, facts.falling) == (0, 2)
