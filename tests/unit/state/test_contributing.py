from __future__ import annotations

import pytest

from stream.state import contributing
from stream.state.contributing import Contributor, Values
from stream.state.labels import NONE, OTHER, LabelBounds
from stream.state.measure import Measure
from stream.windows.histogram import BORDERS
from stream.windows.series import Series, SeriesRegistry

MEASURES = (
    Measure("calls", ("channel", "team"), "Calls."),
    Measure("calls_by_score", ("score",), "Calls by score."),
    Measure("calls_in_all", (), "Calls in all."),
    Measure("talk_seconds", ("channel",), "How long a call took.", duration=True),
)
CALL: Values = {"channel": "phone", "team": None, "score": "5", "category": "billing"}


class Desk:
    """A contributor with its registry and bounds."""

    def __init__(self, limit: int = 50) -> None:
        self.registry = SeriesRegistry()
        self.bounds = LabelBounds(limit, {})
        self.contributor = Contributor(self.registry, self.bounds, MEASURES)

    def series(self, measure: str, **values: str | None) -> Series:
        """The series to which such values go."""
        return self.registry.series_of(self.contributor.first_slot(measure, values))


def test_a_measure_takes_the_values_that_it_has_labels_for() -> None:
    desk = Desk()

    assert desk.series("calls", **CALL) == Series("calls", ("phone", NONE))
    assert desk.series("calls_by_score", **CALL) == Series("calls_by_score", ("5",))
    assert desk.series("calls_in_all", **CALL) == Series("calls_in_all", ())


def test_the_same_values_go_to_the_same_series_and_others_to_another() -> None:
    contributor = Desk().contributor
    first = contributor.first_slot("calls", CALL)

    assert contributor.first_slot("calls", {**CALL, "category": "other"}) == first
    assert contributor.first_slot("calls", {**CALL, "team": "first"}) != first


def test_values_are_bounded_but_for_those_of_closed_labels() -> None:
    desk = Desk(limit=1)
    assert desk.series("calls", channel="phone", team="first") == Series("calls", ("phone", "first"))

    assert desk.series("calls", channel="fax", team="second") == Series("calls", (OTHER, OTHER))
    assert [desk.series("calls_by_score", score=score).values for score in ("4", "5")] == [("4",), ("5",)]
    assert desk.bounds.overflows == {"channel": 1, "team": 1}


def test_what_is_not_set_is_none_in_every_label() -> None:
    desk = Desk()

    assert desk.series("calls", channel=None, team=None).values == (NONE, NONE)
    assert desk.series("calls_by_score", score=None).values == (NONE,)


def test_one_that_counts_is_a_contribution_to_its_series_and_can_be_taken_back() -> None:
    contributor = Desk().contributor
    slot = contributor.first_slot("calls", CALL)

    assert contributor.count("calls", CALL, 7) == (slot, 7, 1, 0)
    assert contributor.count("calls", CALL, 7, -1) == (slot, 7, -1, 0)


@pytest.mark.parametrize(
    "span, bucket", [(0, 0), (BORDERS[3], 3), (BORDERS[3] + 1, 4), (BORDERS[-1] + 1, len(BORDERS))]
)
def test_a_duration_goes_to_its_bucket_and_can_be_taken_back(span: int, bucket: int) -> None:
    contributor = Desk().contributor
    slot = contributor.first_slot("talk_seconds", CALL)

    assert contributor.span("talk_seconds", CALL, 7, span) == (slot + bucket, 7, 1, span)
    assert contributor.span("talk_seconds", CALL, 7, span, -1) == (slot + bucket, 7, -1, -span)


def test_an_unknown_measure_and_a_label_without_a_value_are_refused() -> None:
    contributor = Desk().contributor

    with pytest.raises(KeyError, match="calling"):
        contributor.first_slot("calling", CALL)
    with pytest.raises(KeyError, match="team"):
        contributor.first_slot("calls", {"channel": "phone"})


def test_two_measures_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="two measures calls"):
        Contributor(SeriesRegistry(), LabelBounds(50, {}), [*MEASURES, Measure("calls", (), "Others.")])


def test_what_is_remembered_is_bounded_and_series_stay_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contributing, "_REMEMBERED", 3)
    desk = Desk()
    slots = [desk.contributor.first_slot("calls", {"channel": str(number), "team": None}) for number in range(10)]

    assert len(desk.contributor._slots) <= 3
    assert [
        desk.contributor.first_slot("calls", {"channel": str(number), "team": None}) for number in range(10)
    ] == slots
