"""What others fell into: the pitfalls of the design's section on metrics, by their numbers there.

Those that are stories stand in ``tests/data/cases`` and in ``tests/data/sla_cases.toml``, by the same numbers.
"""

from __future__ import annotations

import pytest

from stream.desks.kinds import KINDS
from stream.metrics.catalogue import CATALOGUE, WINDOWED
from stream.state.measure import by_name
from stream.windows.sliding import WINDOWS
from tests.kinds.surveys import survey
from tests.kinds.tickets import ticket
from tests.kinds.worker import Worker, settled
from tests.moments import DAY, HOUR
from tests.unit.metrics.scraping import scrape

MEASURES = by_name(measure for kind in KINDS for measure in kind.measures)


@pytest.mark.parametrize(
    "moment, day",
    [
        ("2024-03-30T22:59:59.999999Z", "2024-03-30"),
        ("2024-03-30T23:00:00Z", "2024-03-31"),
        ("2024-03-31T21:59:59.999999Z", "2024-03-31"),
        ("2024-03-31T22:00:00Z", "2024-04-01"),
        ("2024-10-26T21:59:59.999999Z", "2024-10-26"),
        ("2024-10-26T22:00:00Z", "2024-10-27"),
        ("2024-10-27T22:59:59.999999Z", "2024-10-27"),
        ("2024-10-27T23:00:00Z", "2024-10-28"),
    ],
)
def test_a_day_runs_from_local_midnight_to_local_midnight_when_the_clocks_change(moment: str, day: str) -> None:
    """Pitfall 8 (chatwoot#4028: days bounded in the server's time)."""
    worker = Worker(zone="Europe/Berlin")
    worker.take(ticket("opened", moment))

    assert worker.days("tickets_opened") == {day: 1}


def test_the_catalogue_defines_each_name_once() -> None:
    """Pitfall 15 (chatwoot#14141: two screens with contradictory averages)."""
    names = [metric.name for metric in CATALOGUE]

    assert len(set(names)) == len(names)
    assert len({metric.definition for metric in CATALOGUE}) == len(names)
    assert [metric.measure for metric in WINDOWED] == list(MEASURES)


def test_the_numbers_in_json_are_those_of_the_metrics() -> None:
    """Pitfall 15: JSON and /metrics are two views of the same sums."""
    worker = settled(
        ticket("opened", 0, channel="email", priority="high", category="complaint", team="first"),
        ticket("replied", 100, actor="agent", author="ann"),
        ticket("replied", HOUR, actor="customer"),
        ticket("replied", HOUR + 10, actor="agent", author="ann"),
        ticket("updated", HOUR + 20, assignee="ann"),
        ticket("updated", HOUR + 30, assignee="bob"),
        ticket("escalated", HOUR + 40),
        ticket("resolved", 2 * HOUR),
        ticket("reopened", 3 * HOUR),
        ticket("resolved", 4 * HOUR),
        ticket("opened", DAY, "T-2", channel="chat"),
        ticket("replied", DAY + 30, "T-2", actor="agent"),
        ticket("resolved", DAY + 60, "T-2"),
        ticket("opened", 2 * DAY, "T-3", channel="chat"),
        ticket("abandoned", 2 * DAY + 60, "T-3"),
    )
    worker.take_of(
        "surveys",
        survey("sent", DAY, survey="nps", channel="email"),
        survey("responded", 2 * DAY, survey="nps", scale="0-10", score=10),
        survey("responded", 2 * DAY + 59, "S-2", survey="nps", scale="0-10", score=3),
    )
    families = scrape(worker.view).families
    exported = {
        (metric.measure, sample.name.removeprefix(metric.name), frozenset(sample.labels.items())): sample.value
        for metric in WINDOWED
        for sample in families[metric.name].samples
        if sample.labels.get("le", "+Inf") == "+Inf"
    }

    expected: dict[tuple[str, str, frozenset[tuple[str, str]]], float] = {}
    for window in WINDOWS:
        for measure, parts in worker.window(window.name)["parts"].items():
            for part in parts:
                labels = frozenset({**part["labels"], "window": window.name}.items())
                if MEASURES[measure].duration:
                    expected[measure, "_gcount", labels] = part["count"]
                    expected[measure, "_gsum", labels] = part["sum"]
                    expected[measure, "_bucket", labels | {("le", "+Inf")}] = part["count"]
                else:
                    expected[measure, "", labels] = part["count"]

    assert exported == expected
    assert {measure for measure, _, _ in exported} == set(worker.window()["parts"])
