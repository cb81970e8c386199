"""In a log of calls, the outcome of a call decides what became of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from stream.feeds.suggestion.call_outcomes import Outcome, outcome_of
from tests.unit.feeds.suggestion.logs import log_of, table

HEADER = ("Call ID", "Agent", "Queue", "Date", "Start Time", "Answer Time", "End Time", "Wait (sec)", "Talk Time")
OUTCOMES = ("Answered", "Abandoned", "Answered", "Transferred", "answered ", "No Answer")


def calls(outcomes: tuple[str, ...] = OUTCOMES) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for number in range(60):
        outcome = outcomes[number % len(outcomes)]
        spoken = outcome_of(outcome) in {Outcome.ANSWERED, Outcome.TRANSFERRED}
        day, at = f"3/{1 + number % 28}/2024", f"{9 + number % 3}:{number:02}:00 AM"
        answered = at.replace(":00 AM", ":20 AM") if spoken else ""
        ended = at.replace(":00 AM", ":50 AM")
        agent = "Ann" if number % 2 else "Ben"
        talk = "1:30" if spoken else ""
        rows.append((f"C{number}", agent if spoken else "", "Billing", day, at, answered, ended, "20", talk, outcome))
    return rows


@pytest.mark.parametrize("name", ["Disposition", "Outcome", "Call Status", "Result"])
def test_a_call_that_was_abandoned_was_neither_answered_nor_resolved(tmp_path: Path, name: str) -> None:
    log = log_of(tmp_path, table((*HEADER, name), calls()))

    assert log.types() == {
        "ticket.opened": 60,
        "ticket.abandoned": 20,
        "ticket.replied": 40,
        "ticket.resolved": 30,
    }
    lost = {event["subject"]: event["time"] for event in log.events("abandoned")}
    assert lost["C1"] == "2024-03-02T10:01:20Z"
    solved = {event["subject"]: event["time"] for event in log.events("resolved")}
    assert solved["C0"] == "2024-03-01T09:01:50Z"
    assert {event["data"]["channel"] for event in log.events("opened")} == {"phone"}


def test_without_durations_the_columns_of_times_hold_for_calls_that_went_so(tmp_path: Path) -> None:
    rows = [(*row[:7], row[9]) for row in calls()]

    log = log_of(tmp_path, table((*HEADER[:7], "Disposition"), rows))

    assert log.types() == {"ticket.opened": 60, "ticket.abandoned": 20, "ticket.replied": 40, "ticket.resolved": 30}
    assert next(event["time"] for event in log.events("replied")) == "2024-03-01T09:00:20Z"


def test_a_call_that_was_passed_on_goes_to_the_other_queue(tmp_path: Path) -> None:
    rows = [(*row, "Retention" if row[-1] == "Transferred" else "") for row in calls()]

    log = log_of(tmp_path, table((*HEADER, "Disposition", "Transferred To"), rows))

    assert log.types()["ticket.updated"] == 10
    assert log.events("updated")[0]["data"] == {"team": "Retention"}


def test_voicemail_leaves_the_ticket_open_unless_the_comment_is_taken_up(tmp_path: Path) -> None:
    log = log_of(tmp_path, table((*HEADER, "Disposition"), calls(("Answered", "Voicemail", "Missed"))))

    assert log.types()["ticket.abandoned"] == 20
    assert '# when = { Disposition = "Voicemail"' in log.text


def test_scores_side_by_side_are_answers_by_one_rule(tmp_path: Path) -> None:
    scores = [("5", "", ""), ("", "3", ""), ("", "", "1"), ("", "", ""), ("2", "4", ""), ("", "", "")]
    rows = [(*row, *scores[number % 6]) for number, row in enumerate(calls())]

    log = log_of(tmp_path, table((*HEADER, "Disposition", "CSAT IVR", "CSAT SMS", "CSAT Email"), rows))

    assert 'for_each = ["CSAT IVR", "CSAT SMS", "CSAT Email"]' in log.text
    assert log.types()["survey.responded"] == 40
    answer = log.events("survey")[0]
    assert (answer["subject"], answer["data"]["score"], answer["time"]) == ("C0-CSAT IVR", 5, "2024-03-01T09:01:50Z")


def test_an_end_over_midnight_is_told_and_the_durations_are_taken(tmp_path: Path) -> None:
    rows = calls()
    rows[0] = (*rows[0][:4], "11:59:00 PM", "11:59:20 PM", "12:00:50 AM", *rows[0][7:])
    header = (*HEADER, "Disposition")

    log = log_of(tmp_path, table(header, rows))
    assert '"End Time" is before the beginning in 1 row, over midnight, so the durations are taken.' in log.text
    solved = {event["subject"]: event["time"] for event in log.events("resolved")}
    assert solved["C0"] == "2024-03-02T00:00:50Z"

    log = log_of(tmp_path, table((*HEADER[:7], "Disposition"), ((*row[:7], row[9]) for row in rows)))
    assert '"End Time" is before the beginning in 1 row, over midnight.' in log.text
    assert {e["subject"]: e["time"] for e in log.events("resolved")}["C0"] == "2024-03-02T00:00:50Z"


def test_a_sum_at_the_end_is_no_call(tmp_path: Path) -> None:
    log = log_of(tmp_path, table((*HEADER, "Disposition"), [*calls(), ("Total", *[""] * 6, "1,200", "", "60 calls")]))

    assert log.types()["ticket.opened"] == 60
    assert dict(log.report.skipped) == {"a sum, no call": 1}


@pytest.mark.parametrize(
    "value, outcome",
    [
        ("Answered ", Outcome.ANSWERED),
        ("Call Transferred", Outcome.TRANSFERRED),
        ("not answered", Outcome.LOST),
        ("no-answer", Outcome.LOST),
        ("NoAnswer", Outcome.LOST),
        ("Hang up", Outcome.LOST),
        ("Missed", Outcome.LOST),
        ("ABANDONED", Outcome.LOST),
        ("Voicemail", Outcome.VOICEMAIL),
        ("Billing", None),
    ],
)
def test_how_a_call_went_is_told_by_words(value: str, outcome: Outcome | None) -> None:
    assert outcome_of(value) is outcome


@pytest.mark.parametrize("name", ["On hold since", "Caller", "Call number"])
def test_a_desk_is_no_telephone_for_a_word_alone(tmp_path: Path, name: str) -> None:
    rows = [(n, f"2024-03-{1 + n % 28:02}", f"x{n}") for n in range(40)]

    assert '"phone"' not in log_of(tmp_path, table(("number", "Created", name), rows)).text


def test_a_status_of_tickets_is_no_outcome_of_calls(tmp_path: Path) -> None:
    rows = [(n, f"2024-03-{1 + n % 28:02}", "Completed" if n % 2 else "Cancelled", "Ann") for n in range(40)]

    log = log_of(tmp_path, table(("Ticket ID", "Created", "Status", "Caller"), rows))

    assert '"phone"' not in log.text
    assert "# Each row is a ticket." in log.text


def test_an_end_over_midnight_gives_way_to_durations_without_an_outcome_too(tmp_path: Path) -> None:
    rows = [(f"C{n}", "3/21/2024", "11:58:00 PM", "12:03:00 AM", "5:00") for n in range(20)]

    log = log_of(tmp_path, table(("call", "date", "start", "end", "talk time"), rows))

    assert {event["time"] for event in log.events("resolved")} == {"2024-03-22T00:03:00Z"}


def test_thousands_set_apart_in_a_duration_are_told(tmp_path: Path) -> None:
    rows = [(*row[:7], "1,204" if number == 0 else row[7], *row[8:]) for number, row in enumerate(calls())]

    log = log_of(tmp_path, table((*HEADER, "Disposition"), rows))

    assert 'thousands = ","' in log.text
    assert next(event["time"] for event in log.events("replied")) == "2024-03-01T09:20:04Z"
