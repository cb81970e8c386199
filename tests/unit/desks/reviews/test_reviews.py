from __future__ import annotations

import pytest

from stream.desks.reviews.desk import MOST_ENTRIES, MOST_REVIEWS, ReviewDesk
from stream.desks.reviews.review import Conversation, Entry, Happening, Review, Submission
from stream.desks.reviews.rules import ReviewRules
from stream.desks.reviews.scorecard import Rating
from stream.runtime.kafka.changelog import APPEND_BYTES
from stream.state.desk import Leaving
from stream.state.rejection import Reason
from stream.state.rows import ENTITY
from stream.state.value_desk import Kept
from tests.kinds.reviews import ReviewsUnder, review
from tests.kinds.tickets import ticket
from tests.kinds.worker import Worker
from tests.moments import DAY
from tests.property.pictures import Changelog
from tests.unit.metrics.scraping import scrape

GOOD = [{"category": "tone", "lowest": 1, "highest": 5, "score": 5}]
BAD = [{"category": "tone", "lowest": 1, "highest": 5, "score": 1}]


def conversation_of(worker: Worker, subject: str = "R-1") -> Conversation:
    """What is known of a conversation."""
    value = worker.states["reviews"].desk.value(subject)  # type: ignore[attr-defined]
    assert isinstance(value, Conversation)
    return value


def test_a_scorecard_that_is_not_right_is_rejected_with_the_category_and_the_way_out() -> None:
    worker = Worker()
    outcome = worker.take_of("reviews", review("submitted", 0, categories=[*GOOD, *BAD]))

    (rejection,) = outcome.rejections
    assert rejection.detail == "category 'tone' is rated twice in one review; name each category once"


@pytest.mark.parametrize(
    "category, detail",
    [
        ({"category": "tone", "points": 5, "lowest": 1, "highest": 5}, "missing required field `score`"),
        ({**GOOD[0], "category": "x" * 81}, "`str` of length <= 80"),
    ],
)
def test_a_category_that_could_not_be_read_is_rejected(category: dict[str, object], detail: str) -> None:
    (rejection,) = Worker().take_of("reviews", review("submitted", 0, categories=[category])).rejections

    assert rejection.reason is Reason.INVALID
    assert detail in rejection.detail


def test_how_a_deleted_review_rated_is_not_kept_whichever_came_first() -> None:
    submitted = review("submitted", 0, categories=GOOD, team="first")
    deleted = review("deleted", 60)
    for events in ((submitted, deleted), (deleted, submitted)):
        worker = Worker()
        worker.take_of("reviews", *events)
        assert "tone" not in repr(conversation_of(worker))
        assert worker.window()["reviews"] == 0


def test_other_rules_after_a_restart_work_all_out_anew() -> None:
    rows = Changelog()
    worker = Worker(events_between=1)
    rows.append(worker.take_of("reviews", review("submitted", 0, categories=GOOD, reviewer="amara")))
    rows.append(worker.take_of("reviews", review("submitted", 0, categories=BAD)))
    assert worker.window()["internal_quality_score"] == 0

    other = Worker(ReviewsUnder(ReviewRules(self_reviews=True)), events_between=1)
    other.states["reviews"].load(rows.rows())
    other.states["reviews"].loaded()

    assert other.window()["internal_quality_score"] == 50


def test_a_conversation_may_leave_after_its_time_with_all_that_it_contributed() -> None:
    worker = Worker()
    worker.take_of(
        "reviews", review("submitted", 0, categories=BAD), review("submitted", 500 * DAY, "R-2", categories=GOOD)
    )
    desk = worker.states["reviews"].desk
    rows = {key: value for key in desk.rows.keys(ENTITY) if (value := desk.rows.get(key)) is not None}

    departed = {key: desk.depart(key, value) for key, value in rows.items()}

    contributed = desk.contributions_in(rows[ENTITY + b"R-1"])
    assert contributed
    assert departed == {ENTITY + b"R-1": Leaving(contributed, is_new=True), ENTITY + b"R-2": None}


def test_disputes_are_scraped_by_team_and_leave_when_they_are_settled() -> None:
    worker = Worker()
    worker.take_of(
        "reviews",
        review("submitted", 0, categories=GOOD, team="first"),
        review("disputed", 60),
        review("submitted", 0, reviewer="rosa", categories=GOOD, team="first"),
        review("disputed", 60, reviewer="rosa"),
    )
    assert scrape(worker.view).by_labels("helpdesk_reviews_in_dispute", "team") == {("first",): 2}

    worker.take_of(
        "reviews",
        review("dispute_settled", 120, outcome="rejected"),
        review("submitted", 120, reviewer="rosa", categories=GOOD, team="second"),
    )
    assert scrape(worker.view).by_labels("helpdesk_reviews_in_dispute", "team") == {("second",): 1}

    worker.take_of("reviews", review("dispute_settled", 180, reviewer="rosa", outcome="rejected"))
    assert scrape(worker.view).by_labels("helpdesk_reviews_in_dispute", "team") == {}


def test_nobody_who_reviews_or_is_reviewed_is_ever_in_a_label() -> None:
    worker = Worker()
    worker.take_of("reviews", review("submitted", 0, categories=GOOD), review("disputed", 60))

    text = scrape(worker.view).text
    assert "helpdesk_reviews{" in text
    assert "amara" not in text
    assert "quinn" not in text


def test_the_categories_of_scorecards_take_no_room_from_those_of_tickets() -> None:
    worker = Worker()
    cards = [[{**GOOD[0], "category": f"{card}-{number}"} for number in range(50)] for card in range(2)]
    worker.take_of(
        "reviews", *[review("submitted", 0, f"R-{place}", categories=card) for place, card in enumerate(cards)]
    )
    worker.take(ticket("opened", 0, category="billing"))

    read = scrape(worker.view)
    assert ("billing",) in read.by_labels("helpdesk_tickets_opened_by_category", "category")
    assert len(read.by_labels("helpdesk_review_ratings", "scorecard_category")) == 51


def test_a_conversation_has_room_for_so_many_reviews_and_for_all_that_happens_to_them() -> None:
    worker = Worker()
    worker.take_of(
        "reviews", *[review("submitted", 0, reviewer=f"r-{one}", categories=GOOD) for one in range(MOST_REVIEWS)]
    )

    (rejection,) = worker.take_of("reviews", review("submitted", 0, categories=GOOD)).rejections
    assert rejection.reason is Reason.TIMELINE_FULL
    assert rejection.detail == "conversation 'R-1' has 100 reviews; give each conversation a subject of its own"
    assert worker.take_of("reviews", review("submitted", 60, reviewer="r-7", categories=BAD)).applied == 1


def test_a_conversation_has_room_for_so_many_events_and_a_deletion_makes_room() -> None:
    worker = Worker()
    worker.take_of("reviews", *[review("submitted", number, categories=GOOD) for number in range(MOST_ENTRIES)])

    (rejection,) = worker.take_of("reviews", review("disputed", 0, reviewer="rosa")).rejections
    assert rejection.reason is Reason.TIMELINE_FULL
    assert rejection.detail == (
        "conversation 'R-1' has 1000 events; give each conversation a subject of its own, and submit a review only when"
        " it is done, not at each change"
    )
    worker.take_of("reviews", review("deleted", MOST_ENTRIES - 10.5))
    assert len(conversation_of(worker).reviews[0].entries) == 10
    assert worker.take_of("reviews", review("disputed", 0, reviewer="rosa")).applied == 1


def test_the_largest_conversation_fits_into_the_changelog_with_room_to_spare() -> None:
    """What it was before its last change is in the row too."""
    longest = "\U0001f642"
    ratings = (Rating(80 * longest, -1_000_000, -1_000_000, 1_000_000, 1_000_000, critical=True),) * 50
    entry = Entry(2**62, 256 * longest, Happening.SETTLED, bytes(8), "rejected")
    person = 512 * longest
    reviews = (
        Review(person, person, (entry,) * (MOST_ENTRIES // MOST_REVIEWS), Submission(256 * longest, ratings), entry),
    ) * MOST_REVIEWS

    row = Worker().states["reviews"].desk.encoded(Kept(Conversation(reviews), 1, Conversation(reviews)))

    assert len(row) < APPEND_BYTES / 2


def test_a_change_of_one_review_takes_nothing_back_of_the_others() -> None:
    worker = Worker()
    worker.take_of("reviews", *[review("submitted", 0, reviewer=f"r-{one}", categories=GOOD) for one in range(20)])
    before = conversation_of(worker)
    worker.take_of("reviews", review("disputed", 60, reviewer="r-3"))
    desk = worker.states["reviews"].desk
    assert isinstance(desk, ReviewDesk)

    desk.contribute_change(before, conversation_of(worker))

    of_one = len(desk.contributions_of(Conversation(before.reviews[:1])))
    assert len(desk.contributions) == of_one + of_one + 1
