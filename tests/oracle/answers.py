"""The oracle's computation: a log goes into tables, the snapshot that deskpulse should show comes out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, cast

import duckdb
import orjson

from tests.oracle.agents import agents_of, is_of_agent
from tests.oracle.calls import calls_of, is_of_call
from tests.oracle.customers import customers_of, is_of_customer
from tests.oracle.mentions import is_of_mention, mentions_of
from tests.oracle.opening_hours import OpeningHours, openings_between
from tests.oracle.records import EARLIEST_MOMENT, EPOCH, LATEST_MOMENT, MICROSECOND, rows_of
from tests.oracle.reviews import is_of_review, reviews_of
from tests.oracle.settings import OracleSettings
from tests.oracle.sla import SlaEnding, sla_of
from tests.oracle.sla_policies import DEFAULT_POLICIES, Policies
from tests.oracle.window_answers import MICROSECONDS_OF_A_SECOND, WindowAnswer

DEFAULT_SETTINGS: Final = OracleSettings()

_MICROSECONDS_OF_A_DAY: Final = 86_400 * MICROSECONDS_OF_A_SECOND
_DEFAULT_BACKLOG_THRESHOLD_SECONDS: Final = 86_400
_AGE_EDGES_SECONDS: Final = (3_600, 14_400, 28_800, 86_400, 259_200, 604_800, 1_209_600, 2_592_000, 7_776_000)
# A small log takes longer to spread over threads than to compute, and tests compute small logs by the hundred.
_THREADS: Final = 1
_STATEMENTS: Final = ("timeline.sql", "tickets.sql", "surveys.sql", "durations.sql")
_RECORD_COLUMNS: Final = """{
    'subject': 'VARCHAR', 'type': 'VARCHAR', 'source': 'VARCHAR', 'id': 'VARCHAR',
    'moment': 'BIGINT', 'sequence': 'VARCHAR', 'tie': 'UBIGINT', 'data': 'JSON'
}"""


@dataclass(frozen=True, slots=True)
class _Window:
    """A rolling window; ``length_seconds`` and ``pane_seconds`` are ``None`` where it has no bound."""

    name: str
    length_seconds: int | None = None
    pane_seconds: int | None = None

    def row(self, now: int) -> tuple[str, int | None, int | None, int | None]:
        """Return the name, the pane in microseconds, and the first and the last pane that the window covers."""
        if self.length_seconds is None or self.pane_seconds is None:
            return self.name, None, None, None
        pane = self.pane_seconds * MICROSECONDS_OF_A_SECOND
        last_pane = now // pane
        return self.name, pane, last_pane - self.length_seconds // self.pane_seconds + 1, last_pane


_WINDOWS: Final = (
    _Window("5m", 300, 3),
    _Window("1h", 3_600, 30),
    _Window("24h", 86_400, 900),
    _Window("7d", 604_800, 7_200),
    _Window("30d", 2_592_000, 21_600),
    _Window("lifetime"),
)
_BACKLOG_WINDOW: Final = "30d"


def compute(
    events: Iterable[bytes],
    *,
    now: datetime | None = None,
    settings: OracleSettings = DEFAULT_SETTINGS,
    policies: Policies = DEFAULT_POLICIES,
) -> dict[str, Any]:
    """Return the snapshot, with the parts, that deskpulse should show after these events.

    ``events`` are raw JSON records of all topics, in any order and with repetitions; records that
    deskpulse would dead-letter without looking at a wall clock are ignored. ``now`` is the time at which
    the windows end; ``None`` stands for the event clock, the highest event time. With neither a ``now``
    nor a valid event the snapshot's ``now`` is ``None`` and nothing counts. ``policies`` are what the
    service levels are measured by, the default one if none are given.

    Durations are in seconds. Quantiles are the exact nearest-rank values.

    Raises ``ValueError`` when ``now`` has no time zone.
    """
    if now is not None and now.tzinfo is None:
        message = f"now is {now.isoformat()}, expected a time with a zone"
        raise ValueError(message)
    rows = list(rows_of(events))
    with duckdb.connect(":memory:", config={"threads": _THREADS}) as connection:
        others = (is_of_call, is_of_agent, is_of_mention, is_of_customer, is_of_review)
        _load(connection, (row for row in rows if not any(is_of(row) for is_of in others)))
        newest = max((row["moment"] for row in rows), default=None)
        moment = newest if now is None else (now - EPOCH) // MICROSECOND
        _configure(connection, settings, moment or 0)
        _load_openings(connection, settings.calendar)
        for script in _STATEMENTS:
            _run(connection, script)
        _mark_complaints(connection, settings)
        _load_endings(connection, sla_of(rows, policies, moment or 0).endings if policies else ())
        _run(connection, "contributions.sql")
        _run(connection, "windows.sql")
        answers = _window_answers(connection)
        windows = {name: answer.snapshot() for name, answer in answers.items()}
        state = _state(connection, moment or 0, _backlog_threshold(answers[_BACKLOG_WINDOW], settings))
    lengths = {
        window.name: window.length_seconds * MICROSECONDS_OF_A_SECOND for window in _WINDOWS if window.length_seconds
    }
    panes = [window.row(moment or 0) for window in _WINDOWS]
    of_calls, calls = calls_of(rows, settings.calls, moment or 0, panes, lengths)
    of_agents, agents = agents_of(rows, settings.agents, moment or 0, lengths)
    of_mentions, mentions = mentions_of(rows, settings.model, panes)
    of_customers, customers = customers_of(rows, settings.customers, moment or 0, panes, lengths)
    of_reviews, reviews = reviews_of(rows, settings.reviews, panes)
    return {
        "now": _text(moment),
        "clock": "event" if now is None else "wall",
        "state": _together(state, of_calls, of_agents, of_mentions, of_customers, of_reviews),
        "windows": {
            name: _together(found, calls[name], agents.get(name, {}), mentions[name], customers[name], reviews[name])
            for name, found in windows.items()
        },
    }


def _together(*found: Mapping[str, Any]) -> dict[str, Any]:
    """The numbers of several kinds, with the parts of all of them."""
    parts = {measure: of_measure for numbers in found for measure, of_measure in numbers.get("parts", {}).items()}
    return {name: number for numbers in found for name, number in numbers.items()} | {"parts": parts}


def _load(connection: duckdb.DuckDBPyConnection, rows: Iterable[dict[str, Any]]) -> None:
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


def _configure(connection: duckdb.DuckDBPyConnection, settings: OracleSettings, now: int) -> None:
    connection.execute(
        "CREATE TEMP TABLE settings AS SELECT ?::VARCHAR AS fcr_rule, ?::BIGINT AS fcr_period, "
        "?::BIGINT AS fcr_closed_within, ?::BOOLEAN AS ces_inverted",
        [
            settings.fcr_rule,
            round(settings.fcr_days * _MICROSECONDS_OF_A_DAY),
            round(settings.fcr_closed_within_seconds * MICROSECONDS_OF_A_SECOND),
            settings.ces_inverted,
        ],
    )
    connection.execute(
        "CREATE TEMP TABLE windows (name VARCHAR, pane BIGINT, first_pane BIGINT, last_pane BIGINT)",
    )
    connection.executemany("INSERT INTO windows VALUES (?, ?, ?, ?)", [window.row(now) for window in _WINDOWS])


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


def _mark_complaints(connection: duckdb.DuckDBPyConnection, settings: OracleSettings) -> None:
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


def _window_answers(connection: duckdb.DuckDBPyConnection) -> dict[str, WindowAnswer]:
    windows = {window.name: WindowAnswer() for window in _WINDOWS}
    for name, measure, *values, amount, total in connection.execute(
        "SELECT time_window, measure, channel, priority, team, category, survey, scale, score, "
        "policy, sla, amount, total "
        "FROM parts ORDER BY ALL"
    ).fetchall():
        windows[name].add_part(measure, values, amount, total)
    for name, measure, *quantiles in connection.execute(
        "SELECT time_window, measure, p50, p90, p95, p99 FROM distributions"
    ).fetchall():
        windows[name].add_quantiles(measure, quantiles)
    return windows


def _backlog_threshold(window: WindowAnswer, settings: OracleSettings) -> Fraction:
    """Return the age in microseconds beyond which an open ticket is backlog."""
    if settings.backlog_threshold_seconds is not None:
        return Fraction(settings.backlog_threshold_seconds) * MICROSECONDS_OF_A_SECOND
    resolved = window.count("resolution_seconds")
    if resolved == 0:
        return Fraction(_DEFAULT_BACKLOG_THRESHOLD_SECONDS * MICROSECONDS_OF_A_SECOND)
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
        "backlog_threshold_seconds": float(backlog_threshold / MICROSECONDS_OF_A_SECOND),
        "oldest_open_ticket": _text(min(creations, default=None)),
        "open_ticket_age_seconds": {
            str(edge): sum(age <= edge * MICROSECONDS_OF_A_SECOND for age in ages) for edge in _AGE_EDGES_SECONDS
        }
        | {"+Inf": len(ages)},
        "tickets_without_opening": _scalar(
            connection, "SELECT count(*) FROM subjects WHERE NOT has_opening AND NOT is_void"
        ),
    }


def _scalar(connection: duckdb.DuckDBPyConnection, query: str) -> int | None:
    row = connection.execute(query).fetchone()
    return None if row is None else cast("int | None", row[0])


def _text(moment: int | None) -> str | None:
    return None if moment is None else (EPOCH + moment * MICROSECOND).isoformat().replace("+00:00", "Z")
