"""A subject that comes back is told apart by the rows with which it begins anew."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from stream.feeds.replay import ReplayError, ReplayReport, load_mapping, read_events

MAPPING = """
source = "/logs/calls"
subject = "{call}"

[format]
kind = "csv"

[time]
value = "{time}"

[episode]
begins = { step = "join" }

[[rule]]
subject = "{call}-{@episode}"
event = "helpdesk.call.queued.v1"
"""
LOG = """call,time,step,tries
A,2026-03-02T09:00Z,answer,
A,2026-03-02T09:01Z,join,1
B,2026-03-02T09:02Z,join,2
A,2026-03-02T09:03Z,answer,
A,2026-03-02T09:04Z,join,3
"""


def subjects(folder: Path, mapping: str = MAPPING, log: str = LOG) -> tuple[list[str], ReplayReport]:
    """The subjects of the events, and the report."""
    (folder / "mapping.toml").write_text(mapping, "utf-8")
    (folder / "log.csv").write_text(log, "utf-8")
    report = ReplayReport()
    events = list(read_events(folder / "log.csv", load_mapping(folder / "mapping.toml"), report))
    return [orjson.loads(event.value)["subject"] for event in events], report


def test_episodes_are_counted_for_each_subject_from_the_rows_that_begin_one(tmp_path: Path) -> None:
    assert subjects(tmp_path)[0] == ["A-0", "A-1", "B-1", "A-1", "A-2"]


def test_they_are_counted_anew_where_the_log_is_read_twice(tmp_path: Path) -> None:
    twice = MAPPING.replace("[[rule]]", "[[rule]]\nfirst_of_subject = true")
    assert subjects(tmp_path, twice)[0] == ["A-0", "B-1"]


def test_a_rule_can_be_for_what_the_log_has_no_beginning_of(tmp_path: Path) -> None:
    cut_off = MAPPING.replace("[[rule]]", '[[rule]]\nwhen = { "@episode" = "0" }')
    assert subjects(tmp_path, cut_off)[0] == ["A-0"]


def test_a_row_without_a_subject_is_of_no_episode(tmp_path: Path) -> None:
    found, report = subjects(tmp_path, log=LOG + ",2026-03-02T09:05Z,join,\nA,2026-03-02T09:06Z,answer,\n")
    assert found[-1] == "A-2"
    assert report.rejected == 1


def test_a_row_of_which_it_cannot_be_said_whether_it_begins_one_is_rejected(tmp_path: Path) -> None:
    counted = MAPPING.replace('{ step = "join" }', "{ tries = { greater = 1 } }")
    found, report = subjects(tmp_path, counted, LOG.replace("join,2", "join,two"))
    assert found == ["A-0", "A-0", "A-0", "A-1"]
    assert report.rejected == 1


@pytest.mark.parametrize(
    "old, new, message",
    [
        ('subject = "{call}"', 'subject = "{call}-{@episode}"', "subject: must not name @episode"),
        ('begins = { step = "join" }', "begins = {}", "episode.begins: must hold a test"),
        ('[episode]\nbegins = { step = "join" }', "", "@episode is known only in a mapping with a table"),
        ("step =", "stage =", "there is no column 'stage', which .* names in episode.begins.stage"),
    ],
)
def test_what_is_wrong_with_episodes_is_said_in_one_line(tmp_path: Path, old: str, new: str, message: str) -> None:
    with pytest.raises(ReplayError, match=message) as caught:
        subjects(tmp_path, MAPPING.replace(old, new))
    assert "\n" not in str(caught.value)
