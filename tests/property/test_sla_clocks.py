from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from stream.desks.tickets.sla.agenda import ClockKey, Place, places_of
from stream.desks.tickets.sla.policy import Policies, Policy, SlaMetric, Target, TargetChoice
from stream.desks.tickets.sla.ticket_sla import TicketSla
from stream.desks.tickets.timeline import HOLD
from stream.state.outbox import Outgoing
from stream.state.partition import Outcome, PartitionState
from stream.windows.clock import WallClock
from stream.windows.moments import DAY, HOUR, MINUTE, to_microseconds
from tests.kinds.tickets import TicketsUnder, desk_of, tickets_of
from tests.kinds.worker import Worker, records_of
from tests.moments import office_hours
from tests.property.histories import deliveries, moment, offsets, ticket_logs
from tests.property.pictures import LATE_ENOUGH, Changelog, picture
from tests.published import published_in

OFFICE = office_hours("Europe/Berlin", shifts=[(8, 12), (22, 29)])


def in_order(*policies: Policy) -> Policies:
    """Policies to be tried in this order."""
    return Policies(policies)


def all_policies() -> Policies:
    """Policies that differ in every way that matters."""
    gold = Policy(
        "gold",
        {"customer_tier": frozenset({"gold"})},
        {
            SlaMetric.FIRST_REPLY: Target.of(SlaMetric.FIRST_REPLY, MINUTE),
            SlaMetric.RESOLUTION: Target.of(SlaMetric.RESOLUTION, HOUR, pauses=frozenset({HOLD})),
        },
    )
    urgent = Policy(
        "urgent",
        {"priority": frozenset({"urgent", "high"})},
        {metric: Target.of(metric, 5 * HOUR, OFFICE) for metric in SlaMetric},
    )
    chat = Policy("chat", {"channel": frozenset({"chat"})}, {})
    rest = Policy(
        "rest",
        {},
        {
            SlaMetric.FIRST_REPLY: Target.of(SlaMetric.FIRST_REPLY, HOUR, warning=0),
            SlaMetric.NEXT_REPLY: Target.of(SlaMetric.NEXT_REPLY, 5 * MINUTE),
            SlaMetric.PERIODIC_UPDATE: Target.of(SlaMetric.PERIODIC_UPDATE, DAY),
            SlaMetric.REQUESTER_WAIT: TargetChoice("team", {"first": Target.of(SlaMetric.REQUESTER_WAIT, 8 * HOUR)}),
            SlaMetric.AGENT_WORK: Target.of(SlaMetric.AGENT_WORK, 30 * DAY, OFFICE),
        },
    )
    return in_order(gold, urgent, chat, rest)


class Case:
    """A worker whose clock is set by hand, and all that it has announced."""

    def __init__(self, hot: int) -> None:
        self.now = to_microseconds(moment(0))
        self.worker = Worker(TicketsUnder(policies=all_policies()), clock=WallClock(lambda: self.now * 1_000), hot=hot)
        self.state: PartitionState = self.worker.tickets
        self.changelog = Changelog()
        self.told: list[Outgoing] = []

    def take(self, batch: Iterable[bytes]) -> None:
        """Take a batch in."""
        records = records_of(batch, self.state.applied_offset + 1)
        self._keep(self.state.take_in(records, wall_now=LATE_ENOUGH, row_bytes=1_000_000))

    def advance(self, now: int) -> None:
        """Let the time pass."""
        self.now = max(self.now, now)
        more = True
        while more:
            outcome = self.state.advance(caught_up=True)
            more = outcome.more
            self._keep(outcome)

    def restart(self) -> None:
        """Start anew from the changelog; what was announced last is announced again."""
        state = self.worker.new_state("tickets")
        state.load(self.changelog.rows())
        state.loaded()
        if self.changelog.rows():
            assert {*state.unsent} <= {*self.told}
        self.state = state

    @property
    def sla(self) -> TicketSla:
        """The SLA of the tickets."""
        sla = desk_of(self.state).sla
        assert sla is not None
        return sla

    def _keep(self, outcome: Outcome) -> None:
        self.told += outcome.outgoing
        if outcome.rows:
            self.changelog.append(outcome)


def standing(told: Iterable[Outgoing]) -> Counter[str]:
    """The ids of what was announced and not taken back; none is announced twice in a row."""
    found: Counter[str] = Counter()
    for one in published_in(told):
        found[one.told] += 1 if one.retracts is None else -1
        assert set(found.values()) <= {0, 1}
    return +found


def _warned_due(place: Place) -> int:
    """The deadline of a clock, by the moment at which it will be at risk."""
    assert place.lane is not None
    return place.moment + place.lane.target.warning


def check(case: Case) -> None:
    """What the steps have led to is what the timelines say."""
    sla, desk = case.sla, desk_of(case.state)
    agenda = desk.agenda
    assert agenda is not None
    expected: Counter[str] = Counter()
    counts: Counter[ClockKey] = Counter()
    places = []
    for subject, ticket in tickets_of(desk).items():
        transitions = sla.transitions_of(ticket.timeline, ticket.history, ticket.series)
        identifiers = [transition.identifier(subject) for transition in transitions]
        assert len(set(identifiers)) == len(identifiers)
        assert [transition.time for transition in transitions] == sorted(one.time for one in transitions)
        expected.update(identifiers)
        fresh = sla.places_of(ticket.timeline, ticket.history, ticket.series)
        assert ticket.places == fresh == places_of(ticket.clocks.open, ticket.series)
        counts.update(place.key for place in fresh)
        places += fresh
    assert standing(case.told) == expected
    assert agenda.counts == counts
    # A clock that begins within the warning of its deadline is at risk with the next turn of the timer.
    about_to = [place for place in places if place.lane and place.lane.warning and place.due != _warned_due(place)]
    if not about_to:
        dues = [place.due for place in places if place.due is not None and place.lane is not None]
        assert min((due for _, _, due in agenda.deadlines()), default=None) == min(dues, default=None)


actions = st.one_of(st.just("restart"), st.just("take"), st.just("take"), offsets)


@given(st.data(), ticket_logs(), st.sampled_from([1, 1_000]), st.lists(actions, max_size=12))
def test_steps_turns_of_the_timer_and_restarts_lead_to_what_the_timelines_say(
    data: st.DataObject, log: list[bytes], hot: int, plan: list[Any]
) -> None:
    case = Case(hot)
    batches = list(data.draw(deliveries(log)).batches)
    for action in plan:
        if action == "restart":
            case.restart()
        elif action != "take":
            case.advance(to_microseconds(moment(action)))
        elif batches:
            case.take(batches.pop(0))
        check(case)
    for batch in batches:
        case.take(batch)
    check(case)
    case.advance(to_microseconds(moment(100 * 86_400)))
    check(case)


@given(st.data(), ticket_logs())
def test_what_ended_in_time_and_late_is_the_same_in_any_order_and_after_a_restart(
    data: st.DataObject, log: list[bytes]
) -> None:
    straight = Case(1_000)
    straight.take(log)
    expected = picture(straight.worker, straight.state)

    case = Case(1)
    for batch in data.draw(deliveries(log)).batches:
        case.take(batch)
    assert picture(case.worker, case.state) == expected
    case.restart()
    assert picture(case.worker, case.state) == expected
