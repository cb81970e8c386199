from __future__ import annotations

from stream.desks.reviews.review import Conversation
from stream.desks.reviews.rules import ReviewRules
from stream.state.rows import ENTITY
from tests.property.pictures import Changelog
from tests.unit.desks.tickets.ticket_log import DAY, Worker, review, ticket
from tests.unit.metrics.scraping import scrape

GOOD = [{"category": "tone", "lowest": 1, "highest": 5, "score": 5}]
BAD = [{"category": "tone", "lowest": 1, "highest": 5, "score": 1}]


def conversation_of(worker: Worker, subject: str = "R-1") -> Conversation:
    """What is known of a conversation."""
    value = worker.reviews.desk.value(subject)  # type: ignore[attr-defined]
    assert isinstance(value, Conversation)
    return value


def test_a_scorecard_that_is_not_right_is_rejected_with_the_category_and_the_way_out() -> None:
    worker = Worker()
    outcome = worker.take_reviews(review("submitted", 0, categories=[*GOOD, *BAD]))

    (rejection,) = outcome.rejections
    assert rejection.detail == "category 'tone' is rated twice in one review"


def test_how_a_deleted_review_rated_is_not_kept_whichever_came_first() -> None:
    submitted = review("submitted", 0, categories=GOOD, team="first")
    deleted = review("deleted", 60)
    for events in ((submitted, deleted), (deleted, submitted)):
        worker = Worker()
        worker.take_reviews(*events)
        assert "tone" not in repr(conversation_of(worker))
        assert worker.window()["reviews"] == 0


def test_other_rules_after_a_restart_work_all_out_anew() -> None:
    rows = Changelog()
    worker = Worker(events_between=1)
    rows.append(worker.take_reviews(review("submitted", 0, categories=GOOD, reviewer="amara")))
    rows.append(worker.take_reviews(review("submitted", 0, categories=BAD)))
    assert worker.window()["internal_quality_score"] == 0

    other = Worker(events_between=1, review_rules=ReviewRules(self_reviews=True))
    other.reviews.load(rows.rows())
    other.reviews.loaded()

    assert other.window()["internal_quality_score"] == 50


def test_a_conversation_may_leave_after_its_time_with_all_that_it_contributed() -> None:
    worker = Worker()
    worker.take_reviews(review("submitted", 0, categories=BAD), review("submitted", 500 * DAY, "R-2", categories=GOOD))
    desk = worker.reviews.desk
    rows = {key: value for key in desk.rows.keys(ENTITY) if (value := desk.rows.get(key)) is not None}

    departed = {key: desk.depart(key, value) for key, value in rows.items()}

    assert departed == {ENTITY + b"R-1": desk.contributions_in(rows[ENTITY + b"R-1"]), ENTITY + b"R-2": None}
    assert departed[ENTITY + b"R-1"]


def test_disputes_are_scraped_by_team_and_leave_when_they_are_settled() -> None:
    worker = Worker()
    worker.take_reviews(
        review("submitted", 0, categories=GOOD, team="first"),
        review("disputed", 60),
        review("submitted", 0, reviewer="rosa", categories=GOOD, team="first"),
        review("disputed", 60, reviewer="rosa"),
    )
    assert scrape(worker.view).by_labels("helpdesk_reviews_in_dispute", "team") == {("first",): 2}

    worker.take_reviews(
        review("dispute_settled", 120, outcome="rejected"),
        review("dispute_settled", 120, reviewer="rosa", outcome="rejected"),
    )
    assert scrape(worker.view).by_labels("helpdesk_reviews_in_dispute", "team") == {}


def test_nobody_who_reviews_or_is_reviewed_is_ever_in_a_label() -> None:
    worker = Worker()
    worker.take_reviews(review("submitted", 0, categories=GOOD), review("disputed", 60))

    text = scrape(worker.view).text
    assert "helpdesk_reviews{" in text
    assert "amara" not in text
    assert "quinn" not in text


def test_the_categories_of_scorecards_take_no_room_from_those_of_tickets() -> None:
    worker = Worker()
    cards = [[{**GOOD[0], "category": f"{card}-{number}"} for number in range(50)] for card in range(2)]
    worker.take_reviews(*[review("submitted", 0, f"R-{place}", categories=card) for place, card in enumerate(cards)])
    worker.take(ticket("opened", 0, category="billing"))

    read = scrape(worker.view)
    assert ("billing",) in read.by_labels("helpdesk_tickets_opened_by_category", "category")
    assert len(read.by_labels("helpdesk_review_ratings", "scorecard_category")) == 51  # noqa: PLR2004 - 50 and the rest
