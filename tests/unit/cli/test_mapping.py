"""The verbs for mappings."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from stream.cli import main
from stream.cli.main import app
from stream.feeds.replay.mapping import shipped_mappings

DATA = Path(__file__).parents[2] / "data"


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_the_shipped_mappings_are_listed_with_what_they_are_for() -> None:
    result = CliRunner().invoke(app, ["mapping", "list"])

    assert result.exit_code == 0
    assert len(result.stdout.splitlines()) == len(shipped_mappings())
    assert "nps_verbatims          Answers to a telecom's NPS survey" in result.stdout


def test_a_suggestion_goes_to_standard_output_and_its_warnings_do_not() -> None:
    result = CliRunner().invoke(app, ["mapping", "suggest", str(DATA / "nps_verbatims.csv")])

    assert result.exit_code == 0
    assert result.stdout.startswith("# A first guess")
    assert "warning: no column looks like the id of a ticket" in result.stderr


def test_a_suggestion_is_written_to_a_new_file_which_a_dry_run_takes() -> None:
    log = str(DATA / "call_center.csv")

    made = CliRunner().invoke(app, ["mapping", "suggest", log, "--out", "mine.toml"])
    checked = CliRunner().invoke(app, ["mapping", "check", "mine.toml", log])
    tried = CliRunner().invoke(app, ["replay", log, "--mapping", "mine.toml", "--dry-run"])

    assert (made.exit_code, checked.exit_code, tried.exit_code) == (0, 0, 0)
    assert made.stdout == ""
    assert "next: deskpulse replay" in made.stderr
    assert checked.stdout == f"mine.toml: valid, 5 rules; {log} has all columns that it names\n"
    assert "nothing was sent" in tried.stdout


def test_a_log_without_times_gets_a_draft_and_a_failure() -> None:
    Path("log.csv").write_text("ticket_id,status\n1,open\n", encoding="utf-8")

    result = CliRunner().invoke(app, ["mapping", "suggest", "log.csv"])

    assert result.exit_code == 1
    assert "[time]" in result.stdout
    assert "no column looks like a time" in result.stderr


@pytest.mark.parametrize(
    "arguments, words",
    [
        (["suggest", "missing.csv"], "missing.csv: No such file"),
        (["suggest", "log.csv", "--kind", "xml"], "there is no kind 'xml'; take one of csv"),
        (["suggest", "log.csv", "--delimiter", "::"], "--delimiter is one character"),
        (["suggest", "log.csv", "--encoding", "klingon"], "cannot be read as klingon"),
        (["suggest", "log.csv", "--out", "log.csv"], "cannot write log.csv: File exists"),
        (["check", "missing.toml"], "missing.toml: No such file"),
        (["check", "helpdesk_italian", "log.csv"], "there is no column 'case:concept:name'"),
    ],
)
def test_what_cannot_be_done_is_one_clear_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: list[str], words: str
) -> None:
    Path("log.csv").write_text("ticket_id,time\n1,2024-01-01\n", encoding="utf-8")
    monkeypatch.setattr("sys.argv", ["deskpulse", "mapping", *arguments])

    with pytest.raises(SystemExit) as ended:
        main()

    err = capsys.readouterr().err
    assert ended.value.code == 1
    assert err.count("\n") == 1
    assert words in err


def test_a_mapping_that_makes_nothing_of_a_log_is_told() -> None:
    Path("log.csv").write_text("case:concept:name,concept:name,time:timestamp\n1,Closed,never\n", encoding="utf-8")

    result = CliRunner().invoke(app, ["mapping", "check", "helpdesk_italian", "log.csv"])

    assert result.exit_code == 1
    assert "no row of it makes an event" in str(result.exception)


def test_the_list_of_a_json_log_can_be_chosen() -> None:
    at = '"at": "2024-03-02T09:00:00Z"'
    record = f'{{"id": 1, "visits": [{{{at}}}, {{{at}}}], "calls": [{{{at}}}]}}\n'
    Path("log.jsonl").write_text(record * 2, encoding="utf-8")

    chosen = CliRunner().invoke(app, ["mapping", "suggest", "log.jsonl", "--explode", "calls"])
    missing = CliRunner().invoke(app, ["mapping", "suggest", "log.jsonl", "--explode", "call"])

    assert 'explode = "calls"' in chosen.stdout
    assert "there is no list 'call' whose elements have times; there is: visits, calls" in str(missing.exception)
