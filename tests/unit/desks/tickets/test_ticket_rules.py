from __future__ import annotations

from stream.desks.tickets.rules import LONGEST_TIMELINE, TicketRules
from stream.state.rejection import Reason
from tests.kinds.tickets import TicketsUnder, ticket
from tests.kinds.worker import Worker, settled
from tests.moments import DAY, HOUR, office_hours


class TestAttributes:
    def test_gauges_move_with_the_labels(self) -> None:
        worker = settled(ticket("opened", 0, team="first"))
        worker.take(ticket("updated", 10, team="second"))

        view = worker.view().summary("tickets")
        assert [labels.team for labels in view.by_labels] == ["second"]
        assert [labels.team for labels, waiting in view.waiting.items() if waiting] == ["second"]


class TestBacklog:
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


def test_a_ticket_in_its_row_comes_back_under_the_same_rules_where_there_is_no_sla() -> None:
    worker = Worker(TicketsUnder(TicketRules(calendar=office_hours()), policies=None), hot=1)
    worker.take(ticket("opened", 0), ticket("replied", HOUR, actor="agent", author="ann"))
    for number in range(4):
        worker.take(ticket("opened", DAY, f"other-{number}"))
    worker.take(ticket("resolved", DAY))

    assert worker.seconds("agent_work_business_seconds") == (1, 8 * HOUR)
    assert worker.count("tickets_resolved_first_contact") == 1


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
