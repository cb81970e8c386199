from __future__ import annotations

from itertools import permutations

import pytest

from schemas.events import TicketEvent
from stream.state.decoding import EventDecoder
from stream.state.rejection import RejectedRecordError
from tests.unit.desks.tickets.ticket_log import DAY, HOUR, Worker, record, records_of, settled, survey, ticket
from tests.unit.state.agreed import agreed


def at(sequence: str, kind: str, when: float, subject: str = "T-1", **data: object) -> bytes:
    """An event of a ticket that has a sequence."""
    return record(f"helpdesk.ticket.{kind}.v1", when, subject, data, sequence=sequence)


def rows(subject: str) -> list[bytes]:
    """Four rows of a log, two of them in the same minute: open/ann, pending/ann, open/bob, solved/bob."""
    return [
        at("1", "opened", 0, subject, status="open", assignee="ann"),
        at("2", "status_changed", HOUR, subject, status="pending"),
        at("2", "updated", HOUR, subject, assignee="ann"),
        at("3", "status_changed", HOUR, subject, status="open"),
        at("3", "updated", HOUR, subject, assignee="bob"),
        at("4", "status_changed", 3 * HOUR, subject, status="solved"),
        at("4", "updated", 3 * HOUR, subject, assignee="bob"),
    ]


def test_identical_tickets_with_equal_times_come_to_identical_numbers() -> None:
    worker = agreed(*(event for number in range(8) for event in rows(f"T-{number}")))

    assert worker.seconds("agent_work_seconds") == (8, 8 * 3 * HOUR)
    assert worker.count("ticket_reassignments") == 8


def test_a_reopening_in_the_minute_of_the_solve_is_one() -> None:
    worker = agreed(
        at("1", "opened", 0),
        at("2", "status_changed", HOUR, status="solved"),
        at("3", "status_changed", HOUR, status="open"),
    )

    assert worker.count("tickets_reopened") == 1
    assert worker.state()["open_tickets"] == 1


def test_the_sequence_counts_more_than_the_kind_of_event_and_less_than_its_time() -> None:
    opened = at("9", "opened", 0)
    solved, answered = at("1", "resolved", HOUR), at("2", "replied", HOUR, actor="agent")

    assert agreed(opened, solved, answered).count("first_reply_seconds") == 0
    assert agreed(opened, solved, at("1", "replied", HOUR, actor="agent")).count("first_reply_seconds") == 1
    assert agreed(opened, solved, at("2", "replied", HOUR - 1, actor="agent")).count("first_reply_seconds") == 1


def test_at_equal_times_what_has_no_sequence_comes_first() -> None:
    worker = agreed(ticket("opened", 0), at("1", "resolved", HOUR), ticket("status_changed", HOUR, status="open"))

    assert worker.count("tickets_reopened") == 0
    assert worker.count("tickets_resolved") == 1


def test_sequences_compare_as_text() -> None:
    worker = agreed(
        ticket("opened", 0),
        at("10", "status_changed", HOUR, status="solved"),
        at("9", "status_changed", HOUR, status="open"),
    )

    assert worker.count("tickets_reopened") == 1


def test_the_attributes_that_count_are_those_of_the_highest_sequence() -> None:
    events = [
        ticket("opened", 0, team="first"),
        at("1", "updated", HOUR, team="second"),
        at("3", "updated", HOUR, team="fourth"),
        at("2", "updated", HOUR, team="third"),
    ]
    for order in permutations(events):
        assert settled(*order).by_labels("tickets_opened") == {("none", "none", "fourth"): 1}
    agreed(*events)


@pytest.mark.parametrize("hot", [1, 10_000])
def test_a_ticket_in_its_row_keeps_its_sequences(hot: int) -> None:
    worker = Worker(hot=hot)
    worker.take(at("1", "opened", 0), at("2", "resolved", HOUR), at("4", "status_changed", HOUR, status="pending"))
    for number in range(4):
        worker.take(ticket("opened", DAY, f"other-{number}"))
    worker.take(at("3", "status_changed", HOUR, status="open"))

    assert worker.count("tickets_reopened") == 1
    assert worker.state()["open_tickets"] == 5


@pytest.mark.parametrize("order", [*permutations((0, 1, 2))])
def test_the_survey_answer_that_counts_is_that_of_the_highest_sequence(order: tuple[int, ...]) -> None:
    answers = [
        survey("responded", 0, survey="csat", scale="1-5", score=1),
        record("helpdesk.survey.responded.v1", 0, "S-1", {"survey": "csat", "scale": "1-5", "score": 5}, sequence="2"),
        record("helpdesk.survey.responded.v1", 0, "S-1", {"survey": "csat", "scale": "1-5", "score": 3}, sequence="1"),
    ]
    worker = Worker()
    for place in order:
        worker.take_surveys(answers[place])

    assert worker.by_labels("survey_scores") == {("csat", "1-5", "5"): 1}


@pytest.mark.parametrize("sequence", ["", "x" * 257, 7])
def test_a_sequence_is_a_text_of_some_length(sequence: object) -> None:
    value = record("helpdesk.ticket.opened.v1", 0, "T-1", {}, sequence=sequence)

    with pytest.raises(RejectedRecordError, match="sequence"):
        EventDecoder(TicketEvent).decode(value)


def test_the_estimate_of_a_row_covers_long_sequences() -> None:
    worker = Worker()
    state = worker.tickets
    values = [at(f"{number:03}" + "\U0001f4de" * 200, "replied", number, actor="agent") for number in range(50)]
    records = records_of(values)
    outcome = state.take_in(records, wall_now=worker.wall_now, row_bytes=20_000)

    row = next(row for row in outcome.rows if row.key == b"eT-1")
    assert outcome.consumed < len(records)
    assert len(row.value or b"") <= 25_000
