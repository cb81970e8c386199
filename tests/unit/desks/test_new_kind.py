"""A kind that is dropped into a copy of the code and named in one line is there everywhere."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import orjson
import pytest

from stream.desks.kinds import SOURCE_TOPICS
from tests.kinds.copied_tree import ROOT, CopiedTree
from tests.kinds.errand_story import ERRANDS, FINISHED, MEANS, NOW, begun, done, story
from tests.monitoring.dashboard_lint import Known, findings
from tests.monitoring.dashboards import panels_of

DASHBOARDS = ROOT / "deploy/grafana/dashboards"


@pytest.fixture(scope="module")
def plugged(tmp_path_factory: pytest.TempPathFactory) -> CopiedTree:
    tree = CopiedTree(tmp_path_factory.mktemp("plugged"))
    tree.plug_in_errands()
    return tree


@pytest.fixture(scope="module")
def answer(plugged: CopiedTree) -> dict[str, Any]:
    return plugged.core(records={"errands": story()}, events_between=20, everything=True)


def test_it_is_in_the_final_numbers(answer: dict[str, Any]) -> None:
    window = answer["numbers"]["windows"]["lifetime"]

    assert answer["rejected"] == []
    assert window["errands_done"] == len(FINISHED)
    assert window["errand_seconds"]["count"] == len(FINISHED)
    assert window["errand_seconds"]["sum"] == 60 * sum(FINISHED)
    assert {part["labels"]["means"]: part["count"] for part in window["parts"]["errands_done"]} == {
        means: sum(number % 3 == place for number in FINISHED) for place, means in enumerate(MEANS)
    }
    assert answer["numbers"]["state"]["errands_under_way"] == ERRANDS - len(FINISHED)
    assert answer["numbers"]["state"]["errands_known"] == ERRANDS


def test_its_stock_is_in_the_final_numbers(answer: dict[str, Any]) -> None:
    numbers, minutes = answer["numbers"], sum(FINISHED) + sum(NOW - 10 * number for number in range(0, ERRANDS, 6))
    an_hour_ago = [n for n in range(ERRANDS) if 10 * n <= NOW - 60 and (n not in FINISHED or 11 * n > NOW - 60)]

    assert numbers["state"]["parts"]["errands_under_way"] == [{"labels": {"means": "on foot"}, "level": 10}]
    assert numbers["windows"]["24h"]["errands_under_way"] == {
        "seconds": 60 * minutes,
        "mean": minutes / (24 * 60),
        "before": 0,
    }
    assert numbers["windows"]["1h"]["errands_under_way"]["before"] == len(an_hour_ago)
    assert sum(part["seconds"] for part in numbers["windows"]["24h"]["parts"]["errands_under_way"]) == 60 * minutes
    assert "errands_under_way" not in numbers["windows"]["lifetime"]


def test_it_is_restored_from_its_changelog(answer: dict[str, Any]) -> None:
    assert answer["rows"]["errands"].pop("stock") > 0
    assert answer["rows"]["errands"] == {"checkpoint": 1, "departed": 0, "entity": ERRANDS}
    assert answer["rows"]["tickets"]["stock"] == answer["rows"]["surveys"]["stock"] == 0
    assert answer["restored"] == answer["numbers"]


def test_it_is_in_the_catalogue_the_scrape_and_the_reference(answer: dict[str, Any]) -> None:
    stock = {f"helpdesk_errands_under_way{suffix}" for suffix in ("", "_seconds", "_before")}
    assert {"helpdesk_errands_done", "helpdesk_errand_seconds", "helpdesk_errands_known"} | stock <= {
        *answer["catalogue"]
    }
    assert 'helpdesk_errands_done{means="bicycle",team="post",window="24h"} 20.0' in answer["scrape"]
    assert 'helpdesk_errand_seconds_gsum{team="post",window="24h"}' in answer["scrape"]
    assert 'helpdesk_errands_under_way{means="on foot"} 10.0' in answer["scrape"]
    assert 'helpdesk_errands_under_way_seconds{means="on foot",window="5m"} 3000.0' in answer["scrape"]
    assert 'helpdesk_errands_under_way_before{means="on foot",window="5m"} 10.0' in answer["scrape"]
    for text in (
        "`helpdesk_errands_under_way_seconds`",
        "`helpdesk.errand.begun.v1`",
        "`helpdesk_errands_done`",
        "`errands.least_seconds`",
    ):
        assert text in answer["reference"]


def test_it_is_in_the_snapshot(answer: dict[str, Any]) -> None:
    rows = [line.split() for line in answer["table"].splitlines()]

    assert ["Errands"] in [[word for word in row if word.isalpha()] for row in rows]
    assert any(row[1:3] == ["errands", "done"] and "50" in row for row in rows)
    assert any(row[1:3] == ["errand,", "mean"] for row in rows)
    assert any(row[1:5] == ["errands", "under", "way,", "mean"] for row in rows)
    assert "errands under way" in answer["table"]
    assert "errands known" in answer["table"]


def test_it_is_in_the_recording_rules(answer: dict[str, Any]) -> None:
    rules = answer["rules"]

    assert "team_means_window:helpdesk_errands_done:sum" in rules["helpdesk_errands"]
    assert {
        "means:helpdesk_errands_known:sum",
        "means:helpdesk_errands_under_way:sum",
        "job:helpdesk_errands_under_way:sum",
        "means_window:helpdesk_errands_under_way_seconds:sum",
        "window:helpdesk_errands_under_way_before:sum",
        "means_window:helpdesk_errands_under_way:mean",
    } <= {*rules["helpdesk_errands"]}
    assert "means_window:helpdesk_errand_time:ratio" in rules["helpdesk_errands"]
    assert "window:helpdesk_errand_seconds:p90" in rules["helpdesk_errand_seconds"]


def test_it_has_a_dashboard_of_plain_panels_without_having_declared_one(answer: dict[str, Any]) -> None:
    dashboards = {name: orjson.loads(text) for name, text in answer["dashboards"].items()}
    dashboard = dashboards["deskpulse-errands.json"]
    queries = {panel["title"]: panel["targets"][0]["expr"] for panel in panels_of(dashboard)}
    variables = [variable["name"] for variable in dashboard["templating"]["list"]]

    assert dashboards.keys() == {file.name for file in DASHBOARDS.glob("*.json")} | {"deskpulse-errands.json"}
    assert variables == ["datasource", "job", "team", "means", "window"]
    assert queries == {
        "Errands done": 'sum by (team) (team_means_window:helpdesk_errands_done:sum{job="$job", window="$window",'
        ' team=~"$team", means=~"$means"})',
        "Errand": 'sum(team_window:helpdesk_errand_seconds_gsum:sum{job="$job", window="$window", team=~"$team"})\n'
        '/ (sum(team_window:helpdesk_errand_seconds_gcount:sum{job="$job", window="$window", team=~"$team"}) > 0)',
        "Errands known": 'sum by (means) (means:helpdesk_errands_known:sum{job="$job", means=~"$means"})',
        "Errands under way": 'sum by (means) (means:helpdesk_errands_under_way:sum{job="$job", means=~"$means"})',
        "Errands under way seconds": "sum by (means) (means_window:helpdesk_errands_under_way_seconds:sum"
        '{job="$job", window="$window", means=~"$means"})',
        "Errands under way before": "sum by (means) (means_window:helpdesk_errands_under_way_before:sum"
        '{job="$job", window="$window", means=~"$means"})',
    }


def test_no_rule_has_anything_against_its_dashboard(answer: dict[str, Any]) -> None:
    recorded = [rule for group in answer["rules"].values() for rule in group]
    known = Known(
        frozenset((*recorded, *answer["catalogue"], "helpdesk_build_info", "ALERTS")), frozenset(), frozenset()
    )

    assert findings([orjson.loads(answer["dashboards"]["deskpulse-errands.json"])], known) == []


def test_its_topics_are_planned_and_examined(answer: dict[str, Any]) -> None:
    tickets, surveys, *others = SOURCE_TOPICS
    assert answer["sources"] == [tickets, surveys, "helpdesk.errands", *others]
    assert [topic for topic in answer["topics"] if "errands" in topic] == [
        "helpdesk.errands",
        "helpdesk.errands-dlt",
        "deskpulse-helpdesk.errands-changelog",
    ]


def test_label_values_that_no_list_names_are_bounded(plugged: CopiedTree) -> None:
    values = [text for number in range(40) for text in (begun(number, 0, means=f"means {number}"), done(number, 1))]
    found = plugged.core(settings={"labels": {"limit": 10}}, records={"errands": values})
    parts = found["numbers"]["windows"]["lifetime"]["parts"]["errands_done"]

    assert len(parts) == 11
    assert {part["labels"]["means"]: part["count"] for part in parts}["other"] == 30
    assert found["overflows"]["means"] > 0
    assert found["restored"] == found["numbers"]


def test_its_setting_changes_what_counts_and_its_fingerprint_only(plugged: CopiedTree, answer: dict[str, Any]) -> None:
    found = plugged.core(settings={"errands": {"least_seconds": 30 * 60}}, records={"errands": story()})
    before, after = answer["fingerprints"], found["fingerprints"]

    assert found["numbers"]["windows"]["lifetime"]["errands_done"] == sum(number % 6 > 0 for number in range(30, 60))
    assert {name for name in before if before[name] != after[name]} == {"errands"}


def test_a_checkpoint_of_another_setting_is_worked_out_anew(plugged: CopiedTree, tmp_path: Path) -> None:
    rows = str(tmp_path / "rows")
    plugged.core(records={"errands": story()}, events_between=20, rows_to=rows)
    strict = {"errands": {"least_seconds": 30 * 60}}

    anew = plugged.core(settings=strict, rows_from=rows)
    assert anew["numbers"] == plugged.core(settings=strict, records={"errands": story()})["numbers"]


def test_errands_that_are_over_depart_and_their_numbers_stay(plugged: CopiedTree) -> None:
    later = 60 * 24 * 40
    fresh = [text for number in range(100, 140) for text in (begun(number, later), done(number, later + 5))]
    found = plugged.core(
        settings={"retention": {"days": 32}}, records={"errands": [*story(), *fresh]}, run=20, events_between=20
    )

    assert found["rows"]["errands"]["departed"] > 0
    assert found["rows"]["errands"]["entity"] == 10 + 40
    assert found["numbers"]["windows"]["lifetime"]["errands_done"] == 50 + 40
    assert found["numbers"]["state"]["errands_under_way"] == 10
    assert found["restored"] == found["numbers"]


@pytest.mark.parametrize(
    "text, line",
    [
        ("[errands]\nleast_second = 1\n", "errands.least_second: unknown setting"),
        ("[errands]\nleast_seconds = -1\n", "errands.least_seconds: "),
        ("desks = ['errand']\n", "there is no kind 'errand'; known are tickets, surveys, errands"),
    ],
)
def test_a_wrong_setting_is_refused_by_its_key(plugged: CopiedTree, text: str, line: str) -> None:
    (plugged.folder / "wrong.toml").write_text(text)
    status, _, err = plugged.run("stream", "doctor", "--config", "wrong.toml")

    assert status == 1
    assert line in err


def test_the_environment_sets_it_and_the_desks(plugged: CopiedTree) -> None:
    wrong = {"DESKPULSE_ERRANDS__LEAST_SECONDS": "soon"}
    status, _, err = plugged.run("stream", "doctor", more=wrong)

    assert status == 1
    assert "errands.least_seconds: " in err


def test_the_setting_of_the_desks_can_leave_it_out(plugged: CopiedTree) -> None:
    found = plugged.core(settings={"desks": ["tickets", "surveys"]}, everything=True)

    assert found["sources"] == ["helpdesk.tickets", "helpdesk.surveys"]
    assert not [topic for topic in found["topics"] if "errands" in topic]
    assert "errands_done" not in found["numbers"]["windows"]["lifetime"]
    assert "errands" not in found["table"]


def test_a_repaired_value_is_checked_by_its_decoder(plugged: CopiedTree) -> None:
    line = {"origin": "helpdesk.errands:0:1", "value": orjson.loads(begun(1, 0)) | {"time": "soon"}}
    (plugged.folder / "repairs.jsonl").write_bytes(orjson.dumps(line))
    arguments = ("stream", "dlt", "replay", "--file", "repairs.jsonl", "--dry-run", "--broker", "127.0.0.1:1")
    status, _, err = plugged.run(*arguments)

    assert status == 1
    assert "the value for helpdesk.errands:0:1 would be rejected again: invalid" in err


def test_a_log_of_its_events_can_be_replayed(plugged: CopiedTree) -> None:
    (plugged.folder / "log.jsonl").write_text("\n".join(story()))
    status, out, err = plugged.run("stream", "replay", "log.jsonl", "--dry-run", "--json")

    assert status == 0, err
    assert orjson.loads(out)["rejected"] == 0


def test_the_simulator_tells_of_it(plugged: CopiedTree) -> None:
    arguments = ("--days", "3", "--tickets", "400", "--seed", "4", "--out", "simulated.jsonl")
    status, _, err = plugged.run("stream", "simulate", *arguments)
    lines = (plugged.folder / "simulated.jsonl").read_text().splitlines() if status == 0 else []
    types = Counter(orjson.loads(line)["type"] for line in lines)

    assert status == 0, err
    assert {"helpdesk.ticket.opened.v1", "helpdesk.survey.sent.v1"} <= types.keys()
    assert types["helpdesk.errand.begun.v1"] >= types["helpdesk.errand.done.v1"] > 100
    found = plugged.core(records={"errands": [line for line in lines if "helpdesk.errand." in line]})
    assert found["rejected"] == []
    assert found["numbers"]["windows"]["lifetime"]["errands_done"] == types["helpdesk.errand.done.v1"]
