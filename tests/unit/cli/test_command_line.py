from __future__ import annotations

from pathlib import Path

import orjson
import pytest
from typer.testing import CliRunner

from stream.cli import main
from stream.cli.main import app
from stream.feeds.loopback import ReservedPort
from stream.state.presentation import duration_text
from tests.kinds.tickets import ticket


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("BROKER_URL", raising=False)
    monkeypatch.delenv("WEB_PORT", raising=False)


def failure_of(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *arguments: str
) -> tuple[object, str]:
    monkeypatch.setattr("sys.argv", ["deskpulse", *arguments])
    with pytest.raises(SystemExit) as ended:
        main()
    return ended.value.code, capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments, words",
    [
        (["replay", "missing.csv", "--mapping", "helpdesk_italian"], "missing.csv"),
        (["replay", "missing.jsonl"], "there is no file missing.jsonl"),
        (["replay", "log.csv", "--mapping", "unheard_of"], "unheard_of"),
        (["replay", "log.csv", "--mapping", "mapping.toml"], "no column 'nowhere'"),
        (["replay", "log.csv", "--mapping", "helpdesk_italian", "--speed", "-3"], "--speed is a number above 0 or max"),
        (["worker", "--config", "missing.toml"], "there is no settings file missing.toml"),
        (["worker", "--config", "wrong.toml"], "kafka.gropp: unknown setting"),
        (["worker", "--config", "open.toml"], "web.host = '0.0.0.0' is open to the network: set web.token"),
        (["worker", "--config", "user.toml"], "kafka.password: must be set with kafka.security_protocol = 'sasl_ssl'"),
        (["worker", "--log-level", "loud"], "there is no log level 'loud'"),
        (["snapshot", "--window", "2h"], "there is no window '2h'; take one of 5m, 1h"),
        (["dlt", "list", "--topic", "helpdesk.nothing"], "there is no source topic 'helpdesk.nothing'; take one of"),
        (["dlt", "list", "--reason", "ugly"], "there is no reason 'ugly'; take one of not_json, invalid"),
        (["dlt", "show", "helpdesk.tickets-dlt", "0", "1"], "there is no source topic 'helpdesk.tickets-dlt'"),
        (["dlt", "replay", "--reason", "ugly"], "there is no reason 'ugly'"),
        (["dlt", "replay", "--origin", "helpdesk.tickets:0:1"], "--origin needs a --file"),
        (["dlt", "replay", "--file", "log.csv", "--origin", "tickets"], "write topic:partition:offset"),
        (["dlt", "replay", "--file", "missing.jsonl"], "cannot read missing.jsonl"),
        (["dlt", "replay", "--file", "log.csv"], "log.csv, line 1: "),
        (["doctor", "--config", "missing.toml"], "there is no settings file missing.toml"),
        (["sla", "check", "missing.toml"], "there is no settings file missing.toml"),
        (["sla", "check", "wrong.toml"], "kafka.gropp: unknown setting"),
        (["topics", "create", "--config", "wrong.toml"], "kafka.gropp: unknown setting"),
        (["simulate", "--out", "no/such/folder/log.jsonl", "--tickets", "1"], "cannot write no/such/folder/log.jsonl"),
    ],
)
def test_a_wrong_command_is_one_clear_line_and_a_failure(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: list[str], words: str
) -> None:
    Path("log.csv").write_text("ticket,when,what\n1,2026-01-01 10:00:00,open\n", encoding="utf-8")
    Path("wrong.toml").write_text("[kafka]\ngropp = 'x'\n", encoding="utf-8")
    Path("open.toml").write_text('[web]\nhost = "0.0.0.0"\n', encoding="utf-8")
    Path("user.toml").write_text(
        '[kafka]\nsecurity_protocol = "sasl_ssl"\nsasl_mechanism = "PLAIN"\nusername = "desk"\n', encoding="utf-8"
    )
    Path("mapping.toml").write_text(
        'source = "/log"\nsubject = "{ticket}"\n[format]\nkind = "csv"\n[time]\nvalue = "{nowhere}"\nformat = "iso"\n'
        'zone = "UTC"\n[[rule]]\nevent = "helpdesk.ticket.opened.v1"\n',
        encoding="utf-8",
    )

    status, err = failure_of(monkeypatch, capsys, *arguments)

    assert status == 1
    assert err.count("\n") == 1
    assert err.startswith("deskpulse: ")
    assert words in err


@pytest.mark.parametrize(
    "verb",
    [["simulate"], ["replay", "events.jsonl"], ["topics", "create"], ["dlt", "list"], ["dlt", "replay"]],
)
def test_an_unreachable_broker_is_one_clear_line_and_a_failure(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], verb: list[str]
) -> None:
    Path("events.jsonl").write_bytes(ticket("opened", 0))
    monkeypatch.setenv("DESKPULSE_KAFKA__CONNECT_TIMEOUT_SECONDS", "1")
    with ReservedPort() as nobody:
        status, err = failure_of(monkeypatch, capsys, *verb, "--broker", nobody.address)

    assert status == 1
    assert err == f"deskpulse: no Kafka broker answers at {nobody.address}; set kafka.bootstrap_servers\n"


@pytest.mark.parametrize(
    "arguments, words",
    [
        (["dlt", "replay", "--max", "0"], "--max"),
        (["dlt", "show", "helpdesk.tickets", "first", "1"], "'PARTITION'"),
        (["dlt", "show", "helpdesk.tickets", "0"], "'OFFSET'"),
        (["dlt", "list", "--limit", "-1"], "--limit"),
        (["topics", "create", "--partitions", "0"], "--partitions"),
        (["topics", "create", "--replication", "none"], "--replication"),
        (["topics", "create", "--retention-days", "0"], "--retention-days"),
        (["topics", "remove"], "remove"),
    ],
)
def test_an_argument_that_cannot_be_is_named(arguments: list[str], words: str) -> None:
    result = CliRunner().invoke(app, arguments)

    assert result.exit_code == 2
    assert words in result.output


def test_the_doctor_of_an_unreachable_broker_names_the_problem_and_the_way_out() -> None:
    with ReservedPort() as nobody:
        result = CliRunner(env={"DESKPULSE_KAFKA__CONNECT_TIMEOUT_SECONDS": "1"}).invoke(
            app, ["doctor", "--json", "--broker", nobody.address]
        )

    assert result.exit_code == 1
    report = orjson.loads(result.stdout)
    assert report["worst"] == "problem"
    problems = [finding for finding in report["findings"] if finding["severity"] == "problem"]
    assert [finding["check"] for finding in problems] == ["broker"]
    assert nobody.address in problems[0]["what"]
    assert "kafka.bootstrap_servers" in problems[0]["way_out"]


def test_a_snapshot_of_nobody_tells_where_it_looked(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with ReservedPort() as nobody:
        status, err = failure_of(monkeypatch, capsys, "snapshot", "--url", f"http://{nobody.address}")

    assert status == 1
    assert f"no worker answers at http://{nobody.address}" in err


def test_the_same_seed_writes_the_same_log(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("one.jsonl", "two.jsonl"):
        arguments = ["--tickets", "40", "--days", "3", "--seed", "5", "--end", "2026-03-01", "--out", name]
        monkeypatch.setattr("sys.argv", ["deskpulse", "simulate", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        assert ended.value.code == 0

    lines = Path("one.jsonl").read_bytes().splitlines()
    assert len(lines) > 40
    assert all(orjson.loads(line)["specversion"] == "1.0" for line in lines)
    assert Path("two.jsonl").read_bytes() == Path("one.jsonl").read_bytes()


@pytest.mark.parametrize(
    "seconds, text",
    [(None, "-"), (0.25, "0.2s"), (59.94, "59.9s"), (61, "1m 1s"), (3_661, "1h 1m"), (187_200, "2d 4h")],
)
def test_durations_are_written_in_their_two_largest_units(seconds: float | None, text: str) -> None:
    assert duration_text(seconds) == text


def test_the_help_of_the_demo_tells_of_prometheus_and_of_what_grafana_imports() -> None:
    shown = " ".join(CliRunner().invoke(app, ["demo", "--help"], terminal_width=200).stdout.split())

    assert "--prometheus" in shown
    assert "import into Grafana" in shown
