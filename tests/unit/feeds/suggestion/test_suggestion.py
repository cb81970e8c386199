"""A suggestion runs as it is, whatever the shape of the log."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime, timedelta
from operator import itemgetter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stream.feeds.replay import ReplayError
from tests.unit.feeds.suggestion.logs import Log, log_of, table

DATA = Path(__file__).parents[3] / "data"
BEGIN = datetime(2024, 2, 27, 8, 30, tzinfo=UTC)
STORY = ("New", "In Progress", "Awaiting User Info", "In Progress", "Resolved", "Closed")


def steps(spelling: str = "%Y-%m-%d %H:%M:%S", *, tickets: int = 30) -> list[tuple[str, str, str]]:
    return [
        (f"INC{number:05}", status, (BEGIN + timedelta(hours=7 * number + 3 * step)).strftime(spelling))
        for number in range(tickets)
        for step, status in enumerate(STORY)
    ]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


@pytest.mark.parametrize("name", ["call_center", "helpdesk_comments", "helpdesk_italian", "nps_verbatims"])
def test_real_logs_become_events_without_a_row_lost(folder: Path, name: str) -> None:
    log = log_of(folder, (DATA / f"{name}.csv").read_bytes())

    assert log.suggestion.is_usable
    assert log.events()
    assert log.report.is_complete


def test_a_log_of_steps_opens_moves_and_resolves_its_tickets(folder: Path) -> None:
    log = log_of(folder, table(("ticket_id", "status", "timestamp"), steps()))

    assert log.types() == {"ticket.opened": 30, "ticket.status_changed": 150, "ticket.resolved": 30}
    statuses = [event["data"].get("status") for event in log.events() if event["subject"] == "INC00000"]
    assert statuses == [None, "new", "open", "pending", "open", None, "closed"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(folder: Path, delimiter: str) -> None:
    log = log_of(folder, table(("ticket_id", "status", "timestamp"), steps(), delimiter))

    assert log.types()["ticket.opened"] == 30


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le"])
def test_the_encoding_is_found(folder: Path, encoding: str) -> None:
    rows = [(ticket, status, when, "Müller") for ticket, status, when in steps()]
    content = table(("ticket_id", "status", "timestamp", "requester"), rows).encode(encoding)

    log = log_of(folder, content)

    assert log.events()[0]["data"]["requester"] == "Müller"
    assert log.report.is_complete


def test_a_packed_log_is_unpacked(folder: Path) -> None:
    content = gzip.compress(table(("ticket_id", "status", "timestamp"), steps()).encode())

    assert log_of(folder, content, "log.csv.gz").types()["ticket.opened"] == 30


def test_columns_without_names_get_names(folder: Path) -> None:
    rows = [(number, status, when) for number, (_, status, when) in enumerate(steps())]

    log = log_of(folder, "\n".join(",".join(map(str, row)) for row in rows))

    assert 'columns = ["column_1", "column_2", "column_3"]' in log.suggestion.text
    assert any("line 1 seems to name no columns" in warning for warning in log.suggestion.warnings)
    log.events()
    assert log.report.rejected == 0


def test_a_header_that_names_a_column_twice_is_replaced(folder: Path) -> None:
    content = table(("ticket_id", "status", "status", "timestamp"), [(a, b, "x", c) for a, b, c in steps()])

    log = log_of(folder, content)
    log.events()

    assert (log.report.rejected, log.report.mapped) == (0, len(steps()))


@pytest.mark.parametrize(
    "above",
    [
        "Call Detail Report\nFrom 2/26/2024 to 3/11/2024\n\n",
        "Report;;\n;;\n",
        "Tickets of the desk\n",
        "sep=;\n",
        "\n\n",
    ],
)
@pytest.mark.parametrize("named_twice", [False, True])
def test_lines_above_the_header_are_skipped(folder: Path, above: str, named_twice: bool) -> None:  # noqa: FBT001 - a parameter of pytest
    header = ("ticket_id", "status", "timestamp", *(["status"] if named_twice else []))
    rows = [(*row, *(["x"] if named_twice else [])) for row in steps()]

    log = log_of(folder, above + table(header, rows, ";"))

    lines = above.count("\n") + named_twice
    assert f"skip_lines = {lines} #" in log.text
    assert log.types()["ticket.opened"] == 30
    assert log.report.rejected == 0


@pytest.mark.parametrize("content", ["id,time\n1\n2,2024-01-01\n", "id,time,x\nq,2024-01-01,y\n"])
def test_a_header_at_the_top_is_not_skipped(folder: Path, content: str) -> None:
    assert "skip_lines" not in log_of(folder, content).text


def test_a_snapshot_log_has_null_tokens_a_time_that_moves_and_the_newest_row_first(folder: Path) -> None:
    rows = [
        (ticket, status, (BEGIN + timedelta(hours=7 * int(ticket[3:]))).strftime("%d/%m/%Y %H:%M"), when, "?", "?")
        for ticket, status, when in reversed(steps("%d/%m/%Y %H:%M"))
    ]
    log = log_of(folder, table(("number", "state", "opened_at", "sys_updated_at", "resolved_at", "caller_id"), rows))

    assert 'null = ["?"]' in log.suggestion.text
    assert 'equal_times = "file_reversed"' in log.suggestion.text
    assert 'value = "{sys_updated_at}"' in log.suggestion.text
    assert log.types() == {"ticket.opened": 30, "ticket.status_changed": 150, "ticket.resolved": 30}
    opened = next(event for event in log.events() if event["subject"] == "INC00001" and "opened" in event["type"])
    assert opened["time"] == "2024-02-27T15:30:00Z"


def test_what_changes_from_row_to_row_of_a_ticket_is_an_update(folder: Path) -> None:
    rows = [
        (*step, "?" if number % 6 < 2 else "Ann" if number % 6 < 4 else "Ben", "High")
        for number, step in enumerate(steps())
    ]

    log = log_of(folder, table(("number", "state", "updated_at", "assigned_to", "priority"), rows))

    assert log.types()["ticket.updated"] == 60
    updates = [event["data"] for event in log.events() if "updated" in event["type"]]
    assert updates[:2] == [{"assignee": "Ann"}, {"assignee": "Ben"}]


def test_a_log_in_the_order_of_time_is_not_taken_for_reversed(folder: Path) -> None:
    by_time = sorted(steps(), key=itemgetter(2))
    log = log_of(folder, table(("ticket_id", "status", "timestamp"), by_time))

    assert "file_reversed" not in log.suggestion.text


def test_one_row_a_ticket_has_an_event_for_each_of_its_times(folder: Path) -> None:
    rows = []
    for number in range(40):
        at = [BEGIN + timedelta(hours=number + more) for more in (0, 1, 20)]
        opened, replied, closed = (moment.strftime("%m/%d/%Y %I:%M %p") for moment in at)
        rows.append((number, opened, replied, closed if number % 2 else "N/A", "2024-12-31", "High"))
    header = ("Ticket ID", "Created", "First Response", "Closed", "Due Date", "Priority")

    log = log_of(folder, table(header, rows))

    assert log.types() == {"ticket.opened": 40, "ticket.replied": 40, "ticket.resolved": 20}
    assert log.events()[0]["data"]["priority"] == "High"


def test_times_of_one_row_may_be_spelled_differently(folder: Path) -> None:
    rows = [
        (number, f"{1 + number % 28:02}/03/2024 10:00", f"2024-04-{1 + number % 28:02} 11:00:00")
        for number in range(30)
    ]

    log = log_of(folder, table(("id", "opened", "resolved"), rows))

    assert log.types() == {"ticket.opened": 30, "ticket.resolved": 30}


def test_a_date_and_a_time_of_day_are_joined(folder: Path) -> None:
    rows = [
        (
            f"C{number}",
            (BEGIN + timedelta(hours=number)).strftime("%d.%m.%Y"),
            (BEGIN + timedelta(hours=number)).strftime("%I:%M"),
            (BEGIN + timedelta(hours=number)).strftime("%p"),
            "0:02:23",
        )
        for number in range(60)
    ]

    log = log_of(folder, table(("Call Id", "Datum", "Uhrzeit", "half", "AvgTalkDuration"), rows))

    assert 'value = "{Datum} {Uhrzeit} {half}"' in log.suggestion.text
    assert 'format = "%d.%m.%Y %I:%M %p"' in log.suggestion.text
    assert log.events()[20]["time"] == "2024-02-28T04:30:00Z"


def test_durations_in_any_unit_say_when_a_ticket_was_answered_and_resolved(folder: Path) -> None:
    rows = [(n, f"2024-03-{1 + n % 28:02} 10:00:00", n % 90, 1.5, "Yes" if n % 2 else "No") for n in range(50)]
    header = ("Ticket ID", "Created", "First Response Time (minutes)", "Resolution Time (hours)", "SLA met")

    log = log_of(folder, table(header, rows))

    assert log.types() == {"ticket.opened": 50, "ticket.replied": 50, "ticket.resolved": 50}
    assert [event["time"] for event in log.events()[3:6]] == [
        "2024-03-02T10:00:00Z",
        "2024-03-02T10:01:00Z",
        "2024-03-02T11:30:00Z",
    ]


def test_a_list_of_comments_makes_a_row_of_each(folder: Path) -> None:
    tickets = [
        {
            "id": number,
            "created_at": (BEGIN + timedelta(days=number)).isoformat(),
            "comments": [
                {
                    "created_at": (BEGIN + timedelta(days=number, hours=hour)).isoformat(),
                    "author": {"role": "end-user" if hour % 2 else "agent"},
                    "body": f"words {number} {hour}",
                }
                for hour in range(1, 4)
            ],
        }
        for number in range(20)
    ]

    for content, kind in (
        ("\n".join(map(json.dumps, tickets)), "jsonl"),
        (json.dumps(tickets), "json"),
        (json.dumps({"data": {"tickets": tickets, "users": [{"id": 1}]}}, indent=1), "json"),
    ):
        log = log_of(folder, content, "log")
        assert f'kind = "{kind}"' in log.suggestion.text
        assert 'explode = "comments"' in log.suggestion.text
        assert log.types() == {"ticket.opened": 20, "ticket.replied": 60}


def test_a_status_that_is_unknown_is_skipped_by_name_and_not_lost(folder: Path) -> None:
    log = log_of(
        folder, table(("ticket", "status", "time"), [*steps(), ("INC00000", "Frobnicated", "2024-06-01 10:00:00")])
    )
    log.events()

    assert log.report.is_complete
    assert dict(log.report.skipped) == {"the mapping does not say yet what this means: Frobnicated": 1}


def test_spam_is_deleted_where_rows_are_steps_and_left_out_where_they_are_tickets(folder: Path) -> None:
    log_of_steps = [*steps(), ("INC00000", "Spam", "2024-06-01 10:00:00")]
    tickets = [(n, f"2024-03-{1 + n % 28:02}", "Spam" if n % 5 == 0 else "Open") for n in range(40)]

    of_steps = log_of(folder, table(("ticket", "status", "time"), log_of_steps))
    of_tickets = log_of(folder, table(("ticket", "created", "status"), tickets), "tickets.csv")

    assert of_steps.types()["ticket.deleted"] == 1
    assert of_tickets.types() == {"ticket.opened": 32}


def test_scores_become_answers(folder: Path) -> None:
    rows = [(number, f"2024-03-{1 + number % 28:02}", number % 11) for number in range(60)]

    log = log_of(folder, table(("ticket_id", "created", "nps_score"), rows))

    assert log.types() == {"ticket.opened": 60, "survey.responded": 60}


def test_both_orders_of_day_and_month_are_warned_of(folder: Path) -> None:
    rows = [(number, f"0{1 + number % 9}/0{1 + number % 9}/2024 10:00") for number in range(20)]

    log = log_of(folder, table(("id", "opened"), rows))

    assert any("no day is above 12" in warning for warning in log.suggestion.warnings)
    assert "# format = " in log.suggestion.text
    assert log.types() == {"ticket.opened": 20}


def test_an_opening_that_no_time_is_named_like_is_warned_of(folder: Path) -> None:
    rows = [(n, f"2020-03-{1 + n % 28:02}", f"2024-03-{1 + n % 28:02} 10:00:00") for n in range(30)]

    log = log_of(folder, table(("Ticket ID", "Date of Purchase", "First Response Time"), rows))

    assert any('tickets are opened at "Date of Purchase"' in warning for warning in log.suggestion.warnings)


def test_without_a_time_there_is_a_draft_that_says_so(folder: Path) -> None:
    log = log_of(folder, table(("ticket_id", "status"), [(a, b) for a, b, _ in steps()]))

    assert not log.suggestion.is_usable
    assert any("no column looks like a time" in warning for warning in log.suggestion.warnings)
    with pytest.raises(ReplayError, match="no column 'TIME'"):
        log.events()


@pytest.mark.parametrize(
    "content, words",
    [
        (b"", "the file is empty"),
        (b"  \n \n", "the file is empty"),
        (b"ticket,time\n", "nothing but a header"),
        (b"PK\x03\x04" + b"\0" * 100, "zip archive"),
        (bytes(range(256)) * 10, "no text"),
        (b"\x1f\x8bbroken", "gzip"),
    ],
)
def test_a_file_that_is_no_log_is_told_what_it_is(folder: Path, content: bytes, words: str) -> None:
    with pytest.raises(ReplayError, match=words):
        log_of(folder, content)


def test_a_folder_or_nothing_at_all_is_no_log(folder: Path) -> None:
    with pytest.raises(ReplayError, match="directory"):
        Log(folder)
    with pytest.raises(ReplayError, match="No such file"):
        Log(folder / "missing.csv")


@pytest.mark.parametrize(
    "content",
    [
        "ticket,time\n" + '"never closed,2024-01-01\n' * 50,
        '{"id": 1, "time": "2024-01-01"}\n' + "[" * 10_000,
        "<log><trace><event><date key='time:timestamp' value='2024-01-01T00:00:00Z'/></event></trace></log>",
        "<log><trace><event>",
        "{a},{{b}},,@position\n1,2024-01-01,3,4\n",
        "id,time\n\x1b[2J,2024-01-01\n",
        "id,time,status\n" + 'a"""b,2024-01-01,\x7f\u2028x\n' * 3,
        ",".join(f"c{number}" for number in range(20_000)) + "\n" + "1," * 20_000,
        "x" * 100_000,
        "id;time\n1;31/12/2024 25:61\n",
        "[1, 2, 3]",
        '[{"id": 1, "time": "2024-01-01"}, 3]',
        "sep=;\nid;time\n1;2024-01-01\n",
        "\n\n\nid,time\n1,2024-01-01\n",
    ],
)
def test_hostile_content_is_a_suggestion_or_a_clear_error(folder: Path, content: str) -> None:
    said = ""
    try:
        log = log_of(folder, content)
        if log.suggestion.is_usable:
            log.events()
    except ReplayError as error:
        said = str(error)

    assert "\n" not in said


def test_only_the_beginning_of_a_long_file_is_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stream.feeds.suggestion.first_bytes.MOST_BYTES", 2_000)

    log = log_of(folder, table(("ticket_id", "status", "timestamp"), steps()) + '"' + "x" * 10_000)

    assert "the first " in log.suggestion.text
    assert "{ticket_id}" in log.suggestion.text


CELLS = st.sampled_from(
    ["", "?", "a", "1", "9.5", "2024-01-01", "01/02/2024", "10:00", "open", 'q"', "{x}", "é", "\x00"]
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(CELLS, min_size=3, max_size=3), min_size=1, max_size=12), st.sampled_from(",;\t|"))
def test_any_table_is_a_mapping_that_loads_or_a_clear_error(
    folder: Path, rows: list[list[str]], delimiter: str
) -> None:
    try:
        log = log_of(folder, table(("ticket", "time", "status"), rows, delimiter))
    except ReplayError:
        return
    if log.suggestion.is_usable:
        log.events()
        assert log.report.rows == len(rows)
