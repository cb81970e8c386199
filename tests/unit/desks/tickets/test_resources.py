"""What a worker answers about SLA clocks as JSON, whole."""

from __future__ import annotations

from typing import Any, Final

import pytest

from stream.desks.tickets.desk import TicketDesk
from stream.desks.tickets.resources import SLA
from stream.desks.tickets.sla.policy import Policies, Policy, SlaMetric, Target
from stream.state.partition import PartitionState
from stream.state.resource import UnknownEntityError
from stream.windows.clock import WallClock
from stream.windows.moments import HOUR
from tests.kinds.tickets import TicketsUnder, ticket
from tests.kinds.worker import Worker
from tests.moments import MINUTE, microseconds

POLICIES: Final = Policies(
    [
        Policy(
            "gold",
            {"customer_tier": frozenset({"gold", "platinum"})},
            {SlaMetric.FIRST_REPLY: Target.of(SlaMetric.FIRST_REPLY, HOUR)},
        ),
        Policy(
            "all",
            {},
            {
                SlaMetric.FIRST_REPLY: Target.of(SlaMetric.FIRST_REPLY, HOUR // 2),
                SlaMetric.REQUESTER_WAIT: Target.of(SlaMetric.REQUESTER_WAIT, 2 * HOUR),
            },
        ),
    ]
)
NOW: Final = microseconds(50 * MINUTE)


def worker_under(policies: Policies | None) -> Worker:
    worker = Worker(TicketsUnder(policies=policies), clock=WallClock(lambda: NOW * 1_000))
    worker.take(
        ticket("opened", 0, channel="email", priority="high", category="billing", team="first", customer_tier="silver"),
        ticket("status_changed", 10 * MINUTE, status="pending"),
        ticket("status_changed", 30 * MINUTE, status="open"),
        ticket("replied", 40 * MINUTE, actor="agent", author="ann"),
    )
    worker.tickets.went_out(len(worker.tickets.advance(caught_up=True).outgoing))
    return worker


def explained(worker: Worker, subject: str, *others: PartitionState) -> dict[str, Any]:
    assert SLA.find is not None
    view = worker.view(*others)
    return SLA.find([state.desk for state in (*others, worker.tickets)], view, {"ticket": subject})


def test_a_ticket_is_explained_with_its_policies_and_its_clocks() -> None:
    worker = worker_under(POLICIES)

    assert explained(worker, "T-1", worker.new_state("tickets")) == {
        "ticket": "T-1",
        "now": "2024-03-04T12:50:00Z",
        "attributes": {
            "channel": "email",
            "priority": "high",
            "category": "billing",
            "team": "first",
            "customer_tier": "silver",
        },
        "policies": [
            {"policy": "gold", "failing": "customer_tier", "found": "silver", "wanted": ["gold", "platinum"]},
            {"policy": "all", "failing": None, "found": None, "wanted": []},
        ],
        "clocks": [
            {
                "sla": "first_reply",
                "number": 1,
                "state": "fulfilled",
                "policy": "all",
                "target_seconds": 1_800.0,
                "elapsed_seconds": 2_400.0,
                "due": None,
                "breached_at": "2024-03-04T12:30:00Z",
                "begun": "2024-03-04T12:00:00Z",
                "ended": "2024-03-04T12:40:00Z",
                "reason": None,
                "stretches": [
                    stretch("12:00", "12:22:30", 1_350, "at_risk"),
                    stretch("12:22:30", "12:30", 450, "breach"),
                    stretch("12:30", "12:40", 600, "fulfil"),
                ],
            },
            {
                "sla": "requester_wait",
                "number": 1,
                "state": "active",
                "policy": "all",
                "target_seconds": 7_200.0,
                "elapsed_seconds": 1_800.0,
                "due": "2024-03-04T14:20:00Z",
                "breached_at": None,
                "begun": "2024-03-04T12:00:00Z",
                "ended": None,
                "reason": None,
                "stretches": [
                    stretch("12:00", "12:10", 600, "pause"),
                    stretch("12:10", "12:30", 0, "resume"),
                    stretch("12:30", "12:50", 1_200, "now"),
                ],
            },
        ],
    }


def stretch(start: str, end: str, counted: float, ended_by: str) -> dict[str, Any]:
    """A stretch between two times of the day, which runs if any of it counts."""
    first, last = (f"2024-03-04T{time}:00Z" if time.count(":") == 1 else f"2024-03-04T{time}Z" for time in (start, end))
    return {"start": first, "end": last, "running": counted > 0, "counted_seconds": counted, "ended_by": ended_by}


@pytest.mark.parametrize("policies, subject", [(POLICIES, "T-404"), (None, "T-1")], ids=["no ticket", "no SLA"])
def test_what_has_no_clocks_here_is_asked_for_elsewhere(policies: Policies | None, subject: str) -> None:
    with pytest.raises(UnknownEntityError, match="no ticket with this id, or has no SLA clocks") as raised:
        explained(worker_under(policies), subject)

    assert raised.value.asked == {"ticket": subject}


def test_the_clocks_of_all_tickets_are_counted_with_the_nearest_deadline() -> None:
    worker = worker_under(POLICIES)
    view = worker.view()

    assert SLA.content(SLA.look([worker.desk(TicketDesk)], view), None) == {
        "now": "2024-03-04T12:50:00Z",
        "clocks": [
            {
                "policy": "all",
                "sla": "requester_wait",
                "channel": "email",
                "priority": "high",
                "team": "first",
                "state": "active",
                "count": 1,
            }
        ],
        "next_deadlines": [{"policy": "all", "sla": "requester_wait", "due": "2024-03-04T14:20:00Z"}],
    }
