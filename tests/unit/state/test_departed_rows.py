from __future__ import annotations

import zlib
from collections import Counter, defaultdict
from collections.abc import Mapping

import msgspec
import pytest

from stream.state.checkpoint import Bounded, Checkpoints
from stream.state.departed_rows import add_departed, encode_departed
from stream.state.labels import NONE, OTHER, LabelBounds
from stream.windows.series import SUM, Series, SeriesRegistry

Labels = Mapping[str, tuple[str, ...]]
Place = tuple[str, tuple[str, ...], int]
"""A measure, its label values, and a slot's place in the series."""

_TICKET = ("channel", "priority", "team")
_SURVEY = ("survey", "channel", "team")
_DURATIONS = (
    "first_reply",
    "next_reply",
    "requester_wait",
    "agent_work",
    "on_hold",
    "first_resolution",
    "resolution",
    "complaint_first_resolution",
    "complaint_resolution",
)
OF_THEN: Labels = {
    "tickets_opened": _TICKET,
    "tickets_opened_resolved": _TICKET,
    "tickets_resolved": _TICKET,
    "tickets_resolved_first_contact": _TICKET,
    "tickets_reopened": _TICKET,
    "tickets_escalated": _TICKET,
    "tickets_abandoned": _TICKET,
    "tickets_opened_by_category": ("category",),
    "ticket_reassignments": ("team",),
    "ticket_events_before_opening": ("team",),
    "ticket_events_after_resolution": ("team",),
    "sla_ended_in_time": ("policy", "sla", *_TICKET),
    "sla_ended_late": ("policy", "sla", *_TICKET),
    "surveys_sent": _SURVEY,
    "survey_responses": _SURVEY,
    "survey_favourable": _SURVEY,
    "survey_detractors": _SURVEY,
    "survey_scores": ("survey", "scale", "score"),
    **{
        f"{name}_{unit}": ("channel",) if name.startswith("complaint") else ("channel", "priority")
        for name in _DURATIONS
        for unit in ("seconds", "business_seconds")
    },
}
"""The measures, and their labels, that there were when rows named none."""


def written(amounts: Mapping[Place, int], labels: Labels) -> bytes:
    """The row of a worker whose measures had these labels."""
    registry = SeriesRegistry()
    totals = {
        registry.first_slot(measure, values) | place: amount for (measure, values, place), amount in amounts.items()
    }
    row = encode_departed(totals, registry, labels)
    assert row is not None
    return row


def written_without_names(*series: tuple[str, tuple[str, ...], list[int]]) -> bytes:
    """The row of a worker of the version that named no labels: measure, values, and pairs of place and amount."""
    return zlib.compress(msgspec.msgpack.encode(series), 1)


def found(row: bytes, labels: Labels, bounds: LabelBounds | None = None) -> dict[Place, int]:
    """What a worker whose measures have these labels makes of a row; with ``bounds``, the values are folded."""
    registry = SeriesRegistry()
    checkpoints = Checkpoints(
        registry, bounds or LabelBounds(50, {}), labels, Bounded(frozenset(), combinations=False), b""
    )
    totals: defaultdict[int, int] = defaultdict(int)
    add_departed(row, checkpoints.slot if bounds is None else checkpoints.folded_slot, totals)
    return {(*registry.series_of(slot), registry.offset_of(slot)): amount for slot, amount in totals.items()}


def test_what_was_written_is_read_again() -> None:
    labels = {"opened": ("channel", "team"), "waited_seconds": ("channel",), "all": ()}
    amounts: dict[Place, int] = {
        ("opened", ("email", "first"), 0): 3,
        ("waited_seconds", ("email",), 7): 2,
        ("waited_seconds", ("email",), SUM): 5_000_000,
        ("all", (), 0): 1,
    }

    assert found(written(amounts, labels), labels) == amounts


def test_what_came_back_to_zero_is_not_written() -> None:
    registry = SeriesRegistry()
    slot = registry.first_slot("opened", ("email",))

    assert encode_departed({slot: 0, slot | SUM: 0}, registry, {"opened": ("channel",)}) is None


@pytest.mark.parametrize(
    "measure, labels",
    [
        ("tickets_opened", ("channel", "priority", "team")),
        ("tickets_resolved_first_contact", ("channel", "priority", "team")),
        ("tickets_opened_by_category", ("category",)),
        ("ticket_reassignments", ("team",)),
        ("first_reply_seconds", ("channel", "priority")),
        ("resolution_business_seconds", ("channel", "priority")),
        ("complaint_resolution_seconds", ("channel",)),
        ("sla_ended_late", ("policy", "sla", "channel", "priority", "team")),
        ("survey_detractors", ("survey", "channel", "team")),
        ("survey_scores", ("survey", "scale", "score")),
    ],
)
def test_a_row_without_names_is_read_with_the_labels_of_then(measure: str, labels: tuple[str, ...]) -> None:
    values = tuple(f"some {label}" for label in labels)
    row = written_without_names((measure, values, [3, 2, SUM, 60]))
    reordered = tuple(sorted(labels, reverse=True))

    assert found(row, {measure: labels}) == {(measure, values, 3): 2, (measure, values, SUM): 60}
    assert found(row, {measure: reordered}) == {
        (measure, tuple(f"some {label}" for label in reordered), 3): 2,
        (measure, tuple(f"some {label}" for label in reordered), SUM): 60,
    }


def test_a_row_without_names_has_something_for_every_measure_of_then() -> None:
    series = Counter({Series(name, tuple(f"some {label}" for label in labels)): 1 for name, labels in OF_THEN.items()})
    row = written_without_names(*((name, values, [0, count]) for (name, values), count in series.items()))

    assert found(row, OF_THEN) == {(*one, 0): count for one, count in series.items()}


def test_an_empty_row_without_names_holds_nothing() -> None:
    assert found(written_without_names(), {"tickets_opened": ("channel",)}) == {}


@pytest.mark.parametrize("named", [True, False], ids=["with names", "without names"])
def test_a_label_that_was_added_later_is_none(*, named: bool) -> None:
    row = (
        written({("tickets_opened_by_category", ("billing",), 0): 4}, {"tickets_opened_by_category": ("category",)})
        if named
        else written_without_names(("tickets_opened_by_category", ("billing",), [0, 4]))
    )

    now = {"tickets_opened_by_category": ("brand", "category")}
    assert found(row, now) == {("tickets_opened_by_category", (NONE, "billing"), 0): 4}


@pytest.mark.parametrize("named", [True, False], ids=["with names", "without names"])
def test_a_label_that_was_removed_is_summed_over(*, named: bool) -> None:
    amounts: dict[Place, int] = {
        ("first_reply_seconds", ("email", "high"), 5): 1,
        ("first_reply_seconds", ("email", "high"), SUM): 10,
        ("first_reply_seconds", ("email", "low"), 5): 2,
        ("first_reply_seconds", ("email", "low"), 6): 1,
        ("first_reply_seconds", ("email", "low"), SUM): 50,
        ("first_reply_seconds", ("chat", "low"), 5): 7,
    }
    row = (
        written(amounts, {"first_reply_seconds": ("channel", "priority")})
        if named
        else written_without_names(*((measure, values, [place, n]) for (measure, values, place), n in amounts.items()))
    )

    assert found(row, {"first_reply_seconds": ("channel",)}) == {
        ("first_reply_seconds", ("email",), 5): 3,
        ("first_reply_seconds", ("email",), 6): 1,
        ("first_reply_seconds", ("email",), SUM): 60,
        ("first_reply_seconds", ("chat",), 5): 7,
    }


def test_a_measure_that_is_gone_is_left_out() -> None:
    labels = {"kept": ("channel",), "gone": ("channel",)}
    row = written({("kept", ("email",), 0): 1, ("gone", ("email",), 0): 1}, labels)

    assert found(row, {"kept": ("channel",)}) == {("kept", ("email",), 0): 1}


def test_values_are_folded_as_they_are_today_where_that_is_asked_for() -> None:
    labels = {"opened": ("channel",)}
    row = written({("opened", ("email",), 0): 1, ("opened", ("fax",), 0): 2, ("opened", ("letter",), 0): 4}, labels)

    allowed = LabelBounds(50, {"channel": frozenset({"email"})})
    assert found(row, labels, allowed) == {("opened", ("email",), 0): 1, ("opened", (OTHER,), 0): 6}
