"""The oracle's tables of tickets and the numbers that come out of them."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, cast

import duckdb
import orjson

from tests.oracle.kind import Answer, Rows
from tests.oracle.moments import DAY, EARLIEST_MOMENT, LATEST_MOMENT, SECOND, text_of
from tests.oracle.opening_hours import OpeningHours, openings_between
from tests.oracle.sla import SlaEnding, sla_of
from tests.oracle.ticket_settings import TicketSettings
from tests.oracle.window_answers import WindowAnswer
from tests.oracle.windows import Window, windows_at

_DEFAULT_BACKLOG_THRESHOLD_SECONDS: Final = 86_400
_AGE_EDGES_SECONDS: Final = (3_600, 14_400, 28_800, 86_400, 259_200, 604_800, 1_209_600, 2_592_000, 7_776_000)
# A small log takes longer to spread over threads than to compute, and tests compute small logs by the hundred.
_THREADS: Final = 1
_STATEMENTS: Final = ("timeline.sql", "tickets.sql", "durations.sql")
_RECORD_COLUMNS: Final = """{
    'subject': 'VARCHAR', 'type': 'VARCHAR', 'source': 'VARCHAR', 'id': 'VARCHAR',
    'moment': 'BIGINT', 'sequence': 'VARCHAR', 'tie': 'UBIGINT', 'data': 'JSON'
}"""


_BACKLOG_WINDOW: Final = "30d"


def ticket_numbers(rows: Rows, settings: TicketSettings, now: int) -> Answer:
    """The state and the windows at ``now`` (microseconds), as they stand in the snapshot."""
    windows = windows_at(now)
    with duckdb.connect(":memory:", config={"threads": _THREADS}) as connection:
        _load(connection, rows)
        _configure(connection, settings, windows)
        _load_openings(connection, settings.calendar)
        for script in _STATEMENTS:
            _run(connection, script)
        _mark_complaints(connection, settings)
        _load_endings(connection, sla_of(rows, settings.policies, now).endings if settings.policies else ())
        _run(connection, "contributions.sql")
        _run(connection, "windows.sql")
        answers = _window_answers(connection, windows)
        state = _state(connection, now, _backlog_threshold(answers[_BACKLOG_WINDOW], settings))
    return state, {name: answer.snapshot() for name, answer in answers.items()}


def _load(connection: duckdb.DuckDBPyConnection, rows: Rows) -> None:
    with TemporaryDirectory() as directory:
        path = Path(directory) / "records.jsonl"
        with path.open("wb") as file:
            file.writelines(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE) for row in rows)
        connection.execute(
            "CREATE TEMP TABLE records AS "  # noqa: S608 - the only insertion is a constant of this module
            f"SELECT * FROM read_json(?, format = 'newline_delimited', columns = {_RECORD_COLUMNS})",
            [str(path)],
        )
    connection.execute("CREATE TEMP TABLE distinct_events AS SELECT DISTINCT ON (source, id) * FROM records")


def _configure(connection: duckdb.DuckDBPyConnection, settings: TicketSettings, windows: Iterable[Window]) -> None:
    connection.execute(
        "CREATE TEMP TABLE settings AS SELECT ?::VARCHAR AS fcr_rule, ?::BIGINT AS fcr_period, "
        "?::BIGINT AS fcr_closed_within",
        [
            settings.fcr_rule,
            round(settings.fcr_days * DAY),
            round(settings.fcr_closed_within_seconds * SECOND),
        ],
    )
    connection.execute(
        "CREATE TEMP TABLE windows (name VARCHAR, pane BIGINT, first_pane BIGINT, last_pane BIGINT)",
    )
    connection.executemany(
        "INSERT INTO windows VALUES (?, ?, ?, ?)",
        [(one.name, one.pane, one.first_pane, one.last_pane) for one in windows],
    )


def _load_openings(connection: duckdb.DuckDBPyConnection, calendar: OpeningHours | None) -> None:
    connection.execute("CREATE TEMP TABLE kinds_of_hours AS SELECT 'calendar' AS hours")
    connection.execute("CREATE TEMP TABLE openings (hours VARCHAR, opens BIGINT, closes BIGINT)")
    connection.execute("INSERT INTO openings VALUES ('calendar', ?, ?)", [EARLIEST_MOMENT, LATEST_MOMENT])
    first, last = connection.execute("SELECT min(moment), max(moment) FROM records").fetchall()[0]
    if calendar is not None:
        connection.execute("INSERT INTO kinds_of_hours VALUES ('business')")
        spans = [] if first is None else list(openings_between(calendar, first, last))
        connection.execute(
            "INSERT INTO openings SELECT 'business', unnest(?::BIGINT[]), unnest(?::BIGINT[])",
            [[opens for opens, _ in spans], [closes for _, closes in spans]],
        )


def _run(connection: duckdb.DuckDBPyConnection, script: str) -> None:
    connection.execute(Path(__file__).with_name(script).read_text(encoding="utf-8"))


def _mark_complaints(connection: duckdb.DuckDBPyConnection, settings: TicketSettings) -> None:
    wanted = {category.casefold() for category in settings.complaint_categories}
    present = connection.execute("SELECT DISTINCT category FROM tickets WHERE category IS NOT NULL").fetchall()
    connection.execute("CREATE TEMP TABLE complaint_categories (category VARCHAR)")
    for (category,) in present:
        if category.casefold() in wanted:
            connection.execute("INSERT INTO complaint_categories VALUES (?)", [category])


def _load_endings(connection: duckdb.DuckDBPyConnection, endings: Iterable[SlaEnding]) -> None:
    connection.execute(
        "CREATE TEMP TABLE sla_contributions (measure VARCHAR, moment BIGINT, policy VARCHAR, sla VARCHAR, "
        "channel VARCHAR, priority VARCHAR, team VARCHAR)"
    )
    for ending in endings:
        measure = "sla_ended_in_time" if ending.in_time else "sla_ended_late"
        connection.execute(
            "INSERT INTO sla_contributions VALUES (?, ?, ?, ?, ?, ?, ?)", [measure, ending.time, *ending.labels]
        )


def _window_answers(connection: duckdb.DuckDBPyConnection, windows: Iterable[Window]) -> dict[str, WindowAnswer]:
    answers = {window.name: WindowAnswer() for window in windows}
    for name, measure, *values, amount, total in connection.execute(
        "SELECT time_window, measure, channel, priority, team, category, policy, sla, amount, total "
        "FROM parts ORDER BY ALL"
    ).fetchall():
        answers[name].add_part(measure, values, amount, total)
    for name, measure, *quantiles in connection.execute(
        "SELECT time_window, measure, p50, p90, p95, p99 FROM distributions"
    ).fetchall():
        answers[name].add_quantiles(measure, quantiles)
    return answers


def _backlog_threshold(window: WindowAnswer, settings: TicketSettings) -> Fraction:
    """Return the age in microseconds beyond which an open ticket is backlog."""
    if settings.backlog_threshold_seconds is not None:
        return Fraction(settings.backlog_threshold_seconds) * SECOND
    resolved = window.count("resolution_seconds")
    if resolved == 0:
        return Fraction(_DEFAULT_BACKLOG_THRESHOLD_SECONDS * SECOND)
    return Fraction(window.total("resolution_seconds"), resolved)


def _state(connection: duckdb.DuckDBPyConnection, now: int, backlog_threshold: Fraction) -> dict[str, Any]:
    creations = [
        cast("int", created_at)
        for (created_at,) in connection.execute("SELECT created_at FROM tickets WHERE is_active").fetchall()
    ]
    ages = [now - created_at for created_at in creations]
    return {
        "open_tickets": len(ages),
        "open_cases": _scalar(connection, "SELECT count(*) FROM tickets WHERE is_active AND awaits_answer"),
        "backlog_tickets": sum(age > backlog_threshold for age in ages),
        "backlog_threshold_seconds": float(backlog_threshold / SECOND),
        "oldest_open_ticket": text_of(min(creations)) if creations else None,
        "open_ticket_age_seconds": {str(edge): sum(age <= edge * SECOND for age in ages) for edge in _AGE_EDGES_SECONDS}
        | {"+Inf": len(ages)},
        "tickets_without_opening": _scalar(
            connection, "SELECT count(*) FROM subjects WHERE NOT has_opening AND NOT is_void"
        ),
    }


def _scalar(connection: duckdb.DuckDBPyConnection, query: str) -> int | None:
    row = connection.execute(query).fetchone()
    return None if row is None else cast("int | None", row[0])
