from __future__ import annotations

from tests.unit.oracle.event_log import lifetime, parts, ticket


def test_everything_a_ticket_contributes_carries_its_final_attributes() -> None:
    log = [
        ticket("opened", 0, channel="email", priority="low", category="billing", team="first"),
        ticket("replied", 60, actor="agent"),
        ticket("resolved", 100),
        ticket("updated", 200, priority="high", team="second"),
    ]

    answer = lifetime(log)
    for measure in ("first_reply_seconds", "resolution_seconds", "requester_wait_seconds"):
        assert parts(answer, measure) == {("email", "high"): 1}
    for measure in ("tickets_opened", "tickets_opened_resolved", "tickets_resolved", "tickets_resolved_first_contact"):
        assert parts(answer, measure) == {("email", "high", "second"): 1}
    assert answer["tickets_opened_by_category"] == {"billing": 1}


def test_an_update_changes_only_the_fields_it_has_and_null_clears_one() -> None:
    log = [
        ticket("opened", 0, channel="email", priority="low", team="first"),
        ticket("updated", 10, channel=None),
        ticket("updated", 20, priority="high"),
    ]

    assert parts(lifetime(log), "tickets_opened") == {("none", "high", "first"): 1}


def test_the_last_update_wins_whatever_arrives_last() -> None:
    log = [ticket("updated", 20, team="second"), ticket("updated", 10, team="first"), ticket("opened", 0)]

    assert parts(lifetime(log), "tickets_opened") == {("none", "none", "second"): 1}


def test_the_opening_overrides_an_earlier_update_and_nothing_else_does() -> None:
    log = [
        ticket("updated", -10, "T-1", team="early"),
        ticket("opened", 0, "T-1"),
        # An update sorts after an opening of the same time.
        ticket("updated", 0, "T-2", team="same time"),
        ticket("opened", 0, "T-2"),
    ]

    assert parts(lifetime(log), "tickets_opened") == {
        ("none", "none", "none"): 1,
        ("none", "none", "same time"): 1,
    }


def test_a_hand_off_to_a_team_sets_the_team() -> None:
    log = [
        ticket("opened", 0, "T-1", team="bots"),
        ticket("handed_off", 10, "T-1", team="people"),
        ticket("handed_off", 20, "T-1"),
        ticket("opened", 0, "T-2"),
        ticket("handed_off", 10, "T-2", team="people"),
        ticket("updated", 20, "T-2", team="experts"),
    ]

    assert parts(lifetime(log), "tickets_opened") == {
        ("none", "none", "people"): 1,
        ("none", "none", "experts"): 1,
    }


def test_label_values_are_kept_as_they_are() -> None:
    log = [ticket("opened", 0, channel=" Émail\n\t'\"; --")]

    assert lifetime(log)["tickets_opened_by_channel"] == {" Émail\n\t'\"; --": 1}


def test_channels_have_counts_and_shares() -> None:
    log = [ticket("opened", number, f"T-{number}", channel="email") for number in range(6)]
    log += [ticket("opened", number, f"T-{number}", channel="web") for number in range(6, 9)]
    log += [ticket("opened", 9, "T-9")]

    answer = lifetime(log)
    assert answer["tickets_opened"] == 10
    assert answer["tickets_opened_by_channel"] == {"email": 6, "web": 3, "none": 1}
    assert answer["channel_share"] == {"email": 0.6, "web": 0.3, "none": 0.1}


def test_categories_are_counted_apart_from_the_other_labels() -> None:
    log = [
        ticket("opened", 0, "T-1", category="billing", channel="email"),
        ticket("opened", 0, "T-2", category="billing", channel="web"),
        ticket("opened", 0, "T-3"),
    ]

    assert lifetime(log)["tickets_opened_by_category"] == {"billing": 2, "none": 1}


def test_resolution_ratios_are_by_team_for_tickets_that_have_one() -> None:
    log = [
        ticket("opened", 0, "T-1", team="first", channel="email"),
        ticket("resolved", 10, "T-1"),
        ticket("opened", 0, "T-2", team="first", channel="web"),
        ticket("opened", 0, "T-3", team="second"),
        ticket("opened", 0, "T-4"),
        ticket("resolved", 10, "T-4"),
    ]

    answer = lifetime(log)
    assert answer["resolution_ratio"] == 0.5
    assert answer["resolution_ratio_by_team"] == {"first": 0.5, "second": 0.0}


def test_a_ticket_is_escalated_once() -> None:
    log = [
        ticket("opened", 0, "T-1"),
        ticket("escalated", 10, "T-1"),
        ticket("escalated", 20, "T-1", level="management"),
        ticket("opened", 0, "T-2"),
        ticket("opened", 0, "T-3"),
        ticket("resolved", 10, "T-3"),
        ticket("escalated", 20, "T-3"),
        ticket("opened", 0, "T-4"),
    ]

    answer = lifetime(log)
    assert answer["tickets_escalated"] == 2
    assert answer["escalation_ratio"] == 0.5


def test_each_change_from_one_assignee_to_another_is_a_reassignment() -> None:
    log = [
        ticket("opened", 0, assignee="ann", team="first"),
        ticket("updated", 10, assignee="ann"),
        ticket("updated", 20, assignee="bob"),
        ticket("updated", 30, assignee=None),
        ticket("updated", 40, assignee="bob"),
        ticket("updated", 50, priority="high"),
        ticket("updated", 60, assignee="ann"),
    ]

    # ann to bob at 20, bob to ann at 60; the clearing at 30 does not forget bob.
    answer = lifetime(log)
    assert answer["ticket_reassignments"] == 2
    assert parts(answer, "ticket_reassignments") == {("first",): 2}


def test_the_first_assignment_is_no_reassignment() -> None:
    log = [
        ticket("updated", -10, assignee="eve"),
        ticket("opened", 0),
        ticket("updated", 10, assignee="ann"),
    ]

    assert lifetime(log)["ticket_reassignments"] == 0
