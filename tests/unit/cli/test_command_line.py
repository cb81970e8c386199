from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from stream.cli import main
from stream.cli.snapshot import duration_text
from stream.feeds.loopback import ReservedPort


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
        (["worker", "--log-level", "loud"], "there is no log level 'loud'"),
        (["snapshot", "--window", "2h"], "there is no window '2h'; take one of 5m, 1h"),
        (["simulate", "--out", "no/such/folder/log.jsonl", "--tickets", "1"], "cannot write no/such/folder/log.jsonl"),
    ],
)
def test_a_wrong_command_is_one_clear_line_and_a_failure(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: list[str], words: str
) -> None:
    Path("log.csv").write_text("ticket,when,what\n1,2026-01-01 10:00:00,open\n", encoding="utf-8")
    Path("wrong.toml").write_text("[kafka]\ngropp = 'x'\n", encoding="utf-8")
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


@pytest.mark.parametrize("verb", [["simulate"], ["replay", "events.jsonl"]])
def test_an_unreachable_broker_is_one_clear_line_and_a_failure(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], verb: list[str]
) -> None:
    Path("events.jsonl").write_bytes(b"{}\n")
    monkeypatch.setenv("DESKPULSE_KAFKA__CONNECT_TIMEOUT_SECONDS", "1")
    with ReservedPort() as nobody:
        status, err = failure_of(monkeypatch, capsys, *verb, "--broker", nobody.address)

    assert status == 1
    assert err == f"deskpulse: no Kafka broker answers at {nobody.address}; set kafka.bootstrap_servers\n"


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
