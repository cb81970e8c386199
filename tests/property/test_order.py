from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from stream.desks.tickets.decoding import decode
from stream.desks.tickets.rules import FirstContactRule, TicketRules
from stream.desks.tickets.ticket import TicketState
from stream.state.rows import ENTITY
from stream.windows.clock import Clock, EventClock, WallClock
from stream.windows.moments import to_microseconds
from tests.kinds.tickets import TicketsUnder, desk_of, tickets_of
from tests.kinds.worker import Worker
from tests.moments import office_hours
from tests.property.histories import (
    INVALID_RECORDS,
    Delivery,
    deliveries,
    merges_of,
    moment,
    offsets,
    survey_logs,
    ticket_logs,
)
from tests.property.pictures import picture, slots_of, summed, take_delivery

SUBJECTS = ("T-1", "T-2", "T-3")

first_contact_rules: st.SearchStrategy[FirstContactRule] = st.sampled_from(
    ["one_reply", "one_agent", "never_pending", "closed_within"]
)
rules_of_tickets = st.builds(
    TicketRules,
    first_contact_rule=first_contact_rules,
    calendar=st.sampled_from([None, office_hours("Europe/Berlin", shifts=[(8, 12), (22, 29)])]),
)


def clock_at(seconds: float | None) -> Clock:
    """A wall clock that has stopped there, or an event clock."""
    if seconds is None:
        return EventClock()
    now = to_microseconds(moment(seconds)) * 1_000
    return WallClock(lambda: now)


@given(st.data(), ticket_logs(), rules_of_tickets, st.none() | offsets)
def test_any_order_and_any_repetition_of_tickets_events_give_the_same_numbers(
    data: st.DataObject, log: list[bytes], rules: TicketRules, now: float | None
) -> None:
    straight = Worker(TicketsUnder(rules), clock=clock_at(now), zone="Europe/Berlin")
    expected_rows = take_delivery(straight.tickets, Delivery((tuple(log),))).entities()
    expected = picture(straight, straight.tickets)

    delivery = data.draw(deliveries(log, extra=INVALID_RECORDS[:4]))
    worker = Worker(TicketsUnder(rules), clock=clock_at(now), zone="Europe/Berlin")
    changelog = take_delivery(worker.tickets, delivery, row_bytes=data.draw(st.sampled_from([1, 600, 1_000_000])))

    assert picture(worker, worker.tickets) == expected
    assert changelog.entities() == expected_rows
    assert worker.numbers() == straight.numbers()


@given(st.data(), survey_logs(), st.none() | offsets)
def test_any_order_and_any_repetition_of_surveys_events_give_the_same_numbers(
    data: st.DataObject, log: list[bytes], now: float | None
) -> None:
    straight = Worker(clock=clock_at(now))
    expected_rows = take_delivery(straight.states["surveys"], Delivery((tuple(log),))).entities()
    expected = picture(straight, straight.states["surveys"])

    worker = Worker(clock=clock_at(now))
    changelog = take_delivery(worker.states["surveys"], data.draw(deliveries(log, extra=INVALID_RECORDS)))

    assert picture(worker, worker.states["surveys"]) == expected
    assert changelog.entities() == expected_rows
    assert worker.numbers() == straight.numbers()


@given(st.data(), ticket_logs(), rules_of_tickets)
def test_what_is_added_step_by_step_equals_what_a_replay_from_scratch_adds(
    data: st.DataObject, log: list[bytes], rules: TicketRules
) -> None:
    desk = desk_of(Worker(TicketsUnder(rules)).tickets)
    for value in data.draw(deliveries(log)).records:
        event = decode(value)
        desk.apply(event, to_microseconds(event.time))
        desk.rows.write(list(desk.dirty_rows()))

        replayed = [entry for _, value in desk.rows.scan(ENTITY) for entry in desk.contributions_in(value)]
        assert summed(desk.contributions) == summed(replayed)
        for ticket in tickets_of(desk).values():
            fresh = TicketState()
            fresh.replay(ticket.timeline, ticket.series, rules, [])
            assert slots_of(ticket) == slots_of(fresh)


@given(st.data(), ticket_logs(merges=False), rules_of_tickets, st.none() | offsets)
def test_nothing_is_left_once_every_ticket_was_merged(
    data: st.DataObject, log: list[bytes], rules: TicketRules, now: float | None
) -> None:
    worker = Worker(TicketsUnder(rules), clock=clock_at(now))
    take_delivery(worker.tickets, data.draw(deliveries([*log, *merges_of(SUBJECTS)])))

    found = picture(worker, worker.tickets)
    assert all(not sums for sums in found["windows"].values())
    assert found["days"] == {}
    assert found["open"] == {}
    assert found["waiting"] == {}
    assert found["without opening"] == 0
    assert not any(worker.window(name)["parts"] for name in found["windows"])
