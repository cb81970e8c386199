from __future__ import annotations

import pytest

from stream.metrics.collector import Vitals
from stream.state.labels import COMBINATION, NONE, OTHER, LabelBounds
from stream.windows.sliding import WINDOWS
from tests.kinds.surveys import survey
from tests.kinds.tickets import ticket
from tests.kinds.worker import Worker
from tests.unit.metrics.scraping import scrape


def test_ten_thousand_channels_fold_into_other_and_are_counted() -> None:
    worker = Worker()
    outcome = worker.take(*(ticket("opened", 0, f"T-{n}", channel=f"channel {n}") for n in range(10_000)))

    by_channel = worker.window()["tickets_opened_by_channel"]
    assert not outcome.rejections
    assert len(by_channel) == 51
    assert by_channel[OTHER] == 9_950
    assert sum(by_channel.values()) == 10_000
    assert worker.bounds.overflows == {"channel": 9_950}
    found = scrape(worker.view, lambda: Vitals(label_overflows=worker.bounds.overflows))
    assert found.by_labels("helpdesk_label_overflows_total", "label") == {("channel",): 9_950.0}
    assert len(found.by_labels("helpdesk_tickets_opened", "channel", "window")) == 51 * len(WINDOWS)
    assert len(found.by_labels("helpdesk_open_tickets", "channel")) == 51


def test_the_combinations_of_label_values_are_bounded_too() -> None:
    worker = Worker(bounds=LabelBounds(50, {}, combinations=100))
    numbers = range(50)
    events = [
        ticket("opened", 0, f"T-{one}-{two}", channel=f"channel {one}", team=f"team {two}")
        for one in numbers
        for two in numbers
    ]
    worker.take(*events)

    opened = worker.by_labels("tickets_opened")
    assert len(opened) == 99 + 1  # one more is that of tickets without attributes
    assert sum(opened.values()) == len(events)
    assert opened[OTHER, OTHER, OTHER] == len(events) - 99
    assert worker.bounds.overflows == {COMBINATION: len(events) - 99}
    worker.take(*(ticket("merged", 1, f"T-{one}-{two}", into="T-X") for one in numbers for two in numbers))
    assert not worker.window()["parts"]


def test_the_first_values_are_kept_and_stay() -> None:
    bounds = LabelBounds(2, {})

    folded = [bounds.fold("team", value) for value in ("a", "b", "c", "a", "c", "b")]

    assert folded == ["a", "b", OTHER, "a", OTHER, "b"]
    assert bounds.overflows == {"team": 2}


def test_each_label_has_its_own_bound() -> None:
    bounds = LabelBounds(1, {})

    assert [bounds.fold("team", "a"), bounds.fold("channel", "b"), bounds.fold("team", "b")] == ["a", "b", OTHER]


@pytest.mark.parametrize("value", ["x" * 81, "two\nlines", "bell\a", "zero\x00", "right\u202eleft", "\ufeff"])
def test_unprintable_and_long_values_are_other(value: str) -> None:
    bounds = LabelBounds(50, {})

    assert bounds.fold("channel", value) == OTHER
    assert bounds.overflows == {"channel": 1}


@pytest.mark.parametrize("value", ["x" * 80, "Büro 4", " e-mail ", 'quotes " and \\', "日本語", "total"])
def test_printable_values_are_used_as_they_are(value: str) -> None:
    assert LabelBounds(50, {}).fold("channel", value) == value


def test_what_is_not_set_is_none() -> None:
    bounds = LabelBounds(1, {"team": frozenset()})

    assert bounds.fold("channel", None) == NONE
    assert bounds.fold("team", None) == NONE
    assert not bounds.overflows


def test_a_list_of_allowed_values_replaces_the_bound() -> None:
    allowed = frozenset({"a", "b", "c", "y" * 100})
    bounds = LabelBounds(1, {"team": allowed})

    assert {bounds.fold("team", value) for value in allowed} == allowed
    assert bounds.fold("team", "d") == OTHER
    assert bounds.fold("team", OTHER) == OTHER


def test_tickets_and_surveys_share_the_bounds() -> None:
    worker = Worker(bounds=LabelBounds(1, {}))
    worker.take(ticket("opened", 0, channel="email"))
    worker.take_of(
        "surveys",
        survey("sent", 0, survey="csat", channel="chat"),
        survey("sent", 1, "S-2", survey="csat", channel="email"),
    )

    assert worker.by_labels("surveys_sent") == {("csat", OTHER, NONE): 1, ("csat", "email", NONE): 1}


def test_folded_tickets_can_be_taken_back() -> None:
    worker = Worker(bounds=LabelBounds(1, {}))
    worker.take(*(ticket("opened", 0, f"T-{n}", channel=f"{n}", team=f"{n}") for n in range(20)))
    worker.take(*(ticket("merged", 1, f"T-{n}", into="T-X") for n in range(20)))

    assert not worker.window()["parts"]
    assert worker.state()["open_tickets"] == 0


def test_taking_an_answer_back_counts_no_overflow() -> None:
    worker = Worker(bounds=LabelBounds(1, {}))
    worker.take_of("surveys", survey("sent", 0, "S-0", survey="csat", channel="email"))
    worker.take_of(
        "surveys",
        survey("sent", 1, "S-1", survey="csat", channel="chat"),
        survey("responded", 2, "S-1", survey="csat", scale="1-5", score=1),
        survey("responded", 3, "S-1", survey="csat", scale="1-5", score=5),
    )
    folded = worker.bounds.overflows["channel"]
    worker.take_of(
        "surveys",
        survey("responded", 4, "S-1", survey="csat", scale="1-5", score=1),
        survey("responded", 5, "S-1", survey="csat", scale="1-5", score=5),
    )

    assert folded > 0
    assert worker.bounds.overflows["channel"] == folded
