from __future__ import annotations

import pytest

from stream.desks.tickets.rules import LONGEST_TIMELINE, TicketRules
from stream.state.rejection import Reason
from tests.unit.desks.tickets.ticket_log import DAY, HOUR, MINUTE, Worker, settled, ticket


class TestComplaints:
    @pytest.mark.parametrize("category", ["complaint", "Complaint", "COMPLAINT"])
    def test_a_complaints_resolution_is_counted_in_any_case(self, category: str) -> None:
        worker = settled(ticket("opened", 0, category=category, channel="email"), ticket("resolved", HOUR))

        assert worker.seconds("complaint_resolution_seconds") == (1, HOUR)
        assert worker.seconds("complaint_first_resolution_seconds") == (1, HOUR)
        assert worker.by_labels("complaint_resolution_seconds") == {("email",): 1}

    def test_other_tickets_are_no_complaints(self) -> None:
        worker = settled(ticket("opened", 0, category="complaints"), ticket("resolved", HOUR))

        assert worker.count("complaint_resolution_seconds") == 0

    def test_the_categories_are_a_setting(self) -> None:
        rules = TicketRules(complaint_categories=frozenset({"Reklamation", "STRASSE"}))
        worker = settled(
            ticket("opened", 0, category="reklamation"),
            ticket("resolved", HOUR),
            ticket("opened", 0, "T-2", category="Straße"),
            ticket("resolved", HOUR, "T-2"),
            ticket("opened", 0, "T-3", category="complaint"),
            ticket("resolved", HOUR, "T-3"),
            rules=rules,
        )

        assert worker.count("complaint_resolution_seconds") == 2

    def test_a_ticket_becomes_a_complaint_with_its_category(self) -> None:
        worker = settled(ticket("opened", 0), ticket("resolved", HOUR))
        assert worker.count("complaint_resolution_seconds") == 0

        worker.take(ticket("updated", 2 * HOUR, category="complaint"))
        assert worker.seconds("complaint_resolution_seconds") == (1, HOUR)

        worker.take(ticket("updated", 3 * HOUR, category=None))
        assert worker.count("complaint_resolution_seconds") == 0

    def test_the_first_resolution_of_a_complaint_outlives_its_reopening(self) -> None:
        worker = settled(
            ticket("opened", 0, category="complaint"), ticket("resolved", HOUR), ticket("reopened", 2 * HOUR)
        )

        assert worker.count("complaint_first_resolution_seconds") == 1
        assert worker.count("complaint_resolution_seconds") == 0


class TestAbandonment:
    def test_a_customer_who_leaves_abandons_the_ticket(self) -> None:
        worker = settled(ticket("opened", 0), ticket("abandoned", MINUTE))

        assert worker.count("tickets_abandoned") == 1
        assert worker.window()["abandonment_ratio"] == 1.0
        assert worker.state()["open_tickets"] == 0
        assert worker.count("tickets_resolved") == 0

    def test_a_close_without_any_human_answer_is_an_abandonment(self) -> None:
        worker = settled(
            ticket("opened", 0),
            ticket("replied", 1, actor="bot"),
            ticket("replied", 2, actor="agent", visibility="internal"),
            ticket("status_changed", HOUR, status="closed"),
        )

        assert worker.count("tickets_abandoned") == 1
        assert worker.count("tickets_resolved") == 0

    def test_a_close_after_an_answer_is_a_resolution(self) -> None:
        worker = settled(
            ticket("opened", 0, actor="agent"),
            ticket("replied", 1, actor="agent"),
            ticket("status_changed", HOUR, status="closed"),
        )

        assert worker.count("tickets_abandoned") == 0
        assert worker.seconds("resolution_seconds") == (1, HOUR)

    def test_a_close_after_an_earlier_solve_is_a_resolution(self) -> None:
        worker = settled(
            ticket("opened", 0),
            ticket("resolved", HOUR),
            ticket("reopened", 2 * HOUR),
            ticket("status_changed", 3 * HOUR, status="closed"),
        )

        assert worker.count("tickets_abandoned") == 0
        assert worker.seconds("resolution_seconds") == (1, 3 * HOUR)

    def test_a_return_takes_the_abandonment_back_and_is_no_reopening(self) -> None:
        worker = settled(
            ticket("opened", 0), ticket("abandoned", MINUTE), ticket("reopened", 2 * MINUTE, actor="customer")
        )

        assert worker.count("tickets_abandoned") == 0
        assert worker.count("tickets_reopened") == 0
        assert worker.state()["open_tickets"] == 1
        assert worker.state()["open_cases"] == 1

    def test_a_ticket_is_resolved_or_abandoned_by_what_comes_first(self) -> None:
        left_first = settled(ticket("opened", 0), ticket("abandoned", 1), ticket("resolved", 2))
        solved_first = settled(ticket("opened", 0), ticket("resolved", 1), ticket("abandoned", 2))

        assert (left_first.count("tickets_abandoned"), left_first.count("tickets_resolved")) == (1, 0)
        assert (solved_first.count("tickets_abandoned"), solved_first.count("tickets_resolved")) == (0, 1)


class TestWaiting:
    def test_the_oldest_unanswered_message_counts(self) -> None:
        worker = settled(
            ticket("opened", 0),
            ticket("replied", 10, actor="agent"),
            ticket("replied", 100, actor="customer"),
            ticket("replied", 150, actor="customer"),
            ticket("replied", 400, actor="agent"),
        )

        assert worker.seconds("next_reply_seconds") == (1, 300)

    def test_an_answer_that_nobody_waits_for_is_not_counted(self) -> None:
        worker = settled(
            ticket("opened", 0),
            ticket("replied", 10, actor="agent"),
            ticket("replied", 20, actor="agent"),
        )

        assert worker.count("next_reply_seconds") == 0

    def test_a_customers_note_that_nobody_sees_starts_nothing(self) -> None:
        worker = settled(
            ticket("opened", 0),
            ticket("replied", 10, actor="agent"),
            ticket("replied", 20, actor="customer", visibility="internal"),
        )

        assert worker.state()["open_cases"] == 0

    @pytest.mark.parametrize("status", ["pending", "hold"])
    def test_pending_and_hold_do_not_reopen(self, status: str) -> None:
        worker = settled(
            ticket("opened", 0), ticket("resolved", HOUR), ticket("status_changed", 2 * HOUR, status=status)
        )

        assert worker.count("tickets_resolved") == 1
        assert worker.state()["open_tickets"] == 0

    @pytest.mark.parametrize("status", ["new", "open"])
    def test_new_and_open_reopen(self, status: str) -> None:
        worker = settled(
            ticket("opened", 0), ticket("resolved", HOUR), ticket("status_changed", 2 * HOUR, status=status)
        )

        assert worker.count("tickets_reopened") == 1
        assert worker.state()["open_tickets"] == 1

    def test_an_agents_reopening_without_a_word_of_the_customer_makes_nobody_wait(self) -> None:
        worker = settled(ticket("opened", 0), ticket("resolved", HOUR), ticket("reopened", 2 * HOUR, actor="agent"))

        assert worker.state()["open_cases"] == 0

    def test_a_customers_word_before_the_reopening_makes_them_wait_from_the_reopening(self) -> None:
        worker = settled(
            ticket("opened", 0),
            ticket("replied", 1, actor="agent"),
            ticket("resolved", HOUR),
            ticket("replied", 2 * HOUR, actor="customer"),
            ticket("reopened", 3 * HOUR, actor="automation"),
            ticket("replied", 3 * HOUR + 60, actor="agent"),
        )

        assert worker.seconds("next_reply_seconds") == (1, 60)

    def test_a_word_from_before_the_last_resolution_is_forgotten(self) -> None:
        worker = settled(
            ticket("opened", 0),
            ticket("resolved", HOUR),
            ticket("replied", 2 * HOUR, actor="customer"),
            ticket("reopened", 3 * HOUR, actor="agent"),
            ticket("resolved", 4 * HOUR),
            ticket("reopened", 5 * HOUR, actor="agent"),
        )

        assert worker.state()["open_cases"] == 0

    def test_a_second_resolution_event_does_not_forget_the_customers_word(self) -> None:
        worker = settled(
            ticket("opened", 0),
            ticket("resolved", HOUR),
            ticket("replied", 2 * HOUR, actor="customer"),
            ticket("status_changed", 3 * HOUR, status="closed"),
            ticket("reopened", 4 * HOUR, actor="agent"),
        )

        assert worker.state()["open_cases"] == 1

    def test_a_hand_off_starts_the_wait_even_where_nobody_waited(self) -> None:
        worker = settled(
            ticket("opened", 0, actor="bot"),
            ticket("handed_off", 100),
            ticket("replied", 130, actor="agent"),
        )

        assert worker.seconds("first_reply_seconds") == (1, 30)

    def test_a_hand_off_of_a_resolved_ticket_starts_nothing(self) -> None:
        worker = settled(ticket("opened", 0), ticket("resolved", 50), ticket("handed_off", 100))

        assert worker.state()["open_cases"] == 0

    def test_a_hand_off_moves_the_ticket_to_its_team(self) -> None:
        worker = settled(ticket("opened", 0, team="bots"), ticket("handed_off", 100, team="second level"))

        assert worker.by_labels("tickets_opened") == {("none", "none", "second level"): 1}

    def test_a_hand_off_without_a_team_leaves_the_team(self) -> None:
        worker = settled(ticket("opened", 0, team="bots"), ticket("handed_off", 100, team=None))

        assert worker.by_labels("tickets_opened") == {("none", "none", "bots"): 1}

    def test_the_reply_falls_into_the_window_of_the_reply(self) -> None:
        worker = settled(
            ticket("opened", 0), ticket("replied", 2 * HOUR, actor="agent"), ticket("escalated", 2 * HOUR + 60)
        )

        assert worker.seconds("first_reply_seconds", "5m") == (1, 2 * HOUR)
        assert worker.count("tickets_opened", "1h") == 0


class TestTimeInStatus:
    def test_work_hold_and_wait_are_told_apart(self) -> None:
        worker = settled(
            ticket("opened", 0),
            ticket("status_changed", 10, status="open"),
            ticket("status_changed", 100, status="pending"),
            ticket("status_changed", 1_000, status="hold"),
            ticket("status_changed", 3_000, status="open"),
            ticket("resolved", 7_000),
        )

        assert worker.seconds("agent_work_seconds") == (1, 100 + 4_000)
        assert worker.seconds("on_hold_seconds") == (1, 2_000)
        assert worker.seconds("requester_wait_seconds") == (1, 100 + 2_000 + 4_000)

    def test_the_time_between_a_resolution_and_a_reopening_counts_nowhere(self) -> None:
        worker = settled(
            ticket("opened", 0, status="hold"),
            ticket("resolved", 100),
            ticket("reopened", 5_000),
            ticket("resolved", 5_010),
        )

        assert worker.seconds("on_hold_seconds") == (1, 100)
        assert worker.seconds("agent_work_seconds") == (1, 10)

    def test_the_time_before_an_abandonment_is_part_of_the_life_of_a_ticket_that_came_back(self) -> None:
        worker = settled(
            ticket("opened", 0),
            ticket("abandoned", 100),
            ticket("reopened", 5_000),
            ticket("resolved", 5_010),
        )

        assert worker.seconds("agent_work_seconds") == (1, 110)

    def test_a_ticket_that_was_always_pending_contributes_zeros(self) -> None:
        worker = settled(ticket("opened", 0, status="pending"), ticket("resolved", 100))

        assert worker.seconds("requester_wait_seconds") == (1, 0)


class TestReassignment:
    def test_a_change_from_one_agent_to_another_counts(self) -> None:
        worker = settled(
            ticket("opened", 0, assignee="ann", team="first"),
            ticket("updated", 10, assignee="bob"),
            ticket("updated", 20, assignee="bob"),
            ticket("updated", 30, assignee="ann"),
        )

        assert worker.by_labels("ticket_reassignments") == {("first",): 2}

    def test_the_first_assignment_is_none(self) -> None:
        worker = settled(ticket("opened", 0), ticket("updated", 10, assignee="ann"))

        assert worker.count("ticket_reassignments") == 0

    def test_an_agent_who_was_taken_off_is_remembered(self) -> None:
        back = settled(
            ticket("opened", 0, assignee="ann"),
            ticket("updated", 10, assignee=None),
            ticket("updated", 20, assignee="ann"),
        )
        away = settled(
            ticket("opened", 0, assignee="ann"),
            ticket("updated", 10, assignee=None),
            ticket("updated", 20, assignee="bob"),
        )

        assert back.count("ticket_reassignments") == 0
        assert away.count("ticket_reassignments") == 1

    def test_a_second_opening_assigns_without_counting(self) -> None:
        worker = settled(
            ticket("opened", 0, assignee="ann"),
            ticket("opened", 10, assignee="bob"),
            ticket("updated", 20, assignee="bob"),
        )
        assert worker.count("ticket_reassignments") == 0

        worker.take(ticket("updated", 30, assignee="ann"))
        assert worker.count("ticket_reassignments") == 1

    def test_an_assignment_from_before_the_opening_takes_no_part(self) -> None:
        worker = settled(
            ticket("updated", -10, assignee="ann"), ticket("opened", 0), ticket("updated", 10, assignee="bob")
        )

        assert worker.count("ticket_reassignments") == 0


class TestEscalation:
    def test_only_the_first_escalation_counts_at_its_time(self) -> None:
        worker = settled(ticket("opened", 0), ticket("escalated", HOUR), ticket("escalated", 2 * DAY))

        assert worker.count("tickets_escalated") == 1
        assert worker.count("tickets_escalated", "24h") == 0

    def test_an_earlier_escalation_that_comes_late_takes_its_place(self) -> None:
        worker = settled(ticket("opened", 0), ticket("escalated", 2 * DAY), ticket("escalated", HOUR))

        assert worker.count("tickets_escalated") == 1
        assert worker.count("tickets_escalated", "24h") == 0


class TestReopening:
    def test_the_first_reopening_stays_when_the_ticket_is_resolved_again(self) -> None:
        worker = settled(
            ticket("opened", 0),
            ticket("resolved", HOUR),
            ticket("reopened", 2 * HOUR),
            ticket("resolved", 3 * DAY),
            ticket("reopened", 3 * DAY + 1),
        )

        assert worker.count("tickets_reopened") == 1
        assert worker.count("tickets_reopened", "24h") == 0

    def test_opened_resolved_falls_at_the_opening(self) -> None:
        worker = settled(ticket("opened", 0), ticket("resolved", 3 * DAY))

        assert worker.count("tickets_opened_resolved", "24h") == 0
        assert worker.count("tickets_opened_resolved", "7d") == 1
        assert worker.count("tickets_resolved", "24h") == 1


class TestAttributes:
    def test_what_a_ticket_contributed_moves_to_its_present_labels(self) -> None:
        worker = settled(
            ticket("opened", 0, channel="email", priority="low", category="billing", team="first"),
            ticket("replied", 10, actor="agent"),
            ticket("resolved", HOUR),
            ticket("updated", 2 * HOUR, priority="urgent", team="second"),
        )

        assert worker.by_labels("tickets_opened") == {("email", "urgent", "second"): 1}
        assert worker.by_labels("first_reply_seconds") == {("email", "urgent"): 1}
        assert worker.by_labels("tickets_resolved") == {("email", "urgent", "second"): 1}
        assert worker.by_labels("tickets_opened_by_category") == {("billing",): 1}

    def test_a_late_update_of_an_earlier_time_loses(self) -> None:
        worker = settled(
            ticket("opened", 0, priority="low", team="first"),
            ticket("updated", 2 * HOUR, priority="urgent"),
            ticket("updated", HOUR, priority="normal", team="second"),
        )

        assert worker.by_labels("tickets_opened") == {("none", "urgent", "second"): 1}

    def test_null_clears_and_absence_leaves(self) -> None:
        worker = settled(ticket("opened", 0, channel="email", priority="low"), ticket("updated", 10, priority=None))

        assert worker.by_labels("tickets_opened") == {("email", "none", "none"): 1}

    def test_the_opening_sets_all_four_whatever_was_set_before(self) -> None:
        worker = settled(ticket("updated", -10, channel="email", team="first"), ticket("opened", 0, team="second"))

        assert worker.by_labels("tickets_opened") == {("none", "none", "second"): 1}

    def test_an_update_that_comes_before_its_opening_is_not_lost(self) -> None:
        worker = settled(ticket("updated", 10, channel="chat"), ticket("opened", 0, channel="email"))

        assert worker.by_labels("tickets_opened") == {("chat", "none", "none"): 1}

    def test_a_second_opening_only_sets_attributes(self) -> None:
        worker = settled(ticket("opened", 0, channel="email"), ticket("opened", HOUR, channel="chat"))

        assert worker.by_labels("tickets_opened") == {("chat", "none", "none"): 1}
        assert worker.days("tickets_opened") == {"2024-03-04": 1}

    def test_an_earlier_opening_that_comes_late_is_the_opening(self) -> None:
        worker = settled(ticket("opened", HOUR), ticket("replied", 2 * HOUR, actor="agent"), ticket("opened", 0))

        assert worker.count("tickets_opened") == 1
        assert worker.seconds("first_reply_seconds") == (1, 2 * HOUR)

    def test_gauges_move_with_the_labels(self) -> None:
        worker = settled(ticket("opened", 0, team="first"))
        worker.take(ticket("updated", 10, team="second"))

        view = worker.view().summary("tickets")
        assert [labels.team for labels in view.by_labels] == ["second"]
        assert [labels.team for labels, waiting in view.waiting.items() if waiting] == ["second"]


class TestWithoutOpening:
    def test_a_ticket_without_opening_counts_only_in_its_gauge(self) -> None:
        worker = settled(ticket("replied", 0, actor="customer"), ticket("resolved", HOUR))

        numbers = worker.numbers()
        assert numbers["state"]["tickets_without_opening"] == 1
        assert numbers["state"]["open_tickets"] == 0
        assert not numbers["windows"]["lifetime"]["parts"]

    def test_the_opening_brings_all_of_it_to_life(self) -> None:
        worker = settled(ticket("replied", 10, actor="agent"), ticket("resolved", HOUR), ticket("opened", 0))

        assert worker.state()["tickets_without_opening"] == 0
        assert worker.seconds("first_reply_seconds") == (1, 10)
        assert worker.seconds("resolution_seconds") == (1, HOUR)

    def test_a_merge_takes_it_out_of_the_gauge(self) -> None:
        worker = settled(ticket("replied", 0, actor="customer"), ticket("merged", 10, into="T-2"))

        assert worker.state()["tickets_without_opening"] == 0

    def test_what_happened_before_the_opening_does_nothing(self) -> None:
        worker = settled(
            ticket("escalated", -20),
            ticket("resolved", -10),
            ticket("replied", -5, actor="agent"),
            ticket("opened", 0),
        )

        assert worker.count("tickets_escalated") == 0
        assert worker.count("tickets_resolved") == 0
        assert worker.state()["open_cases"] == 1


class TestBacklog:
    def test_the_threshold_is_the_mean_resolution_time_of_thirty_days(self) -> None:
        worker = settled(
            *(event for n in range(2) for event in (ticket("opened", 0, f"S-{n}"), ticket("resolved", HOUR, f"S-{n}"))),
            ticket("opened", 0, "S-3"),
            ticket("resolved", 4 * HOUR, "S-3"),
            ticket("opened", 0),
            ticket("opened", 2 * HOUR, "T-2"),
            ticket("opened", 2 * HOUR + 1, "T-3"),
        )

        state = worker.state()
        assert state["backlog_threshold_seconds"] == 2 * HOUR
        assert state["open_tickets"] == 3
        assert state["backlog_tickets"] == 1

    def test_the_threshold_is_a_day_while_nothing_was_resolved(self) -> None:
        worker = settled(ticket("opened", 0), ticket("opened", DAY, "T-2"), ticket("escalated", DAY + 1, "T-2"))

        assert worker.state()["backlog_threshold_seconds"] == DAY
        assert worker.state()["backlog_tickets"] == 1

    def test_the_threshold_is_a_setting(self) -> None:
        worker = Worker(backlog_threshold=MINUTE * 1_000_000)
        worker.take(ticket("opened", 0), ticket("opened", 1, "T-2"), ticket("escalated", 61, "T-2"))

        assert worker.state()["backlog_tickets"] == 1
        assert worker.state()["oldest_open_ticket"] == "2024-03-04T12:00:00Z"

    def test_the_edges_of_the_age_distribution_belong_to_it(self) -> None:
        worker = settled(ticket("opened", 0), ticket("opened", 1, "T-2"), ticket("escalated", HOUR, "T-2"))

        ages = worker.state()["open_ticket_age_seconds"]
        assert ages["3600"] == 2
        assert (
            settled(ticket("opened", 0), ticket("escalated", HOUR + 0.000001)).state()["open_ticket_age_seconds"][
                "3600"
            ]
            == 0
        )
        assert list(ages) == [
            "3600",
            "14400",
            "28800",
            "86400",
            "259200",
            "604800",
            "1209600",
            "2592000",
            "7776000",
            "+Inf",
        ]


def test_a_timeline_that_is_full_takes_no_more_events() -> None:
    worker = Worker()
    outcome = worker.take(
        ticket("opened", 0), *(ticket("replied", second, actor="customer") for second in range(1, LONGEST_TIMELINE))
    )
    assert outcome.applied == LONGEST_TIMELINE
    before = worker.numbers()

    outcome = worker.take(ticket("resolved", DAY), ticket("opened", DAY, "T-2"), ticket("opened", 0))

    assert [rejection.reason for rejection in outcome.rejections] == [Reason.TIMELINE_FULL]
    assert "T-1" in outcome.rejections[0].detail
    assert (outcome.applied, outcome.duplicates) == (1, 1)
    assert worker.count("tickets_resolved") == 0
    assert worker.count("tickets_opened") == before["windows"]["lifetime"]["tickets_opened"] + 1


@pytest.mark.parametrize("kind", ["replied", "status_changed"])
def test_times_are_kept_to_the_microsecond(kind: str) -> None:
    data = {"actor": "agent"} if kind == "replied" else {"status": "solved"}
    worker = settled(
        ticket("opened", "2024-03-04T12:00:00.000001Z"), ticket(kind, "2024-03-04T12:00:01.000003Z", **data)
    )

    measure = "first_reply_seconds" if kind == "replied" else "resolution_seconds"
    assert worker.seconds(measure) == (1, 1.000002)
