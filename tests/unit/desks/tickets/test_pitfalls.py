"""What others fell into: the pitfalls of the design's section on metrics, by their numbers there."""

from __future__ import annotations

from itertools import permutations

import pytest

from stream.desks.kinds import KINDS
from stream.desks.tickets.rules import TicketRules
from stream.metrics.catalogue import CATALOGUE, WINDOWED
from stream.state.measure import by_name
from stream.windows.sliding import WINDOWS
from tests.unit.desks.tickets.ticket_log import DAY, HOUR, MINUTE, Worker, office_hours, settled, survey, ticket
from tests.unit.metrics.scraping import scrape

MEASURES = by_name(measure for kind in KINDS for measure in kind.measures)


@pytest.mark.parametrize("actor", ["bot", "automation"])
def test_a_bots_reply_is_not_a_first_reply(actor: str) -> None:
    """Pitfall 1 (chatwoot#13181)."""
    worker = settled(
        ticket("opened", 0),
        ticket("replied", 5, actor=actor),
        ticket("replied", 20 * MINUTE, actor="agent"),
    )

    assert worker.seconds("first_reply_seconds") == (1, 20 * MINUTE)


def test_a_note_among_agents_is_not_a_first_reply() -> None:
    """Pitfall 1 (chatwoot#8477)."""
    worker = settled(
        ticket("opened", 0),
        ticket("replied", 5, actor="agent", visibility="internal"),
    )

    assert worker.count("first_reply_seconds") == 0
    assert worker.state()["open_cases"] == 1


def test_after_a_hand_off_the_first_reply_is_measured_from_the_hand_off() -> None:
    """Pitfall 1 (chatwoot#13417: the hand-off lost the clock)."""
    worker = settled(
        ticket("opened", 0),
        ticket("replied", 5, actor="bot"),
        ticket("replied", 2 * MINUTE, actor="customer"),
        ticket("handed_off", 10 * MINUTE),
        ticket("replied", 13 * MINUTE, actor="agent"),
    )

    assert worker.seconds("first_reply_seconds") == (1, 3 * MINUTE)


def test_a_reply_after_a_reopen_is_not_measured_from_before_it() -> None:
    """Pitfall 2 (chatwoot#11787: a reply time of 985 492 s)."""
    worker = settled(
        ticket("opened", 0),
        ticket("replied", HOUR, actor="agent"),
        ticket("resolved", 2 * HOUR),
        ticket("reopened", 11 * DAY, actor="customer"),
        ticket("replied", 11 * DAY + 8 * MINUTE, actor="agent"),
    )

    assert worker.seconds("first_reply_seconds") == (1, HOUR)
    assert worker.seconds("next_reply_seconds") == (1, 8 * MINUTE)


def test_a_ticket_that_a_bot_resolved_waits_from_its_reopening() -> None:
    """Pitfall 2 (chatwoot#12058: 5 days where it was 10 minutes)."""
    worker = settled(
        ticket("opened", 0),
        ticket("replied", 10, actor="bot"),
        ticket("resolved", 60, actor="bot"),
        ticket("replied", 5 * DAY, actor="customer"),
        ticket("status_changed", 5 * DAY + 1, status="open", actor="automation"),
        ticket("replied", 5 * DAY + 10 * MINUTE + 1, actor="agent"),
    )

    assert worker.seconds("first_reply_seconds") == (1, 10 * MINUTE)


def test_several_resolution_events_are_one_resolved_ticket() -> None:
    """Pitfall 3 (chatwoot#7293)."""
    worker = settled(
        ticket("opened", 0),
        ticket("resolved", HOUR),
        ticket("resolved", 2 * HOUR),
        ticket("status_changed", 3 * HOUR, status="solved"),
        ticket("status_changed", 4 * DAY, status="closed"),
    )

    assert worker.count("tickets_resolved") == 1
    assert worker.seconds("resolution_seconds") == (1, HOUR)
    assert worker.seconds("first_resolution_seconds") == (1, HOUR)


def test_a_ticket_resolved_twice_is_one_resolved_ticket() -> None:
    """Pitfall 3 (chatwoot#14871)."""
    worker = settled(
        ticket("opened", 0),
        ticket("resolved", HOUR),
        ticket("reopened", 2 * HOUR),
        ticket("resolved", 3 * HOUR),
        ticket("reopened", 4 * HOUR),
        ticket("resolved", 5 * HOUR),
    )

    window = worker.window()
    assert window["tickets_resolved"] == 1
    assert window["tickets_reopened"] == 1
    assert window["reopen_ratio"] == 1.0
    assert window["resolution_ratio"] == 1.0


def test_a_reopened_ticket_is_not_reported_resolved() -> None:
    """Pitfall 4 (zammad#3745)."""
    worker = settled(
        ticket("opened", 0),
        ticket("replied", MINUTE, actor="agent"),
        ticket("status_changed", HOUR, status="solved"),
        ticket("reopened", 2 * HOUR),
    )

    window = worker.window()
    assert window["tickets_resolved"] == 0
    assert window["tickets_resolved_first_contact"] == 0
    assert window["resolution_ratio"] == 0
    assert window["resolution_seconds"]["count"] == 0
    assert window["requester_wait_seconds"]["count"] == 0
    assert worker.state()["open_tickets"] == 1


def test_the_resolution_time_of_a_reopened_ticket_is_that_of_its_last_close() -> None:
    """Pitfall 4 (zammad#1937: the close time was that of the first close)."""
    worker = settled(
        ticket("opened", 0),
        ticket("resolved", HOUR),
        ticket("reopened", 2 * HOUR),
        ticket("resolved", 5 * HOUR),
    )

    assert worker.seconds("first_resolution_seconds") == (1, HOUR)
    assert worker.seconds("resolution_seconds") == (1, 5 * HOUR)


@pytest.mark.parametrize("order", [*permutations(range(4))])
def test_a_merged_ticket_counts_nowhere(order: tuple[int, ...]) -> None:
    """Pitfall 5 (zammad#1741, #904; dbt_zendesk#100), in whatever order its events come."""
    events = (
        ticket("opened", 0),
        ticket("escalated", HOUR),
        ticket("merged", 2 * HOUR, into="T-2"),
        ticket("replied", 3 * HOUR, actor="agent"),
    )
    worker = Worker()
    for place in order:
        worker.take(events[place])

    numbers = worker.numbers()
    assert all(not window["parts"] for window in numbers["windows"].values())
    assert numbers["state"]["open_tickets"] == 0
    assert numbers["state"]["open_cases"] == 0
    assert numbers["state"]["tickets_without_opening"] == 0


def test_a_closing_thank_you_keeps_no_clock_running() -> None:
    """Pitfall 6 (chatwoot#10178)."""
    worker = settled(
        ticket("opened", 0),
        ticket("replied", MINUTE, actor="agent"),
        ticket("resolved", HOUR),
        ticket("replied", 2 * HOUR, actor="customer"),
        ticket("replied", 5 * HOUR, actor="agent"),
        ticket("status_changed", 4 * DAY, status="closed"),
    )

    assert worker.count("next_reply_seconds") == 0
    assert worker.state()["open_cases"] == 0


def test_a_wait_ends_with_the_resolution() -> None:
    """Pitfall 6 (chatwoot#15024: a miss grew after the resolve)."""
    worker = settled(
        ticket("opened", 0),
        ticket("replied", MINUTE, actor="agent"),
        ticket("replied", HOUR, actor="customer"),
        ticket("resolved", 2 * HOUR),
        ticket("reopened", 3 * HOUR, actor="agent"),
        ticket("replied", 9 * HOUR, actor="agent"),
    )

    assert worker.count("next_reply_seconds") == 0


def test_time_on_hold_is_taken_in_the_same_hours_as_the_rest() -> None:
    """Pitfall 7 (frappe/helpdesk#2484: hold in calendar time was subtracted from business time)."""
    worker = Worker(TicketRules(calendar=office_hours()))
    worker.take(
        ticket("opened", "2024-03-04T16:00:00Z"),
        ticket("status_changed", "2024-03-04T16:30:00Z", status="hold"),
        ticket("status_changed", "2024-03-05T09:30:00Z", status="open"),
        ticket("resolved", "2024-03-05T10:00:00Z"),
    )

    assert worker.seconds("on_hold_seconds") == (1, 17 * HOUR)
    assert worker.seconds("on_hold_business_seconds") == (1, HOUR)
    assert worker.seconds("agent_work_business_seconds") == (1, HOUR)
    assert worker.seconds("requester_wait_business_seconds") == (1, 2 * HOUR)


@pytest.mark.parametrize(
    "moment, day",
    [
        ("2024-03-30T22:59:59.999999Z", "2024-03-30"),
        ("2024-03-30T23:00:00Z", "2024-03-31"),
        ("2024-03-31T21:59:59.999999Z", "2024-03-31"),
        ("2024-03-31T22:00:00Z", "2024-04-01"),
        ("2024-10-26T21:59:59.999999Z", "2024-10-26"),
        ("2024-10-26T22:00:00Z", "2024-10-27"),
        ("2024-10-27T22:59:59.999999Z", "2024-10-27"),
        ("2024-10-27T23:00:00Z", "2024-10-28"),
    ],
)
def test_a_day_runs_from_local_midnight_to_local_midnight_when_the_clocks_change(moment: str, day: str) -> None:
    """Pitfall 8 (chatwoot#4028: days bounded in the server's time)."""
    worker = Worker(zone="Europe/Berlin")
    worker.take(ticket("opened", moment))

    assert worker.days("tickets_opened") == {day: 1}


@pytest.mark.parametrize(
    "opened, replied, business",
    [
        ("2024-03-29T16:00:00+01:00", "2024-04-01T10:00:00+02:00", 2 * HOUR),
        ("2024-10-25T16:00:00+02:00", "2024-10-28T10:00:00+01:00", 2 * HOUR),
    ],
)
def test_business_time_keeps_to_the_wall_clock_when_the_clocks_change(
    opened: str, replied: str, business: float
) -> None:
    """Pitfall 8 (chatwoot#2882: fixed offsets break)."""
    worker = Worker(TicketRules(calendar=office_hours("Europe/Berlin")))
    worker.take(ticket("opened", opened), ticket("replied", replied, actor="agent"))

    assert worker.seconds("first_reply_business_seconds") == (1, business)


def test_overnight_and_split_shifts_count() -> None:
    """Pitfall 9 (chatwoot#5254; frappe/helpdesk#2212)."""
    worker = Worker(TicketRules(calendar=office_hours(shifts=[(8, 12), (14, 16), (22, 30)])))
    worker.take(
        ticket("opened", "2024-03-04T11:00:00Z"),
        ticket("replied", "2024-03-05T09:00:00Z", actor="agent"),
    )

    assert worker.seconds("first_reply_business_seconds") == (1, (1 + 2 + 8 + 1) * HOUR)


@pytest.mark.parametrize("order", [(0, 1, 2), (0, 2, 1)])
def test_a_reply_and_pending_in_one_action_are_a_first_reply(order: tuple[int, ...]) -> None:
    """Pitfall 11 (zammad#3551)."""
    events = (
        ticket("opened", 0),
        ticket("replied", HOUR, actor="agent"),
        ticket("status_changed", HOUR, status="pending", actor="agent"),
    )
    worker = settled(*(events[place] for place in order))

    assert worker.seconds("first_reply_seconds") == (1, HOUR)
    assert worker.state()["open_cases"] == 0


def test_a_reply_and_a_solve_in_one_action_are_a_reply_first() -> None:
    """Pitfall 11."""
    worker = settled(
        ticket("opened", 0),
        ticket("status_changed", HOUR, status="solved"),
        ticket("replied", HOUR, actor="agent"),
    )

    assert worker.seconds("first_reply_seconds") == (1, HOUR)
    assert worker.count("tickets_resolved_first_contact") == 1


@pytest.mark.parametrize(
    "opening", [{"actor": "agent"}, {"actor": "automation"}, {"actor": "bot"}, {"visibility": "internal"}]
)
def test_nobody_waits_for_an_answer_to_a_ticket_that_no_customer_opened_in_public(opening: dict[str, str]) -> None:
    """Pitfall 13 (dbt_zendesk#273)."""
    worker = settled(
        ticket("opened", 0, **opening),
        ticket("replied", HOUR, actor="agent"),
        ticket("replied", 2 * HOUR, actor="customer"),
        ticket("replied", 2 * HOUR + 90, actor="agent"),
    )

    assert worker.seconds("first_reply_seconds") == (1, 90)
    assert worker.count("next_reply_seconds") == 0


@pytest.mark.parametrize("order", [*permutations(range(4))])
def test_duplicates_and_disorder_change_nothing(order: tuple[int, ...]) -> None:
    """Pitfall 14 (chatwoot#11901, #7402, #15235)."""
    events = (
        ticket("opened", 0, channel="email"),
        ticket("replied", HOUR, actor="agent"),
        ticket("updated", 2 * HOUR, channel="chat"),
        ticket("resolved", 3 * HOUR),
    )
    expected = settled(*events).numbers()
    worker = Worker()
    outcomes = [worker.take(events[place], events[order[0]]) for place in order]

    assert worker.numbers() == expected
    assert sum(outcome.applied for outcome in outcomes) == len(events)
    assert sum(outcome.duplicates for outcome in outcomes) == len(events)


def test_the_catalogue_defines_each_name_once() -> None:
    """Pitfall 15 (chatwoot#14141: two screens with contradictory averages)."""
    names = [metric.name for metric in CATALOGUE]

    assert len(set(names)) == len(names)
    assert len({metric.definition for metric in CATALOGUE}) == len(names)
    assert [metric.measure for metric in WINDOWED] == list(MEASURES)


def test_the_numbers_in_json_are_those_of_the_metrics() -> None:
    """Pitfall 15: JSON and /metrics are two views of the same sums."""
    worker = settled(
        ticket("opened", 0, channel="email", priority="high", category="complaint", team="first"),
        ticket("replied", 100, actor="agent", author="ann"),
        ticket("replied", HOUR, actor="customer"),
        ticket("replied", HOUR + 10, actor="agent", author="ann"),
        ticket("updated", HOUR + 20, assignee="ann"),
        ticket("updated", HOUR + 30, assignee="bob"),
        ticket("escalated", HOUR + 40),
        ticket("resolved", 2 * HOUR),
        ticket("reopened", 3 * HOUR),
        ticket("resolved", 4 * HOUR),
        ticket("opened", DAY, "T-2", channel="chat"),
        ticket("replied", DAY + 30, "T-2", actor="agent"),
        ticket("resolved", DAY + 60, "T-2"),
        ticket("opened", 2 * DAY, "T-3", channel="chat"),
        ticket("abandoned", 2 * DAY + 60, "T-3"),
    )
    worker.take_surveys(
        survey("sent", DAY, survey="nps", channel="email"),
        survey("responded", 2 * DAY, survey="nps", scale="0-10", score=10),
        survey("responded", 2 * DAY + 59, "S-2", survey="nps", scale="0-10", score=3),
    )
    families = scrape(worker.view).families
    exported = {
        (metric.measure, sample.name.removeprefix(metric.name), frozenset(sample.labels.items())): sample.value
        for metric in WINDOWED
        for sample in families[metric.name].samples
        if sample.labels.get("le", "+Inf") == "+Inf"
    }

    expected: dict[tuple[str, str, frozenset[tuple[str, str]]], float] = {}
    for window in WINDOWS:
        for measure, parts in worker.window(window.name)["parts"].items():
            for part in parts:
                labels = frozenset({**part["labels"], "window": window.name}.items())
                if MEASURES[measure].duration:
                    expected[measure, "_gcount", labels] = part["count"]
                    expected[measure, "_gsum", labels] = part["sum"]
                    expected[measure, "_bucket", labels | {("le", "+Inf")}] = part["count"]
                else:
                    expected[measure, "", labels] = part["count"]

    assert exported == expected
    assert {measure for measure, _, _ in exported} == set(worker.window()["parts"])
