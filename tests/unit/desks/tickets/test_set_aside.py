"""What happens to events that count nowhere, and to endings that make no sense: each has a rule and a number."""

from __future__ import annotations

from collections import Counter

import pytest

from stream.desks.tickets.set_aside import SetAside
from tests.kinds.tickets import ticket
from tests.kinds.worker import Worker
from tests.moments import DAY, HOUR, MINUTE
from tests.unit.state.agreed import agreed


def counted(*batches: list[bytes]) -> Counter[str]:
    """How many events were set aside, by reason, when they came in these batches."""
    worker = Worker()
    return sum((worker.take(*batch).set_aside for batch in batches), Counter())


class TestBeforeTheOpening:
    def test_what_is_dated_before_the_opening_counts_nowhere_but_is_counted(self) -> None:
        worker = agreed(
            ticket("opened", HOUR, team="first"),
            ticket("replied", 0, actor="agent"),
            ticket("resolved", 1),
            ticket("updated", 2, team="second"),
        )

        assert worker.by_labels("ticket_events_before_opening") == {("first",): 3}
        assert worker.count("tickets_resolved") == 0
        assert worker.count("first_reply_seconds") == 0
        assert worker.state()["open_tickets"] == 1

    def test_an_earlier_opening_makes_them_count(self) -> None:
        late = [ticket("opened", HOUR), ticket("resolved", MINUTE)]

        assert agreed(*late).count("ticket_events_before_opening") == 1
        worker = agreed(*late, ticket("opened", 0))
        assert worker.count("ticket_events_before_opening") == 0
        assert worker.seconds("resolution_seconds") == (1, MINUTE)

    def test_who_hung_up_before_the_opening_hung_up_at_the_opening(self) -> None:
        worker = agreed(ticket("abandoned", 0), ticket("opened", MINUTE, channel="phone"))

        assert worker.by_labels("tickets_abandoned") == {("phone", "none", "none"): 1}
        assert worker.count("ticket_events_before_opening") == 1
        assert worker.state()["open_tickets"] == 0
        assert worker.tickets.desk.outgoing() == []

    def test_who_hung_up_before_the_opening_can_come_back(self) -> None:
        worker = agreed(
            ticket("abandoned", 0),
            ticket("opened", MINUTE),
            ticket("reopened", 2 * MINUTE, actor="customer"),
            ticket("replied", 3 * MINUTE, actor="agent"),
            ticket("resolved", HOUR),
        )

        assert worker.count("tickets_abandoned") == 0
        assert worker.seconds("first_reply_seconds") == (1, MINUTE)

    def test_the_count_says_what_was_so_when_an_event_came(self) -> None:
        early, opening = ticket("replied", 0, actor="agent"), ticket("opened", HOUR)

        assert counted([early], [opening]) == {SetAside.UNOPENED: 1}
        assert counted([opening], [early]) == {SetAside.BEFORE_OPENING: 1}
        assert counted([opening], [ticket("replied", DAY, actor="agent")]) == {}


class TestAfterTheEnd:
    @pytest.mark.parametrize("status", ["hold", "pending"])
    @pytest.mark.parametrize("end", ["resolved", "abandoned"])
    def test_waiting_after_the_end_is_no_reopening_and_is_counted(self, end: str, status: str) -> None:
        story = [ticket("opened", 0, team="first"), ticket(end, HOUR)]
        waiting = ticket("status_changed", 2 * HOUR, status=status)
        worker = agreed(*story, waiting)

        assert worker.by_labels("ticket_events_after_resolution") == {("first",): 1}
        assert worker.state()["open_tickets"] == 0
        assert worker.count("tickets_reopened") == 0
        assert counted(story, [waiting]) == {SetAside.AFTER_RESOLUTION: 1}

    def test_time_on_hold_after_the_end_is_not_counted_when_the_ticket_is_taken_up_again(self) -> None:
        worker = agreed(
            ticket("opened", 0),
            ticket("resolved", HOUR),
            ticket("status_changed", 2 * HOUR, status="hold"),
            ticket("reopened", 5 * HOUR),
            ticket("resolved", 6 * HOUR),
        )

        assert worker.seconds("on_hold_seconds") == (1, 0)
        assert worker.seconds("agent_work_seconds") == (1, 2 * HOUR)

    def test_an_event_that_came_too_late_to_be_the_last_is_counted_as_well(self) -> None:
        story = [ticket("opened", 0), ticket("resolved", HOUR), ticket("reopened", 3 * HOUR)]

        assert counted(story, [ticket("status_changed", 2 * HOUR, status="hold")]) == {SetAside.AFTER_RESOLUTION: 1}

    def test_an_end_that_comes_late_is_not_set_aside_itself(self) -> None:
        story = [ticket("opened", 0), ticket("status_changed", 2 * HOUR, status="hold")]

        assert counted(story, [ticket("resolved", HOUR)]) == {}
        assert agreed(*story, ticket("resolved", HOUR)).count("ticket_events_after_resolution") == 1


class TestClosedAfterAReopening:
    def test_a_customer_who_came_back_and_got_no_answer_was_left_alone(self) -> None:
        worker = agreed(
            ticket("opened", 0),
            ticket("replied", MINUTE, actor="agent"),
            ticket("resolved", HOUR),
            ticket("reopened", 2 * HOUR, actor="customer"),
            ticket("status_changed", 3 * HOUR, status="closed"),
        )

        assert worker.count("tickets_abandoned") == 1
        assert worker.count("tickets_resolved") == 0
        assert worker.count("tickets_reopened") == 1

    def test_so_was_one_whose_thanks_were_a_question(self) -> None:
        worker = agreed(
            ticket("opened", 0),
            ticket("resolved", HOUR),
            ticket("replied", 2 * HOUR, actor="customer"),
            ticket("reopened", 2 * HOUR + 1),
            ticket("status_changed", 3 * HOUR, status="closed"),
        )

        assert worker.count("tickets_abandoned") == 1

    def test_an_answer_after_the_reopening_makes_the_close_a_resolution(self) -> None:
        worker = agreed(
            ticket("opened", 0),
            ticket("resolved", HOUR),
            ticket("reopened", 2 * HOUR, actor="customer"),
            ticket("replied", 2 * HOUR + 5, actor="agent"),
            ticket("replied", 2 * HOUR + 9, actor="customer"),
            ticket("status_changed", 3 * HOUR, status="closed"),
        )

        assert worker.seconds("resolution_seconds") == (1, 3 * HOUR)

    def test_where_nobody_waits_the_close_resolves_again_what_was_resolved(self) -> None:
        worker = agreed(
            ticket("opened", 0),
            ticket("resolved", HOUR),
            ticket("reopened", 2 * HOUR, actor="agent"),
            ticket("status_changed", 3 * HOUR, status="closed"),
        )

        assert worker.seconds("resolution_seconds") == (1, 3 * HOUR)


class TestNeverPending:
    def test_what_came_after_the_first_resolution_is_not_asked(self) -> None:
        worker = agreed(
            ticket("opened", 0),
            ticket("resolved", HOUR),
            ticket("reopened", 8 * DAY),
            ticket("status_changed", 8 * DAY + HOUR, status="pending"),
            ticket("resolved", 9 * DAY),
            rule="never_pending",
        )

        assert worker.count("tickets_resolved_first_contact") == 1

    @pytest.mark.parametrize("status", ["pending", "hold"])
    def test_pending_before_the_first_resolution_excludes_and_hold_does_not(self, status: str) -> None:
        worker = agreed(
            ticket("opened", 0),
            ticket("status_changed", MINUTE, status=status),
            ticket("resolved", HOUR),
            rule="never_pending",
        )

        assert worker.count("tickets_resolved_first_contact") == (status == "hold")
