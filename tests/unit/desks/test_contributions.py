"""Whoever changes what an event contributes has to raise the version of its kind's contributions."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, Final

import pytest

from stream.desks.surveys.definition import SURVEYS
from stream.desks.tickets.definition import TICKETS
from stream.settings.settings import new_settings
from stream.state.fingerprint import fingerprint
from tests.contributions import LOGS, NOTHING, RECORDED, main, worked_out
from tests.kinds.copied_tree import CopiedTree

TICKET: Final = "stream/desks/tickets/ticket.py"
DEFINITION: Final = "stream/desks/tickets/definition.py"
ESCALATED: Final = '            out.append((series.counts["tickets_escalated"], time, 1, 0))\n'


def recorded_in(tree: CopiedTree) -> dict[str, Any]:
    return tomllib.loads((tree.folder / "tests/data" / RECORDED.name).read_text("utf-8"))


def command(tree: CopiedTree, *arguments: str) -> tuple[int, str]:
    status, _, err = tree.run("tests.contributions", *arguments)
    return status, err


@pytest.fixture
def tree(tmp_path: Path) -> CopiedTree:
    return CopiedTree(tmp_path)


def test_everything_contributes_what_was_recorded_under_its_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--check"]) == 0, capsys.readouterr().err


def test_the_frozen_logs_say_something_of_every_measure() -> None:
    said: dict[str, set[str]] = {}
    for kind in worked_out().values():
        for key, digest in kind.digests.items():
            said.setdefault(key.partition(" in ")[0], set()).add(digest)

    assert [measure for measure, digests in said.items() if digests == {NOTHING}] == []


def test_another_contribution_under_the_same_version_is_refused_and_not_recorded(tree: CopiedTree) -> None:
    tree.insert(TICKET, after=ESCALATED, line=ESCALATED)
    before = recorded_in(tree)
    said = (
        "tickets: tickets_escalated(channel, priority, team) in simulated.jsonl.gz came to something else, but"
        f" `contributions` is still {TICKETS.contributions}: raise it in stream/desks/tickets/definition.py and run"
        " `python -m tests.contributions`\n"
    )

    assert command(tree, "--check") == (1, said)
    assert command(tree) == (1, said)
    assert recorded_in(tree) == before


def test_another_contribution_under_a_new_version_is_recorded(tree: CopiedTree) -> None:
    tree.insert(TICKET, after=ESCALATED, line=ESCALATED)
    version = TICKETS.contributions
    tree.replace(DEFINITION, f"    contributions = {version}\n", f"    contributions = {version + 1}\n")
    before = recorded_in(tree)

    assert command(tree, "--check") == (1, f"{RECORDED.name} is stale: run `python -m tests.contributions`\n")
    assert command(tree) == (0, "")
    assert command(tree, "--check") == (0, "")
    assert recorded_in(tree)["tickets"]["version"] == version + 1
    assert recorded_in(tree)["surveys"] == before["surveys"]


def test_a_new_measure_and_a_new_label_need_no_new_version(tree: CopiedTree) -> None:
    measures = "stream/desks/surveys/measures.py"
    tree.insert(
        measures,
        after='    Measure("surveys_sent", _BY_SURVEY, "Surveys sent to customers."),\n',
        line='    Measure("surveys_asked", ("survey",), "Surveys sent to customers, by kind."),\n',
    )
    tree.replace(
        measures, 'Measure("survey_detractors", _BY_SURVEY,', 'Measure("survey_detractors", (*_BY_SURVEY, "scale"),'
    )
    sent = '            self.count("surveys_sent", asked, sent.stamp[0], sign)\n'
    tree.insert("stream/desks/surveys/desk.py", after=sent, line=sent.replace("surveys_sent", "surveys_asked"))
    before = recorded_in(tree)

    assert command(tree, "--check")[0] == 1
    assert command(tree) == (0, "")
    now = recorded_in(tree)
    assert now["tickets"] == before["tickets"]
    assert now["surveys"]["version"] == before["surveys"]["version"]
    assert now["surveys"]["digests"].keys() ^ before["surveys"]["digests"].keys() == {
        f"{measure} in {log}"
        for measure in (
            "surveys_asked(survey)",
            "survey_detractors(survey, channel, team)",
            "survey_detractors(survey, channel, team, scale)",
        )
        for log in sorted(file.name for file in LOGS.iterdir())
    }


def test_the_settings_of_surveys_mean_nothing_to_tickets() -> None:
    usual, inverted = new_settings(), new_settings(surveys={"ces_inverted": True})

    assert fingerprint(TICKETS, usual) == fingerprint(TICKETS, inverted)
    assert fingerprint(SURVEYS, usual) != fingerprint(SURVEYS, inverted)


def test_the_settings_of_tickets_mean_nothing_to_surveys() -> None:
    usual, patient = new_settings(), new_settings(tickets={"first_contact_days": 9})

    assert fingerprint(SURVEYS, usual) == fingerprint(SURVEYS, patient)
    assert fingerprint(TICKETS, usual) != fingerprint(TICKETS, patient)
