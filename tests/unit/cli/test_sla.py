from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest
from typer.testing import CliRunner

from stream.cli import main
from stream.cli.main import app

MONDAY_MORNING = "2026-06-01T10:00:00"

POLICIES = """
[calendars.day]
time_zone = "Europe/Berlin"
monday = ["09:00-17:00"]
tuesday = ["09:00-17:00"]
wednesday = ["09:00-17:00"]
thursday = ["09:00-17:00"]
friday = ["09:00-17:00"]
holidays = ["2026-06-08"]

[[policies]]
name = "gold [all]"
match = { customer_tier = ["Gold"] }
calendar = "day"
[policies.targets]
first_reply = "1h"
resolution = { priority = { high = { within = "2h", calendar = "none", pause = ["hold"] }, other = "9h" } }
"""


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def written(text: str, name: str = "policies.toml") -> str:
    """The name of a file with this text."""
    Path(name).write_text(text, encoding="utf-8")
    return name


def checked(*arguments: str) -> dict[str, Any]:
    """What `sla check --json` says."""
    done = CliRunner().invoke(app, ["sla", "check", "--json", "--at", MONDAY_MORNING, *arguments])
    assert done.exit_code == 0, done.output
    found: dict[str, Any] = orjson.loads(done.stdout)
    return found


def failure_of(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *arguments: str
) -> tuple[object, list[str]]:
    monkeypatch.setattr("sys.argv", ["deskpulse", "sla", "check", *arguments])
    with pytest.raises(SystemExit) as ended:
        main()
    return ended.value.code, capsys.readouterr().err.splitlines()


def test_every_target_has_the_deadlines_of_example_tickets_in_its_calendars_zone() -> None:
    found = checked(written(POLICIES))

    # In Berlin it is noon; the Monday after the Friday is a day off.
    assert {
        (row["sla"], row["for"]): [clock["due"] for clock in row["clocks"].values()] for row in found["examples"]
    } == {
        ("first_reply", None): [
            "2026-06-01T13:00:00+02:00",
            "2026-06-09T09:30:00+02:00",
            "2026-06-09T10:00:00+02:00",
        ],
        ("resolution", "priority high"): [
            "2026-06-01T12:00:00+00:00",
            "2026-06-05T18:30:00+00:00",
            "2026-06-06T14:00:00+00:00",
        ],
        ("resolution", "any other priority"): [
            "2026-06-02T13:00:00+02:00",
            "2026-06-10T09:30:00+02:00",
            "2026-06-10T10:00:00+02:00",
        ],
    }
    assert [clock["begins"] for clock in found["examples"][0]["clocks"].values()] == [
        "2026-06-01T12:00:00+02:00",
        "2026-06-05T16:30:00+02:00",
        "2026-06-06T12:00:00+02:00",
    ]
    assert [(row["calendar"], row["pauses"]) for row in found["examples"]] == [
        ("day", []),
        ("none", ["hold"]),
        ("day", []),
    ]
    assert found["calendars"] == [
        {"calendar": "day", "time_zone": "Europe/Berlin", "hours_a_week": 40.0, "days_off": ["2026-06-08"]}
    ]
    assert found["warnings"] == []


def test_a_settings_file_is_checked_with_the_file_that_it_names() -> None:
    written(POLICIES)
    settings_file = written('[sla]\nfile = "policies.toml"\n', "deskpulse.toml")

    assert checked(settings_file) == checked("policies.toml")


def test_a_settings_file_without_policies_shows_the_default_ones() -> None:
    found = checked(written("", "deskpulse.toml"))

    assert {row["policy"] for row in found["examples"]} == {"default"}
    assert len(found["examples"]) == 9
    assert found["calendars"] == []


def test_what_is_hardly_meant_is_a_warning_and_no_failure() -> None:
    text = (
        POLICIES
        + '[[policies]]\nname = "again"\nmatch = { customer_tier = ["GOLD"] }\ntargets = { resolution = "1h" }\n'
    )
    file = written(text + '[calendars.night]\nmonday = ["22:00-06:00"]\n')

    done = CliRunner().invoke(app, ["sla", "check", file])

    assert done.exit_code == 0
    hidden, unused = done.stderr.splitlines()
    assert hidden.startswith(
        "warning: policy 'again' is never in force: 'gold [all]' above it matches all its tickets: "
    )
    assert unused == "warning: no target counts in the calendar 'night': name it in a policy, or remove it"
    assert [f"warning: {line}" for line in checked(file)["warnings"]] == [hidden, unused]


def test_the_tables_show_policies_calendars_and_deadlines() -> None:
    done = CliRunner().invoke(app, ["sla", "check", written(POLICIES), "--at", MONDAY_MORNING])

    assert done.exit_code == 0
    assert done.stderr == ""
    for words in (
        *("gold [all]", "customer_tier gold", "Europe/Berlin", "resolution priority", "Friday 16:30"),
        *("now: 2026-06-01 10:00:00 UTC", "13:00:00 +0200"),
    ):
        assert words in done.stdout


def test_a_deadline_that_never_comes_is_told() -> None:
    text = POLICIES.replace('first_reply = "1h"', 'first_reply = "3600d"')

    assert checked(written(text))["examples"][0]["clocks"]["now"]["due"] is None
    assert "never" in CliRunner().invoke(app, ["sla", "check", "policies.toml"]).stdout


def test_each_wrong_key_is_a_line_and_the_command_fails(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = written(POLICIES.replace('"1h"', '"1x"').replace("Europe/Berlin", "Mars").replace('["hold"]', '["solved"]'))

    status, lines = failure_of(monkeypatch, capsys, file)

    assert status == 1
    assert lines[0].startswith("deskpulse: ")
    assert [line.removeprefix("deskpulse: ").split(": ")[:2] for line in lines] == [
        ["policies.toml", "calendars.day.time_zone"],
        ["policies.toml", "policies.0.targets.first_reply.within"],
        ["policies.toml", "policies.0.targets.resolution.priority.high.pause.0"],
    ]


@pytest.mark.parametrize(
    "text, arguments, words",
    [
        (None, [], "there is no settings file policies.toml"),
        ("[sla]\nenabled = false\n", [], "policies.toml turns the SLA off; set sla.enabled to true"),
        (POLICIES, ["--at", "9999-12-31"], "--at is in the years 1990 to 2200, not 9999"),
        (POLICIES, ["--at", "0001-01-01"], "--at is in the years 1990 to 2200, not 1"),
        (POLICIES * 2, [], "policies.toml is not valid TOML: "),
        (POLICIES.replace("name = ", "nome = "), [], "policies.toml: policies.0.name: "),
    ],
)
def test_whatever_is_wrong_is_told_without_a_traceback(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    text: str | None,
    arguments: list[str],
    words: str,
) -> None:
    if text is not None:
        written(text)

    status, lines = failure_of(monkeypatch, capsys, "policies.toml", *arguments)

    assert status == 1
    assert lines[0].startswith(f"deskpulse: {words}")
