from __future__ import annotations

import pytest

from tests.oracle import OracleSettings, SlaAnswer, TicketSettings, compute, compute_sla
from tests.oracle.moments import EPOCH, MICROSECOND
from tests.oracle.sla import SlaLabels
from tests.oracle.sla_policies import Policies, Policy, TargetRule
from tests.unit.oracle.event_log import DAY, HOUR, MINUTE, at, ticket

WINDOWS = ("5m", "1h", "24h", "7d", "30d", "lifetime")
SECOND = 1_000_000


def policies_of(**hours: float) -> Policies:
    """One policy for urgent tickets and one for all others, with these targets in hours; urgent ones have half."""
    spans = {metric: round(span * HOUR * SECOND) for metric, span in hours.items()}
    return (
        Policy(
            "urgent",
            {"priority": frozenset({"urgent"})},
            {metric: TargetRule(span // 2) for metric, span in spans.items()},
        ),
        Policy("rest", {}, {metric: TargetRule(span) for metric, span in spans.items()}),
    )


def moment(seconds: float) -> int:
    return (at(seconds) - EPOCH) // MICROSECOND


def asked(*events: bytes, seconds: float, **hours: float) -> SlaAnswer:
    return compute_sla(events, policies_of(**hours), moment(seconds))


def ended(*events: bytes, **hours: float) -> dict[str, dict[tuple[str, ...], int]]:
    """The endings over all time by channel, policy, priority, sla and team."""
    terms = OracleSettings(TicketSettings(policies=policies_of(**hours)))
    parts = compute(events, settings=terms)["windows"]["lifetime"]["parts"]
    return {
        outcome: {
            tuple(value for _, value in sorted(part["labels"].items())): part["count"]
            for part in parts.get(f"sla_ended_{outcome}", [])
        }
        for outcome in ("in_time", "late")
    }


def test_an_ending_counts_at_its_moment() -> None:
    log = [
        ticket("opened", -2 * DAY),
        ticket("replied", -30 * MINUTE, actor="agent"),
        ticket("opened", -2 * HOUR, "T-2"),
        ticket("replied", -1 * MINUTE, "T-2", actor="agent"),
    ]

    terms = OracleSettings(TicketSettings(policies=policies_of(first_reply=8)))
    windows = compute(log, now=at(0), settings=terms)["windows"]
    in_time = [windows[name]["parts"].get("sla_ended_in_time", []) for name in WINDOWS]
    late = [windows[name]["parts"].get("sla_ended_late", []) for name in WINDOWS]
    labels = {"channel": "none", "policy": "rest", "priority": "none", "sla": "first_reply", "team": "none"}
    assert in_time == [[{"labels": labels, "count": 1}]] * 6
    assert late == [[]] + [[{"labels": labels, "count": 1}]] * 5


def test_without_policies_nothing_is_counted() -> None:
    parts = compute([ticket("opened", 0), ticket("replied", 1, actor="agent")])["windows"]["lifetime"]["parts"]

    assert not any(measure.startswith("sla") for measure in parts)


def test_endings_have_the_tickets_current_labels_and_the_policy_of_their_end() -> None:
    log = [
        ticket("opened", 0, channel="email", priority="urgent", team="first"),
        ticket("replied", MINUTE, actor="agent"),
        ticket("updated", 2 * MINUTE, channel="chat", priority="low", team=None),
    ]

    assert ended(*log, first_reply=1) == {"in_time": {("chat", "urgent", "low", "first_reply", "none"): 1}, "late": {}}


@pytest.mark.parametrize(
    "end, in_time, late",
    [
        (ticket("replied", MINUTE, actor="agent"), 1, 0),
        (ticket("replied", HOUR, actor="agent"), 1, 0),
        (ticket("replied", HOUR + 1, actor="agent"), 0, 1),
        (ticket("resolved", MINUTE), 0, 0),
        (ticket("resolved", HOUR + 1), 0, 1),
        (ticket("abandoned", MINUTE), 0, 0),
        (ticket("abandoned", HOUR + 1), 0, 1),
        (ticket("status_changed", HOUR + 1, status="closed"), 0, 1),
        (ticket("handed_off", HOUR + 1), 0, 0),
        (ticket("merged", HOUR + 1, into="T-2"), 0, 0),
    ],
)
def test_an_ending_is_in_time_late_or_of_no_account(end: bytes, in_time: int, late: int) -> None:
    counted = ended(ticket("opened", 0), end, first_reply=1)

    assert sum(counted["in_time"].values()) == in_time
    assert sum(counted["late"].values()) == late


def test_what_ended_before_a_merge_counts_no_more() -> None:
    log = [ticket("opened", 0), ticket("replied", MINUTE, actor="agent"), ticket("merged", HOUR, into="T-2")]

    assert ended(*log, first_reply=1) == {"in_time": {}, "late": {}}


def test_each_open_clock_is_counted_in_one_state() -> None:
    log = [
        ticket("opened", 0, "T-1"),
        ticket("opened", 0, "T-2", status="pending"),
        ticket("opened", 0, "T-3", channel="email", priority="urgent"),
        ticket("opened", 20 * MINUTE, "T-4", channel="email", priority="urgent"),
        ticket("opened", 0, "T-5"),
        ticket("resolved", MINUTE, "T-5"),
        ticket("opened", 0, "T-6"),
        ticket("merged", MINUTE, "T-6", into="T-1"),
    ]

    answer = asked(*log, seconds=45 * MINUTE, requester_wait=1)
    rest = SlaLabels("rest", "requester_wait", "none", "none", "none")
    urgent = SlaLabels("urgent", "requester_wait", "email", "urgent", "none")
    assert answer.counts == {
        "active": {rest: 1},
        "paused": {rest: 1},
        "at_risk": {urgent: 1},
        "breached": {urgent: 1},
    }
    assert answer.next_deadlines == {
        ("rest", "requester_wait"): moment(HOUR),
        ("urgent", "requester_wait"): moment(50 * MINUTE),
    }


def test_a_transition_tells_what_the_clock_shows() -> None:
    log = [
        ticket("opened", 0, priority="urgent"),
        ticket("status_changed", 10 * MINUTE, status="pending"),
        ticket("status_changed", 30 * MINUTE, status="open"),
        ticket("resolved", 55 * MINUTE),
    ]

    answer = asked(*log, seconds=2 * HOUR, requester_wait=1)
    told = [
        (one.kind, one.time, one.policy, one.target, one.elapsed, one.due, one.reason) for one in answer.transitions
    ]
    span = 30 * MINUTE * SECOND
    warned_at, due_at = moment(42.5 * MINUTE), moment(50 * MINUTE)
    assert told == [
        ("activate", moment(0), "urgent", span, 0, moment(30 * MINUTE), None),
        ("pause", moment(10 * MINUTE), "urgent", span, 10 * MINUTE * SECOND, None, None),
        ("resume", moment(30 * MINUTE), "urgent", span, 10 * MINUTE * SECOND, due_at, None),
        ("at_risk", warned_at, "urgent", span, round(22.5 * MINUTE) * SECOND, due_at, None),
        ("breach", due_at, "urgent", span, span, None, None),
        ("fulfil", moment(55 * MINUTE), "urgent", span, 35 * MINUTE * SECOND, None, None),
    ]
    assert answer.transitions[0].id == f"T-1/requester_wait/1/activate/{moment(0)}"


def test_transitions_of_one_moment_have_an_order() -> None:
    log = [
        ticket("opened", 0, priority="low"),
        ticket("updated", 40 * MINUTE, priority="urgent"),
        ticket("status_changed", 40 * MINUTE, status="pending"),
        ticket("resolved", 40 * MINUTE),
    ]

    answer = asked(*log, seconds=HOUR, requester_wait=1)
    assert [one.kind for one in answer.transitions] == ["activate", "breach", "pause", "fulfil"]


def test_the_event_clock_is_the_highest_event_time() -> None:
    log = [ticket("opened", 0), ticket("opened", HOUR, "T-2"), ticket("opened", HOUR + 1, "T-3", actor="agent")]

    before = compute_sla(log[:2], policies_of(first_reply=1))
    after = compute_sla(log, policies_of(first_reply=1))
    assert [clock.state for clock in before.clocks] == ["at_risk", "active"]
    assert [clock.state for clock in after.clocks] == ["breached", "active"]
