from __future__ import annotations

import pytest

from stream.desks.tickets.rules import FirstContactRule, TicketRules
from stream.windows.moments import DAY as DAY_IN_MICROSECONDS
from tests.unit.desks.tickets.ticket_log import DAY, HOUR, MINUTE, settled, ticket


def is_first_contact(*story: bytes, rule: FirstContactRule = "one_reply", days: int = 7) -> bool:
    """Whether a ticket that is resolved at the end of its story counts as resolved at first contact."""
    rules = TicketRules(first_contact_rule=rule, first_contact_quiet=days * DAY_IN_MICROSECONDS)
    worker = settled(ticket("opened", 0), *story, rules=rules)
    assert worker.count("tickets_resolved") == 1
    return worker.count("tickets_resolved_first_contact") == 1


def reply(minutes: float, author: str | None = "ann") -> bytes:
    """An agent's public reply."""
    return ticket("replied", minutes * MINUTE, actor="agent", author=author)


def solve(hours: float) -> bytes:
    """The ticket is solved."""
    return ticket("resolved", hours * HOUR)


def test_one_reply_before_the_resolution_is_first_contact() -> None:
    assert is_first_contact(reply(10), solve(1))


def test_no_reply_is_no_first_contact() -> None:
    assert not is_first_contact(solve(1))


def test_two_replies_are_no_first_contact_even_if_nobody_waited_for_the_second() -> None:
    assert not is_first_contact(reply(10), reply(11), solve(1))


@pytest.mark.parametrize("actor, visibility", [("agent", "internal"), ("bot", "public"), ("automation", "public")])
def test_notes_and_machines_do_not_spoil_the_first_contact(actor: str, visibility: str) -> None:
    words = ticket("replied", 20 * MINUTE, actor=actor, visibility=visibility)

    assert is_first_contact(reply(10), words, solve(1))


def test_a_reply_after_the_resolution_does_not_spoil_the_first_contact() -> None:
    assert is_first_contact(reply(10), solve(1), reply(90))


def test_a_reply_after_a_late_reopening_does_not_spoil_the_first_contact() -> None:
    story = reply(10), solve(1), ticket("reopened", 8 * DAY), reply(8 * 24 * 60 + 5), solve(8 * 24 + 1)

    assert is_first_contact(*story)


def test_a_reply_to_an_abandoned_ticket_counts_for_the_first_contact() -> None:
    story = ticket("abandoned", 60), reply(10), ticket("reopened", 20 * MINUTE), solve(1)

    assert is_first_contact(*story)


@pytest.mark.parametrize("seconds_to_seven_days, expected", [(-1, False), (0, True), (1, True)])
def test_a_reopening_within_seven_days_of_the_first_resolution_spoils_it(
    seconds_to_seven_days: float, *, expected: bool
) -> None:
    story = (
        reply(10),
        solve(1),
        ticket("reopened", HOUR + 7 * DAY + seconds_to_seven_days),
        solve(10 * 24),
    )

    assert is_first_contact(*story) is expected


def test_only_the_first_reopening_is_looked_at() -> None:
    story = reply(10), solve(1), ticket("reopened", 2 * HOUR), solve(3), ticket("reopened", 30 * DAY), solve(31 * 24)

    assert not is_first_contact(*story)


def test_a_ticket_reopened_after_the_quiet_time_counts_again_once_it_is_resolved_again() -> None:
    story = [ticket("opened", 0), reply(10), solve(1), ticket("reopened", 8 * DAY)]

    assert settled(*story).count("tickets_resolved_first_contact") == 0
    assert settled(*story, solve(9 * 24)).count("tickets_resolved_first_contact") == 1


def test_the_quiet_time_may_be_nothing() -> None:
    story = reply(10), solve(1), ticket("reopened", HOUR + 1), solve(2)

    assert is_first_contact(*story, days=0)


@pytest.mark.parametrize(
    "authors, expected",
    [
        (["ann"], True),
        (["ann", "ann", "ann"], True),
        (["ann", "bob"], False),
        (["ann", "bob", "ann"], False),
        ([None, None], True),
        ([None, "ann"], False),
        ([], False),
    ],
)
def test_one_agent_means_that_one_author_wrote_every_reply(authors: list[str | None], *, expected: bool) -> None:
    replies = [reply(10 + place, author) for place, author in enumerate(authors)]

    assert is_first_contact(*replies, solve(1), rule="one_agent") is expected


def test_another_agent_may_write_after_the_resolution() -> None:
    assert is_first_contact(reply(10, "ann"), solve(1), reply(90, "bob"), rule="one_agent")


@pytest.mark.parametrize("status, expected", [("pending", False), ("hold", True), ("open", True)])
def test_never_pending_means_no_status_of_pending(status: str, *, expected: bool) -> None:
    change = ticket("status_changed", 10 * MINUTE, status=status)

    assert is_first_contact(change, solve(1), rule="never_pending") is expected


def test_a_ticket_opened_as_pending_was_pending() -> None:
    worker = settled(
        ticket("opened", 0, status="pending"), solve(1), rules=TicketRules(first_contact_rule="never_pending")
    )

    assert worker.count("tickets_resolved_first_contact") == 0


def test_pending_after_the_first_resolution_does_not_matter() -> None:
    story = (
        solve(1),
        ticket("reopened", 8 * DAY),
        ticket("status_changed", 8 * DAY + 5, status="pending"),
        solve(9 * 24),
    )

    assert is_first_contact(*story, rule="never_pending")


@pytest.mark.parametrize("hours, expected", [(1, True), (24, True), (24.001, False)])
def test_closed_within_means_resolved_so_soon_after_the_opening(hours: float, *, expected: bool) -> None:
    assert is_first_contact(solve(hours), rule="closed_within") is expected
