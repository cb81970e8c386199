"""What a replay would do, without a broker, and what stops one before it publishes anything."""

from __future__ import annotations

import asyncio
import gzip
import os
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import AsyncMock

import orjson
import pytest
from typer.testing import CliRunner, Result

from stream.cli import horizon, main, progress
from stream.cli import replay as cli_replay
from stream.cli.main import app
from stream.cli.replay import IncompleteReplayError, ReplayPlan, TooManyRejectedError, run_replay
from stream.feeds.loopback import ReservedPort
from stream.feeds.replay import ReplayedEvent, ReplayError, ReplayReport
from stream.runtime.kafka.reachability import BrokerUnreachableError
from stream.settings.kafka import KafkaSettings
from stream.settings.settings import Settings
from tests.kinds.tickets import ticket

MAPPING = """
source = "/logs/test"
subject = "{id}"
{more}
[format]
kind = "csv"
[time]
value = "{time}"
[[rule]]
first_of_subject = true
event = "helpdesk.ticket.opened.v1"
[[rule]]
when = { step = "done" }
event = "helpdesk.ticket.resolved.v1"
[[rule]]
when = { step = "print" }
skip = "printing is no event"
[[rule]]
when = { step = "open" }
event = "helpdesk.ticket.status_changed.v1"
data = { status = "open" }
"""


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def replay(log: str, *arguments: str, more: str = "") -> Result:
    Path("log.csv").write_text(log, encoding="utf-8")
    Path("mapping.toml").write_text(MAPPING.replace("{more}", more), encoding="utf-8")
    return CliRunner().invoke(app, ["replay", "log.csv", "--mapping", "mapping.toml", *arguments])


def dry(log: str, *arguments: str, more: str = "") -> tuple[int, dict[str, Any]]:
    result = replay(log, "--dry-run", "--json", *arguments, more=more)
    return result.exit_code, orjson.loads(result.stdout)


def rows(*steps: str, day: int = 1) -> str:
    return "id,time,step,other\n" + "".join(
        f"T-{number % 3},2020-01-{day:02} 10:{number:02}:00,{step},x\n" for number, step in enumerate(steps)
    )


def test_a_dry_run_tells_what_would_be_sent_and_by_which_rule() -> None:
    status, told = dry(rows("open", "open", "open", "done", "print"))

    assert status == 0
    assert (told["rows"], told["mapped"], told["bytes"]) == (5, 4, Path("log.csv").stat().st_size)
    assert told["events"] == {
        "helpdesk.ticket.opened.v1": 3,
        "helpdesk.ticket.resolved.v1": 1,
        "helpdesk.ticket.status_changed.v1": 3,
    }
    assert [(rule["rule"], rule["rows"], len(rule["examples"])) for rule in told["rules"]] == [
        ("rule 1", 3, 2),
        ("rule 2", 1, 1),
        ("rule 3", 1, 0),
        ("rule 4", 3, 2),
    ]
    assert [rule["events"] for rule in told["rules"]] == [3, 1, 0, 3]
    assert told["rules"][0]["examples"][0]["subject"] == "T-0"
    assert told["unused_columns"] == ["other"]
    assert told["failure"] is None


def test_so_many_examples_come_as_are_asked_for() -> None:
    assert [len(rule["examples"]) for rule in dry(rows(*["open"] * 9), "--examples", "7")[1]["rules"]] == [3, 0, 0, 7]


def test_the_text_for_people_says_that_nothing_was_sent() -> None:
    result = replay(rows("open", "done"), "--dry-run")

    assert result.exit_code == 0
    assert "rule 2, helpdesk.ticket.resolved.v1: fits 1 rows, makes 1 events\n" in result.stdout
    assert "rule 3, skip printing is no event: fits 0 rows\n" in result.stdout
    assert '{"specversion":"1.0"' in result.stdout
    assert "the mapping does not read other" in result.stdout
    assert 'set clock.mode = "event"' in result.stdout
    assert result.stdout.endswith("nothing was sent\n")


def test_reasons_come_by_kind_with_their_first_rows() -> None:
    log = (
        rows(*["open"] * 50) + "".join(f"T-9,never {number},open,x\n" for number in range(20)) + ",2020-01-01,open,x\n"
    )

    status, told = dry(log)

    assert status == 1
    assert [(kind["reason"], kind["rows"]) for kind in told["rejected_kinds"]] == [
        ("time: … is not a time in the format iso", 20),
        ("subject: the column 'id' is empty", 1),
    ]
    assert told["rejected_kinds"][0]["examples"][0] == {
        "line": 52,
        "reason": "time: 'never 0' is not a time in the format iso",
    }
    assert "21 of 71 rows (29.6 %) were rejected" in told["failure"]


def test_values_that_no_rule_names_are_counted() -> None:
    _, told = dry(rows("open", "open", "open", "odd", "odd", "rare"))

    assert told["unmatched_values"] == {"step": {"odd": 2, "rare": 1}}
    assert told["uncounted_values"] == {}
    assert told["unmatched"] == 3


def test_more_values_than_are_counted_are_told_as_more() -> None:
    log = "id,time,step,other\n" + "".join(f"a,2020-01-01,step {number},x\n" for number in range(1_003))

    told = replay(log, "--dry-run").stdout

    assert "more than 1000 rows have a value of 'step' that no rule" in told
    assert "  and more than 990 other values" in told
    assert dry(log)[1]["uncounted_values"] == {"step": 3}


def test_what_a_rule_is_applied_to_within_a_row_is_told_as_no_column() -> None:
    rule = '[[rule]]\nfor_each = ["other"]\nwhen = { "@value" = "y" }\nevent = "helpdesk.ticket.resolved.v1"\n'
    Path("log.csv").write_text(rows("open"), encoding="utf-8")
    Path("mapping.toml").write_text(MAPPING.replace("{more}", "") + rule, encoding="utf-8")

    told = CliRunner().invoke(app, ["replay", "log.csv", "--mapping", "mapping.toml", "--dry-run"]).stdout

    assert "@value" not in told


def test_a_column_by_which_rows_are_only_skipped_has_no_values_that_were_forgotten() -> None:
    Path("log.csv").write_text(rows("open", "done"), encoding="utf-8")
    skip = '[[rule]]\nwhen = { id = "Total" }\nskip = "a total"\n[[rule]]\n'
    Path("mapping.toml").write_text(MAPPING.replace("{more}", "").replace("[[rule]]\n", skip, 1), encoding="utf-8")

    result = CliRunner().invoke(app, ["replay", "log.csv", "--mapping", "mapping.toml", "--dry-run", "--json"])

    assert orjson.loads(result.stdout)["unmatched_values"] == {}


def test_the_help_names_all_kinds_of_logs() -> None:
    told = CliRunner().invoke(app, ["replay", "--help"], env={"COLUMNS": "300"}).stdout

    assert "CSV, TSV, JSON, JSON Lines or XES" in told


def test_recent_events_are_counted_and_ask_for_no_other_clock() -> None:
    now = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
    recent = (now - timedelta(days=2)).isoformat(sep=" ")

    result = replay(f"id,time,step,other\na,{recent},open,x\n", "--dry-run")

    assert "2 of them in the last 30 days" in result.stdout
    assert "clock.mode" not in result.stdout


def test_equal_times_are_told_with_their_order() -> None:
    log = "id,time,step,other\n" + "a,2020-01-02,done,x\na,2020-01-02,open,x\na,2020-01-01,open,x\n"

    as_it_is = replay(log, "--dry-run").stdout
    reversed_ = replay(log, "--dry-run", more='equal_times = "file_reversed"').stdout

    assert "they are taken as they stand in the file" in as_it_is
    assert 'set equal_times = "file_reversed" in the mapping' in as_it_is
    assert "the last one in the file first" in reversed_
    assert "set equal_times" not in reversed_


def test_what_tells_the_order_of_equal_times_is_said_and_needs_no_hint() -> None:
    log = "id,time,step,other\n" + "a,2020-01-02,done,1\na,2020-01-02,open,2\na,2020-01-01,open,3\n"

    told = replay(log, "--dry-run", more='sequence = "{other}"').stdout

    assert "2 events share ticket and time with one of another row; they are taken by the sequence" in told
    assert "set equal_times" not in told


def test_a_file_without_an_order_is_told_what_could_order_it() -> None:
    days = [5, 9, 4, 4, 8, 3]
    log = "id,time,step,other\n" + "".join(f"a,2020-01-{day:02},open,x\n" for day in days)

    told = replay(log, "--dry-run").stdout

    assert "no order in the file (2 are later than the one before, 2 earlier)" in told
    assert "file_reversed" not in told
    assert 'name a column that tells their order in sequence, or set equal_times = "kind"' in told
    assert "set equal_times" not in replay(log, "--dry-run", more='equal_times = "kind"').stdout


@pytest.mark.parametrize(
    "bad, arguments, status",
    [
        (5, [], 0),
        (6, [], 1),
        (6, ["--max-rejected", "6"], 0),
        (1, ["--max-rejected", "0"], 1),
        (1, ["--strict"], 1),
        (100, ["--max-rejected", "100"], 1),
    ],
)
def test_more_rejected_rows_than_allowed_are_a_failure(bad: int, arguments: list[str], status: int) -> None:
    good = "".join(f"T-{number},2020-01-01,open,x\n" for number in range(100 - bad))
    log = "id,time,step,other\n" + good + "T-0,never,open,x\n" * bad

    result = replay(log, "--dry-run", *arguments)

    assert result.exit_code == status
    assert bool(result.stderr) == bool(status)


def test_rows_without_a_rule_fail_a_strict_run_only() -> None:
    log = rows("open", "open", "open", "odd", "odd", "odd")

    assert replay(log, "--dry-run").exit_code == 0
    strict = replay(log + "T-9,never,open,x\n", "--dry-run", "--strict", "--max-rejected", "50")
    assert strict.exit_code == 1
    assert strict.stderr.startswith(
        "deskpulse: log.csv: 4 of 7 rows make no event (1 rejected, 3 without a rule), so nothing was published; "
        "the first is line 5: id=T-0, "
    )


@pytest.mark.parametrize(
    "log, words", [("", "line 1 must name the columns"), ("id,time,step,other\n", "no rows in it")]
)
def test_a_file_without_rows_is_a_failure_that_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], log: str, words: str
) -> None:
    Path("log.csv").write_text(log, encoding="utf-8")
    Path("mapping.toml").write_text(MAPPING.replace("{more}", ""), encoding="utf-8")
    for more in ([], ["--dry-run"]):
        monkeypatch.setattr("sys.argv", ["deskpulse", "replay", "log.csv", "--mapping", "mapping.toml", *more])
        with pytest.raises(SystemExit) as ended:
            main()
        assert ended.value.code == 1
        assert words in capsys.readouterr().err


def test_a_replay_of_too_many_bad_rows_fails_before_it_looks_for_a_broker() -> None:
    Path("log.csv").write_text("id,time,step\na,2020-01-01,open\nb,never,open\n", encoding="utf-8")
    Path("mapping.toml").write_text(MAPPING.replace("{more}", ""), encoding="utf-8")
    settings = Settings(kafka={"bootstrap_servers": "no.such.host:9092"})
    plan = ReplayPlan(Path("log.csv"), "mapping.toml", "max", strict=False, max_rejected=5)

    with pytest.raises(TooManyRejectedError, match=r"1 of 2 rows \(50.0 %\) were rejected; nothing.*--max-rejected"):
        asyncio.run(run_replay(plan, settings))


def test_a_dry_run_of_a_log_of_events_checks_each() -> None:
    event = {"specversion": "1.0", "id": "1", "source": "/s", "subject": "T-1", "time": "2020-01-01T00:00:00Z"}
    lines = [
        orjson.dumps(event | {"type": "helpdesk.ticket.opened.v1", "data": {}}),
        orjson.dumps(event | {"type": "helpdesk.ticket.opened.v1", "data": {"channel": 5}}),
        orjson.dumps(event | {"type": "something.else", "data": {}}),
        b"no json",
    ]
    Path("events.jsonl").write_bytes(b"\n".join(lines) + b"\n")

    result = CliRunner().invoke(app, ["replay", "events.jsonl", "--dry-run", "--json"])
    told = orjson.loads(result.stdout)

    assert result.exit_code == 1
    assert told["events"] == {"helpdesk.ticket.opened.v1": 1}
    assert (told["mapped"], told["rejected"]) == (1, 3)


def publish_events(content: bytes, *, strict: bool = False) -> None:
    """Replay a file without a mapping; nobody is at the broker's address, so it goes on to look for one or fails."""
    Path("events.jsonl").write_bytes(content)
    settings = Settings(kafka=KafkaSettings(bootstrap_servers="127.0.0.1:1", connect_timeout_seconds=1))
    asyncio.run(run_replay(ReplayPlan(Path("events.jsonl"), None, "max", strict, 5.0), settings))


def test_a_log_of_rows_without_its_mapping_is_not_published() -> None:
    with pytest.raises(TooManyRejectedError, match="without --mapping, each line must be an event in JSON"):
        publish_events(rows("open", "done").encode())


def test_a_packed_file_of_events_is_unpacked_before_it_is_judged() -> None:
    with pytest.raises(BrokerUnreachableError):
        publish_events(gzip.compress(ticket("opened", 0)))


def test_a_strict_replay_fails_before_it_publishes_anything() -> None:
    events = b"\n".join(ticket("opened", number) for number in range(50))
    with pytest.raises(BrokerUnreachableError):
        publish_events(events + b"\n{}")
    with pytest.raises(IncompleteReplayError, match="1 of 51 rows make no event"):
        publish_events(events + b"\n{}", strict=True)


def test_at_a_speed_the_events_of_a_file_leave_in_the_order_of_time(monkeypatch: pytest.MonkeyPatch) -> None:
    published: list[int] = []

    async def noted(events: AsyncIterator[ReplayedEvent], *_: object, **__: object) -> int:
        published.extend([event.time async for event in events])
        return len(published)

    monkeypatch.setattr(cli_replay, "choose_addresses", AsyncMock(return_value=KafkaSettings()))
    monkeypatch.setattr(cli_replay, "ensure_topics", AsyncMock())
    monkeypatch.setattr(cli_replay, "publish", noted)
    Path("events.jsonl").write_bytes(b"\n".join(ticket("opened", second) for second in (2, 0, 1)))

    plan = ReplayPlan(Path("events.jsonl"), None, "1e6", strict=False, max_rejected=5)
    asyncio.run(run_replay(plan, Settings()))

    assert len(published) == 3
    assert published == sorted(published)


def test_what_cannot_be_read_twice_is_refused() -> None:
    os.mkfifo("pipe")
    result = CliRunner().invoke(app, ["replay", "pipe", "--mapping", "m.toml", "--dry-run"])

    assert isinstance(result.exception, ReplayError)
    assert "save it to a file first" in str(result.exception)


@pytest.mark.parametrize("speed", ["nan", "0", "-1", "fast"])
def test_a_speed_is_a_number_above_zero(speed: str) -> None:
    result = CliRunner().invoke(app, ["replay", "log.csv", "--speed", speed, "--dry-run"])

    assert isinstance(result.exception, ReplayError)
    assert "--speed is a number above 0 or max" in str(result.exception)


def test_reading_shows_the_share_of_the_bytes_and_the_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    report = ReplayReport()
    with progress.reading(1_000, report) as bar:
        bar.read(250)
        assert bar.shown == ("Looking through", 25.0, 0)
        report.rows = 7
        bar.read(500)
        assert bar.shown == ("Reading", 50.0, 7)
        bar.sorting()
        assert bar.shown == ("Sorting", 50.0, 7)


def test_off_a_terminal_reading_shows_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with progress.reading(1_000, ReplayReport()) as bar:
        bar.read(500)

    assert bar.shown is None
    assert capsys.readouterr() == ("", "")


class TestHorizon:
    def events(self) -> list[ReplayedEvent]:
        return [ReplayedEvent("helpdesk.tickets", b"a", b"{}", time) for time in (1, 86_400_000_000, 10**15)]

    def test_events_before_the_horizon_of_their_topic_are_warned_of(self) -> None:
        warning = horizon.late_warning(self.events(), {"helpdesk.tickets": 3 * 86_400_000_000})

        assert warning is not None
        assert warning.startswith("2 events happened before 1970-01-04T00:00:00Z")
        assert "those of tickets that it does not know" in warning
        assert "retention.days by 3" in warning

    def test_the_warning_names_all_that_late_events_are_about(self) -> None:
        events = [*self.events(), ReplayedEvent("helpdesk.surveys", b"a", b"{}", 1)]
        warning = horizon.late_warning(events, {"helpdesk.tickets": 2, "helpdesk.surveys": 2})

        assert warning is not None
        assert "those of tickets and surveys that it does not know" in warning

    def test_without_a_horizon_there_is_no_warning(self) -> None:
        assert horizon.late_warning(self.events(), {}) is None
        assert horizon.late_warning(self.events(), {"helpdesk.surveys": 10**15}) is None

    def test_the_latest_horizon_of_each_topic_is_taken(self, monkeypatch: pytest.MonkeyPatch) -> None:
        about = {
            "topics": {
                "helpdesk.tickets": {"horizon": {"0": "1970-01-02T00:00:00Z", "1": "1970-01-03T00:00:00Z"}},
                "helpdesk.surveys": {"horizon": {}},
            }
        }
        monkeypatch.setattr(horizon, "fetch", lambda *_, **__: about)

        assert horizon.horizons_at("http://worker", Settings()) == {"helpdesk.tickets": 2 * 86_400_000_000}

    def test_the_horizon_of_a_topic_that_is_not_served_is_none(self, monkeypatch: pytest.MonkeyPatch) -> None:
        about = {"topics": {"helpdesk.tickets": {"horizon": {"0": "1970-01-02T00:00:00Z"}}}}
        monkeypatch.setattr(horizon, "fetch", lambda *_, **__: about)

        assert horizon.horizons_at("http://worker", Settings(desks=("surveys",))) == {}

    @pytest.mark.parametrize("about", [{}, {"topics": []}, {"topics": {"x": {}}}, []])
    def test_an_answer_of_something_else_is_no_horizon(self, monkeypatch: pytest.MonkeyPatch, about: object) -> None:
        monkeypatch.setattr(horizon, "fetch", lambda *_, **__: about)

        assert horizon.horizons_at("http://worker", Settings()) == {}

    def test_a_worker_that_is_not_there_is_no_failure(self) -> None:
        with ReservedPort() as nobody:
            assert horizon.horizons_at(f"http://{nobody.address}", Settings()) == {}
