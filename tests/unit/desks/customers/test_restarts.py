"""When a checkpoint of customers is gone on from."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from stream.desks.customers.definition import CUSTOMERS
from stream.settings.settings import new_settings
from stream.state.fingerprint import fingerprint
from stream.state.labels import LabelBounds
from stream.state.rows import ENTITY, Row
from tests.kinds.customers import customer
from tests.kinds.tickets import ticket
from tests.kinds.worker import Worker
from tests.moments import DAY, HOUR

LIMIT = 5
LOG = (
    customer("acquired", 0, "U-1", source="search"),
    customer("subscription_started", 0, "U-1"),
    customer("interacted", 2 * HOUR, "U-1"),
    customer("stage_entered", 0, "U-1", journey_stage="awareness"),
    customer("stage_entered", DAY, "U-1", journey_stage="decision"),
    customer("subscription_started", 0, "U-2"),
    customer("subscription_ended", HOUR, "U-2"),
)


def bounds() -> LabelBounds:
    return LabelBounds(LIMIT, {}, combinations=LIMIT)


def tickets(first: int) -> list[bytes]:
    """As many tickets as make all label values and combinations that are told apart."""
    return [ticket("opened", 0, f"T-{at}", team=f"team-{at}") for at in range(first, first + LIMIT)]


def checkpoint_beside(*others: bytes) -> tuple[Worker, list[Row]]:
    """A worker with tickets, and the rows of its customers that are no customer's."""
    worker = Worker(bounds=bounds(), events_between=1)
    worker.take(*others)
    rows = worker.take_of("customers", *LOG).rows
    return worker, [row for row in rows if row.key[:1] != ENTITY]


def restored(rows: Sequence[Row], *others: bytes) -> Worker:
    """A worker with tickets that is given a partition of customers."""
    worker = Worker(bounds=bounds())
    worker.take(*others)
    worker.states["customers"].load(rows)
    worker.states["customers"].loaded()
    return worker


def numbers(worker: Worker) -> list[object]:
    return [worker.window("30d"), worker.window("lifetime"), worker.state()["customers_active"]]


def test_a_restart_from_a_checkpoint_asks_no_customer() -> None:
    worker, rows = checkpoint_beside()
    again = restored(rows)

    assert numbers(again) == numbers(worker)
    assert again.state()["customers_active"] == 1


def test_tickets_that_use_up_all_label_values_and_combinations_keep_no_checkpoint_from_being_used() -> None:
    worker, rows = checkpoint_beside(*tickets(0))
    again = restored(rows, *tickets(100))

    assert worker.bounds.combinations == again.bounds.combinations == LIMIT
    assert again.state()["customers_active"] == worker.state()["customers_active"] == 1
    assert again.window("30d")["customer_interactions"] == 1


def test_labels_of_customers_that_a_worker_does_not_tell_apart_do() -> None:
    _, rows = checkpoint_beside()
    worker = Worker(bounds=bounds())
    for number in range(LIMIT):
        worker.bounds.fold("channel", f"channel-{number}")
    worker.states["customers"].load(rows)
    worker.states["customers"].loaded()

    assert worker.state()["customers_active"] == 0


@pytest.mark.parametrize(
    "section, is_used",
    [
        ({"tickets": {"first_contact_days": 3}}, True),
        ({"calls": {"cut_off_hours": 3}}, True),
        ({"surveys": {"ces_inverted": True}}, True),
        ({"retention": {"days": 500}}, True),
        ({"customers": {"funnel_days": 31}}, False),
        ({"clock": {"time_zone": "Asia/Tokyo"}}, False),
        ({"labels": {"limit": 7}}, False),
    ],
)
def test_what_another_kind_goes_by_keeps_no_checkpoint_from_being_used(
    section: dict[str, dict[str, object]], *, is_used: bool
) -> None:
    assert (fingerprint(CUSTOMERS, new_settings(**section)) == fingerprint(CUSTOMERS, new_settings())) is is_used


def test_what_was_worked_out_anew_is_written_down_with_the_next_event() -> None:
    rows = Worker().take_of("customers", *LOG).rows
    worker = Worker(events_between=2)
    worker.states["customers"].load(rows)
    worker.states["customers"].loaded()
    written = [*rows, *worker.take_of("customers", customer("interacted", DAY, "U-1")).rows]
    again = restored([row for row in written if row.key[:1] != ENTITY])

    assert numbers(again) == numbers(worker)
