"""Measures and labels that are added in a copy of the code, which starts from a state written before."""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import pytest

from stream.desks.kinds import KINDS
from tests.kinds.copied_tree import CopiedTree
from tests.kinds.simulated_log import TIERS, simulated, split, subject_of, tier_of
from tests.oracle import compute, differences

MEASURES: Final = "stream/desks/tickets/measures.py"
SURVEY_MEASURES: Final = "stream/desks/surveys/measures.py"
TICKET: Final = "stream/desks/tickets/ticket.py"
PACE: Final = {"settings": {"retention": {"days": 32}}, "run": 20, "events_between": 10}
LIFETIME: Final = "lifetime"
COUNTED: Final = {kind.name for kind in KINDS if kind.measures}
"""The kinds whose entities leave sums behind when they depart."""
NEW: Final = "tickets_first_resolved"

Window = dict[str, Any]


class Written:
    """A log, the state that the unchanged code wrote of its first part, and what it says of all of it."""

    def __init__(self, folder: Path) -> None:
        self.records = simulated(tickets=500, days=100, seed=5)
        first, self.rest = split(self.records, 0.8)
        self.rows = str(folder / "rows")
        tree = CopiedTree(folder)
        before = tree.core(records=first, rows_to=self.rows, **PACE)
        assert all(of_kind["checkpoint"] for of_kind in before["rows"].values())
        assert {name for name, of_kind in before["rows"].items() if of_kind["departed"]} == COUNTED
        self.kept = {kind: {*before["subjects"][kind], *map(subject_of, values)} for kind, values in self.rest.items()}
        self.after = self.read_by(tree)

    def read_by(self, tree: CopiedTree) -> dict[str, Any]:
        """What a copy of the code says that goes on from the state."""
        return tree.core(rows_from=self.rows, records=self.rest, everything=True, **PACE)

    def expected(self, kept: Callable[[str, str], bool] = lambda _kind, _subject: True) -> dict[str, Window]:
        """The oracle's windows of the entities that are kept, ending where those of all end."""
        now = datetime.fromisoformat(self.after["numbers"]["now"])
        values = (value for kind in self.records for value in self.records[kind] if kept(kind, subject_of(value)))
        windows: dict[str, Window] = compute((value.encode() for value in values), now=now)["windows"]
        return windows


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Written:
    return Written(tmp_path_factory.mktemp("written"))


@pytest.fixture
def tree(tmp_path: Path) -> CopiedTree:
    return CopiedTree(tmp_path)


def without(windows: dict[str, Window], *measures: str) -> dict[str, Window]:
    """The windows without some measures, nor their parts."""
    left = copy.deepcopy(windows)
    for window in left.values():
        for measure in measures:
            window.pop(measure, None)
            window["parts"].pop(measure, None)
    return left


def counts(window: Window, measure: str, *labels: str) -> Counter[tuple[str, ...]]:
    """The counts of a measure by some of its labels."""
    found: Counter[tuple[str, ...]] = Counter()
    for part in window["parts"].get(measure, ()):
        found[tuple(part["labels"][label] for label in labels)] += part["count"]
    return found


def of_tier(tier: str | None) -> Callable[[str, str], bool]:
    """Whether an entity is a ticket of this customer tier."""
    return lambda kind, subject: kind == "tickets" and tier_of(subject) == tier


def gauges(answer: dict[str, Any], *but: str) -> set[str]:
    """The samples of a scrape, without those of some measures."""
    lines = answer["scrape"].splitlines()
    return {line for line in lines if "collect_duration" not in line and not any(measure in line for measure in but)}


def test_the_unchanged_code_agrees_with_the_oracle(written: Written) -> None:
    numbers = written.after["numbers"]

    assert differences(written.expected(), numbers["windows"]) == []
    assert written.after["restored"] == numbers


def test_a_count_takes_a_row_and_a_line_and_is_right_from_the_first_start(written: Written, tree: CopiedTree) -> None:
    tree.insert(
        MEASURES,
        after='    Measure("tickets_opened", _BY_TEAM, "Tickets opened."),\n',
        line=f'    Measure("{NEW}", _BY_TEAM, "Tickets resolved, counted once, at their first resolution."),\n',
    )
    tree.insert(
        TICKET,
        after="            self.first_resolution = time\n",
        line=f'            out.append((series.counts["{NEW}"], time, 1, 0))\n',
    )
    answer = written.read_by(tree)
    windows, all_of_them = answer["numbers"]["windows"], written.expected()
    # What departed before has left no more than the counts that there were.
    known = written.expected(lambda kind, subject: subject in written.kept[kind])
    for name, window in windows.items():
        expected = (known if name == LIFETIME else all_of_them)[name]
        by = counts(expected, "first_resolution_seconds", "channel", "priority")
        assert counts(window, NEW, "channel", "priority") == by
        assert window[NEW] == by.total()
    assert windows["30d"][NEW] > 0
    assert windows[LIFETIME][NEW] < all_of_them[LIFETIME]["first_resolution_seconds"]["count"]
    assert differences(all_of_them, without(windows, NEW)) == []
    assert gauges(answer, NEW) == gauges(written.after)
    assert answer["restored"] == answer["numbers"]


def _is_of(tier: str | None, kind: str, subject: str) -> bool:
    return kind == "tickets" and tier_of(subject) == tier


def test_a_label_is_told_apart_from_the_first_start_and_what_departed_has_none(
    written: Written, tree: CopiedTree
) -> None:
    tree.replace(
        MEASURES,
        'Measure("tickets_resolved", _BY_TEAM,',
        'Measure("tickets_resolved", (*_BY_TEAM, "customer_tier"),',
    )
    answer = written.read_by(tree)
    windows = answer["numbers"]["windows"]
    by_tier = {tier: written.expected(of_tier(tier)) for tier in TIERS}
    for name, window in windows.items():
        found = counts(window, "tickets_resolved", "customer_tier")
        assert set(found) <= {("gold",), ("silver",), ("none",)}
        if name != LIFETIME:
            assert found == Counter(
                {(tier or "none",): count for tier in TIERS if (count := by_tier[tier][name]["tickets_resolved"])}
            )
    lifetime = counts(windows[LIFETIME], "tickets_resolved", "customer_tier")
    total = written.expected()[LIFETIME]["tickets_resolved"]
    assert lifetime.total() == total
    assert 0 < lifetime["gold",] < by_tier["gold"][LIFETIME]["tickets_resolved"]
    assert lifetime["none",] > by_tier[None][LIFETIME]["tickets_resolved"]
    assert counts(windows[LIFETIME], "tickets_resolved", "channel", "priority", "team") == counts(
        written.expected()[LIFETIME], "tickets_resolved", "channel", "priority", "team"
    )
    assert_equal_but_for(answer, written, "tickets_resolved")


def test_a_label_of_a_survey_measure_is_told_apart_from_the_first_start(written: Written, tree: CopiedTree) -> None:
    tree.replace(
        SURVEY_MEASURES,
        'Measure("survey_responses", _BY_SURVEY,',
        'Measure("survey_responses", (*_BY_SURVEY, "scale"),',
    )
    answer = written.read_by(tree)
    windows = answer["numbers"]["windows"]
    for name in set(windows) - {LIFETIME}:
        by_scale = counts(windows[name], "survey_responses", "survey", "scale")
        assert by_scale == counts(windows[name], "survey_scores", "survey", "scale")
    lifetime = counts(windows[LIFETIME], "survey_responses", "scale")
    assert set(lifetime) == {("none",), ("1-5",), ("0-10",)}
    assert_equal_but_for(answer, written, "survey_responses")


def test_the_order_of_the_measures_means_nothing(written: Written, tree: CopiedTree) -> None:
    row = (
        '    Measure("tickets_escalated", _BY_TEAM,'
        ' "Tickets that were escalated, counted once, at their first escalation."),\n'
    )
    first = '    Measure("tickets_opened", _BY_TEAM, "Tickets opened."),\n'
    tree.replace(MEASURES, row, "")
    tree.replace(MEASURES, first, row + first)
    answer = written.read_by(tree)

    assert answer["numbers"]["windows"] == written.after["numbers"]["windows"]
    assert answer["numbers"]["days"] == written.after["numbers"]["days"]


def assert_equal_but_for(answer: dict[str, Any], written: Written, *measures: str) -> None:
    """That all numbers are as before, those of these measures over all labels too, and survive a restart."""
    numbers, before = answer["numbers"], written.after["numbers"]
    for name, window in numbers["windows"].items():
        assert {key: value for key, value in window.items() if key != "parts"} == {
            key: value for key, value in before["windows"][name].items() if key != "parts"
        }
    assert without(numbers["windows"], *measures) == without(before["windows"], *measures)
    assert (numbers["days"], numbers["state"]) == (before["days"], before["state"])
    assert gauges(answer, *measures) == gauges(written.after, *measures)
    assert answer["restored"] == numbers
