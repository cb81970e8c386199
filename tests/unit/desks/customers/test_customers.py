from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stream.desks.customers.activity import activity_of
from stream.desks.customers.desk import CustomerDesk
from stream.desks.customers.money import lifetime_value, rounded, spread
from stream.desks.customers.period import Period, numbers_of_period
from stream.desks.customers.resources import RETENTION, all_rows
from stream.desks.customers.retention import retention_in
from stream.desks.customers.rules import CustomerRules
from stream.metrics.final_numbers import daily_numbers
from stream.state.resource import QueryError
from stream.windows.clock import WallClock
from stream.windows.moments import DAY as DAY_MICROSECONDS
from stream.windows.sliding import WINDOWS
from tests.kinds.customers import CustomersUnder, customer
from tests.kinds.worker import Worker
from tests.moments import DAY, HOUR, MovableClock, microseconds
from tests.property.customer_histories import customer_logs

YEAR = 365


def spent(when: float, subject: str, amount: int, first_day: str, last_day: str) -> bytes:
    """Money spent on sales and marketing."""
    data = {"amount": amount, "currency": "EUR", "first_day": first_day, "last_day": last_day}
    return customer("spent", when, subject, spend="sales_and_marketing", **data)


def test_ten_thousand_spent_on_twenty_thousand_acquired_is_half_a_unit_for_each() -> None:
    worker = Worker()
    worker.take_of(
        "customers",
        spent(0, "X-1", 1_000_000, "2024-03-04", "2024-03-04"),
        *(customer("acquired", 0, f"U-{number}") for number in range(20_000)),
    )

    assert worker.window("24h")["acquisition_cost_minor_units"] == {"EUR": 50}


def test_two_hundred_a_year_for_five_years_less_fifty_is_a_lifetime_value_of_950() -> None:
    assert lifetime_value(Fraction(20_000), Fraction(5), Fraction(5_000)) == 95_000


def test_a_year_in_which_a_fifth_leaves_has_that_lifetime_value() -> None:
    worker = Worker()
    start, end = datetime(2023, 3, 1, tzinfo=UTC), datetime(2024, 2, 29, tzinfo=UTC)
    last = (end - timedelta(microseconds=1)).isoformat()
    subjects = [f"U-{number}" for number in range(10)]
    worker.take_of(
        "customers",
        *(customer("subscription_started", "2023-01-01T00:00:00+00:00", subject) for subject in subjects),
        *(customer("purchased", "2023-06-01T00:00:00+00:00", s, amount=20_000, currency="EUR") for s in subjects),
        *(customer("subscription_ended", last, subject) for subject in subjects[:2]),
        customer("acquired", last, "U-10"),
        spent(0, "X-1", 5_000, "2023-05-01", "2023-05-31"),
    )
    form = RETENTION.form_of({"from": start.isoformat(), "to": end.isoformat()})
    numbers = RETENTION.content(all_rows([worker.desk(CustomerDesk)]), form)

    assert (end - start).days == YEAR
    assert numbers["churn_ratio"] == 0.2
    assert numbers["minor_units"]["EUR"] == {
        "revenue": 200_000,
        "sales_and_marketing": 5_000,
        "retention_and_support": 0,
        "acquisition_cost": 5_000,
        "retention_cost": 0,
        "revenue_per_customer": 20_000,
        "lifetime_value": 95_000,
    }


@given(st.integers(-(10**12), 10**12), st.integers(1, 3_660))
def test_an_amount_is_spread_in_whole_units_as_evenly_as_can_be(amount: int, days: int) -> None:
    parts = list(spread(amount, days))

    assert sum(parts) == amount
    assert len(parts) == days
    assert max(parts) - min(parts) <= 1


def test_a_half_is_rounded_upwards() -> None:
    assert [rounded(Fraction(number, 2)) for number in (1, -1, 3, 2)] == [1, 0, 2, 1]
    assert rounded(None) is None


def test_an_expense_begins_to_count_at_the_midnight_of_each_of_its_days() -> None:
    clock = MovableClock()
    worker = Worker(clock=clock)
    worker.take_of("customers", spent(0, "X-1", 90, "2024-03-04", "2024-03-06"))
    shown = []
    for seconds in (11 * HOUR, 12 * HOUR - 1, 12 * HOUR, 12 * HOUR + DAY):
        clock.seconds = seconds
        spend = [worker.window(name)["spend_minor_units"]["sales_and_marketing"]["EUR"] for name in ("30d", "lifetime")]
        days = daily_numbers(worker.view())["days"]
        shown.append((*spend, sum(day["spend_minor_units"]["sales_and_marketing"]["EUR"] for day in days.values())))

    assert shown == [(30, 30, 30), (30, 30, 30), (60, 60, 60), (90, 90, 90)]


@given(customer_logs())
def test_the_numbers_of_a_period_that_is_a_window_are_those_of_the_window(log: list[bytes]) -> None:
    clock = WallClock(lambda: microseconds("2024-04-20T12:00:00+00:00") * 1_000, lambda: 0)
    worker = Worker(clock=clock)
    worker.take_of("customers", *log)
    now = clock.now()
    desk = worker.desk(CustomerDesk)
    look = all_rows([desk])
    assert look is not None
    customers = [look.read(row) for row in look.rows]
    for shape in WINDOWS:
        found = numbers_of_period(customers, Period(now - shape.length, now), desk.rules)
        window = worker.window(shape.name)
        assert {name: found[name] for name in ("kept", "lost", "new", "returned")} == {
            name: window[f"customers_{name}"] for name in ("kept", "lost", "new", "returned")
        }
        assert found["active_at_start"] == window["customers_active"]["before"]
        assert found["active_at_end"] == worker.state()["customers_active"]


def test_a_period_without_anybody_has_no_ratio() -> None:
    numbers = numbers_of_period([], Period(0, DAY_MICROSECONDS), CustomerRules())

    assert numbers["retention_ratio"] is None
    assert numbers["minor_units"] == {}
    assert RETENTION.content(None, RETENTION.form_of({"from": "2024-01-01", "to": "2024-01-02"}))["kept"] == 0


@pytest.mark.parametrize(
    "query, problem",
    [
        ({"to": "2024-01-01"}, "from is a day or a time with a zone, as in ?from=2026-01-01&to=2026-02-01, not ''"),
        ({"from": "2024-01-01"}, "to is a day or a time with a zone, as in ?from=2026-01-01&to=2026-02-01, not ''"),
        ({"from": "2024-01-01T00:00:00", "to": "2024-01-02"}, "not '2024-01-01T00:00:00'"),
        ({"from": "2024-01-02", "to": "2024-01-02"}, "from must be before to"),
    ],
)
def test_a_query_that_asks_for_no_period_is_told_what_would(query: dict[str, str], problem: str) -> None:
    with pytest.raises(QueryError) as error:
        RETENTION.form_of(query)

    assert problem in str(error.value)


def test_without_a_query_the_period_is_the_last_30_days() -> None:
    worker = Worker()
    worker.take_of(
        "customers",
        customer("subscription_started", 0),
        customer("subscription_started", 29 * DAY, "U-2"),
        customer("acquired", 31 * DAY),
    )
    numbers = RETENTION.content(all_rows([worker.desk(CustomerDesk)], worker.view()), RETENTION.form_of({}))

    assert (numbers["from"], numbers["to"]) == ("2024-03-05T12:00:00Z", "2024-04-04T12:00:00Z")
    assert (numbers["kept"], numbers["new"]) == (1, 1)


def test_a_day_begins_in_the_time_zone_of_the_settings() -> None:
    worker = Worker(CustomersUnder(CustomerRules(zone="America/New_York")))
    form = RETENTION.form_of({"from": "2024-01-01", "to": "2024-07-01"})
    numbers = RETENTION.content(all_rows([worker.desk(CustomerDesk)]), form)

    assert (numbers["from"], numbers["to"]) == ("2024-01-01T05:00:00Z", "2024-07-01T04:00:00Z")


def test_nobody_is_active_without_an_account() -> None:
    assert activity_of((), 0).spans == ()
    assert retention_in([], 0, 1).retention is None


def test_a_customer_who_left_long_ago_leaves_the_state_with_their_numbers_kept() -> None:
    worker = Worker(CustomersUnder(CustomerRules(cut_off=31 * DAY_MICROSECONDS)), events_between=1)
    worker.take_of(
        "customers",
        customer("subscription_started", 0),
        customer("purchased", 0, amount=100, currency="EUR"),
        customer("stage_entered", 0, journey_stage="decision"),
        customer("subscription_ended", DAY),
        customer("subscription_started", 0, "U-2"),
    )
    for number in range(2):
        worker.take_of("customers", customer("interacted", 500 * DAY + number, "U-2"))

    assert worker.desk(CustomerDesk).value("U-1") is None
    assert worker.desk(CustomerDesk).value("U-2") is not None
    assert worker.window()["revenue_minor_units"] == {"EUR": 100}
    assert worker.state()["customers_active"] == 1
