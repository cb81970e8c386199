"""Customers in tests."""

from __future__ import annotations

from stream.desks.customers.definition import CustomerDesks, Customers
from stream.desks.customers.rules import CustomerRules
from stream.state.kind import Workplace
from stream.windows.moments import DAY
from tests.kinds.kind_under_test import KindUnderTest
from tests.moments import When, record
from tests.oracle import OracleSettings
from tests.oracle.customers import CustomerSettings

DEFAULT_RULES = CustomerRules()


def customer(kind: str, when: When, subject: str = "U-1", **data: object) -> bytes:
    """An event of a customer."""
    return record(f"helpdesk.customer.{kind}.v1", when, subject, data)


class CustomersUnder(KindUnderTest, Customers):
    """Customers under rules."""

    beginnings = frozenset(
        {"helpdesk.customer.stage_entered.v1", "helpdesk.customer.acquired.v1", "helpdesk.customer.spent.v1"}
    )

    def __init__(self, rules: CustomerRules = DEFAULT_RULES) -> None:
        self._rules = rules

    def new_group(self, workplace: Workplace) -> CustomerDesks:
        return CustomerDesks(workplace, self._rules)

    @classmethod
    def as_in(cls, settings: OracleSettings) -> CustomersUnder:
        chosen = settings.section(CustomerSettings)
        return cls(
            CustomerRules(
                active_after_purchase=round(chosen.active_after_purchase_days * DAY),
                funnel_within=round(chosen.funnel_days * DAY),
                cut_off=round(chosen.cut_off_days * DAY),
            )
        )

    @classmethod
    def events_for_every_metric(cls) -> tuple[bytes, ...]:
        return (
            customer("acquired", 0, source="search", referred_by="U-2"),
            customer("subscription_started", 0),
            customer("purchased", 10, amount=3900, currency="EUR"),
            customer("interacted", 20, interaction="login"),
            customer("stage_entered", 0, journey_stage="awareness"),
            customer("stage_entered", 30, journey_stage="consideration"),
            customer("stage_entered", 0, "U-2", journey_stage="consideration"),
            customer("stage_entered", 30, "U-2", journey_stage="awareness"),
            customer(
                "spent",
                0,
                "X-1",
                spend="sales_and_marketing",
                amount=100,
                currency="EUR",
                first_day="2024-03-04",
                last_day="2024-03-04",
            ),
        )
