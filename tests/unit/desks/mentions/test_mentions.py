from __future__ import annotations

from typing import Any

import pytest

from stream.desks.mentions.desk import MentionDesk
from stream.desks.mentions.mention import Mention
from stream.sentiment.grams import LONGEST_TEXT
from stream.sentiment.model import SentimentModel
from stream.sentiment.sentiment import Sentiment
from stream.sentiment.training import Labelled, trained
from tests.kinds.mentions import MentionsUnder, mention
from tests.kinds.worker import Worker
from tests.moments import DAY
from tests.property.pictures import Changelog
from tests.unit.metrics.scraping import scrape

GOOD = "great, thank you"
BAD = "broken again"
NEUTRAL = "opens at nine"

MODEL = trained([Labelled(GOOD, "positive"), Labelled(BAD, "negative"), Labelled(NEUTRAL, "neutral")] * 2, 1)
OPPOSITE = trained([Labelled(GOOD, "negative"), Labelled(BAD, "positive"), Labelled(NEUTRAL, "neutral")] * 2, 1)


def desk_of(worker: Worker) -> MentionDesk:
    """The desk of the mentions."""
    return worker.desk(MentionDesk)


def value_of(worker: Worker, subject: str = "M-1") -> Mention:
    """What is known of a mention."""
    value = desk_of(worker).value(subject)
    assert value is not None
    return value


def shown(worker: Worker) -> dict[str, Any]:
    """The counts of mentions by sentiment, and how they were found."""
    by_labels = worker.by_labels("mentions")
    return {f"{sentiment} {estimated}": count for (_, _, sentiment, estimated), count in by_labels.items()}


def restarted(rows: Changelog, model: SentimentModel | None) -> Worker:
    """Another worker with the rows that one has appended."""
    worker = Worker(MentionsUnder(model), events_between=1)
    worker.states["mentions"].load(rows.rows())
    worker.states["mentions"].loaded()
    return worker


def test_what_nobody_has_labelled_is_estimated_and_counts_as_that() -> None:
    worker = Worker(MentionsUnder(MODEL))
    worker.take_of(
        "mentions",
        mention("posted", 0, "M-1", text=GOOD),
        mention("posted", 0, "M-2", text=BAD),
        mention("posted", 0, "M-3", text=BAD, sentiment="positive"),
        mention("posted", 0, "M-4"),
        mention("posted", 0, "M-5", text=" "),
    )

    assert shown(worker) == {"negative yes": 1, "positive no": 1, "positive yes": 1, "unlabelled no": 2}
    window = worker.window()
    assert (window["mentions"], window["mentions_with_sentiment"], window["mentions_estimated"]) == (5, 3, 2)
    assert window["estimated_mentions_ratio"] == pytest.approx(2 / 3)
    assert window["net_sentiment"] == pytest.approx(100 / 3)


def test_a_label_that_comes_later_goes_before_the_estimate() -> None:
    worker = Worker(MentionsUnder(MODEL))
    worker.take_of("mentions", mention("posted", 0, text=BAD))
    worker.take_of("mentions", mention("labelled", 60, sentiment="neutral"))

    assert shown(worker) == {"neutral no": 1}


def test_the_estimate_is_made_once_and_kept_in_the_row(monkeypatch: pytest.MonkeyPatch) -> None:
    estimated: list[str] = []
    estimate = SentimentModel.estimate

    def counting(self: SentimentModel, text: str) -> Sentiment:
        estimated.append(text)
        return estimate(self, text)

    monkeypatch.setattr(SentimentModel, "estimate", counting)
    rows = Changelog()
    worker = Worker(MentionsUnder(MODEL), events_between=1_000)
    rows.append(worker.take_of("mentions", mention("posted", 0, text=BAD)))
    rows.append(worker.take_of("mentions", mention("labelled", 60, sentiment="neutral")))
    again = restarted(rows, MODEL)

    assert estimated == [BAD]
    assert again.numbers() == worker.numbers()


def test_another_model_after_a_restart_estimates_all_anew_and_none_leaves_them_unlabelled() -> None:
    rows = Changelog()
    worker = Worker(MentionsUnder(MODEL), events_between=1)
    rows.append(
        worker.take_of("mentions", mention("posted", 0, "M-1", text=BAD), mention("posted", 0, "M-2", text=GOOD))
    )
    rows.append(worker.take_of("mentions", mention("posted", 0, "M-3", sentiment="neutral")))
    assert worker.window()["net_sentiment"] == 0

    other = restarted(rows, OPPOSITE)
    other.take_of("mentions", mention("labelled", 60, "M-1", sentiment="positive"))
    assert shown(other) == {"negative yes": 1, "neutral no": 1, "positive no": 1}

    without = restarted(rows, None)
    assert shown(without) == {"neutral no": 1, "unlabelled no": 2}


def test_of_a_text_only_what_the_model_looks_at_is_kept_and_nothing_where_there_is_a_label_or_it_was_deleted() -> None:
    worker = Worker()
    worker.take_of(
        "mentions",
        mention("posted", 0, "M-1", text="x" * 16_384),
        mention("posted", 0, "M-2", text="secret", sentiment="neutral"),
        mention("posted", 0, "M-3", text="secret"),
        mention("deleted", 60, "M-3"),
        mention("deleted", 0, "M-4"),
        mention("posted", 60, "M-4", text="secret"),
    )

    posting = value_of(worker).posting
    assert posting is not None
    assert posting.text == "x" * LONGEST_TEXT
    assert all("secret" not in repr(value_of(worker, subject)) for subject in ("M-2", "M-3", "M-4"))


def test_no_text_is_ever_in_a_label() -> None:
    worker = Worker(MentionsUnder(MODEL))
    worker.take_of("mentions", mention("posted", 0, text=f"{BAD} secret", channel="forum", category="router"))

    scraped = scrape(worker.view)

    assert "secret" not in scraped.text
    assert scraped.by_labels("helpdesk_mentions", "category", "sentiment", "estimated") == {
        ("router", "negative", "yes"): 5
    }


def test_a_mention_leaves_after_its_time_and_its_numbers_stay() -> None:
    worker = Worker(MentionsUnder(MODEL), events_between=1)
    worker.take_of("mentions", mention("posted", 0, text=BAD))
    for number, text in enumerate((GOOD, NEUTRAL)):
        worker.take_of("mentions", mention("posted", 500 * DAY + number, f"M-{number + 2}", text=text))

    assert desk_of(worker).value("M-1") is None
    assert desk_of(worker).value("M-2") is not None
    assert worker.window()["mentions"] == 3
    assert worker.window()["mentions_negative"] == 1
    assert worker.window("24h")["net_sentiment"] == 50


def test_the_estimated_size_of_a_row_grows_with_its_text() -> None:
    worker = Worker()
    worker.take_of("mentions", mention("posted", 0, "M-1", text="x" * 100), mention("posted", 0, "M-2", text="x"))
    desk = desk_of(worker)

    assert desk.row_bytes("M-1", value_of(worker, "M-1")) >= desk.row_bytes("M-2", value_of(worker, "M-2")) + 99
