"""The golden examples of the events of customers."""

from __future__ import annotations

from datetime import date
from typing import Final

from schemas.customer_events import (
    CustomerAcquired,
    CustomerAcquiredData,
    CustomerInteracted,
    CustomerInteractedData,
    CustomerPurchased,
    CustomerPurchasedData,
    CustomerSpent,
    CustomerSpentData,
    CustomerStageEntered,
    CustomerStageEnteredData,
    CustomerSubscriptionEnded,
    CustomerSubscriptionEndedData,
    CustomerSubscriptionStarted,
    CustomerSubscriptionStartedData,
)
from schemas.envelope import Envelope
from schemas.example_envelopes import at, few, full

_SOURCE: Final = "https://shop.example.com/customers"
_BOOKS: Final = "https://books.example.com/expenses"

FULL_CUSTOMERS: Final[tuple[Envelope, ...]] = (
    CustomerAcquired(
        specversion="1.0",
        **full(73001, "customer-5107", at(2, 10, 0, 0), _SOURCE),
        data=CustomerAcquiredData(source="search", referred_by="customer-2203"),
    ),
    CustomerSubscriptionStarted(
        specversion="1.0",
        **full(73002, "customer-5107", at(2, 10, 0, 4), _SOURCE),
        data=CustomerSubscriptionStartedData(subscription="sub-881"),
    ),
    CustomerSubscriptionEnded(
        specversion="1.0",
        **full(73011, "customer-4410", at(3, 15, 30, 0), _SOURCE),
        data=CustomerSubscriptionEndedData(subscription="sub-415", service_ends_at=at(31, 23, 59, 59)),
    ),
    CustomerPurchased(
        specversion="1.0",
        **full(73003, "customer-5107", at(2, 10, 0, 5), _SOURCE),
        data=CustomerPurchasedData(amount=3900, currency="EUR"),
    ),
    CustomerInteracted(
        specversion="1.0",
        **full(73004, "customer-5107", at(3, 8, 12, 0), _SOURCE),
        data=CustomerInteractedData(interaction="login"),
    ),
    CustomerStageEntered(
        specversion="1.0",
        **full(73005, "customer-5107", at(2, 10, 0, 5), _SOURCE),
        data=CustomerStageEnteredData(journey_stage="decision"),
    ),
    CustomerSpent(
        specversion="1.0",
        **full(73020, "expense-2026-03-ads", at(1, 6, 0, 0), _BOOKS),
        data=CustomerSpentData(
            spend="sales_and_marketing",
            amount=1_000_000,
            currency="EUR",
            first_day=date(2026, 3, 1),
            last_day=date(2026, 3, 31),
        ),
    ),
)

MINIMAL_CUSTOMERS: Final[tuple[Envelope, ...]] = (
    CustomerAcquired(specversion="1.0", **few(82001, "customer-6001", at(6, 9, 0, 0), _SOURCE)),
    CustomerSubscriptionStarted(specversion="1.0", **few(82002, "customer-6001", at(6, 9, 0, 1), _SOURCE)),
    CustomerSubscriptionEnded(specversion="1.0", **few(82003, "customer-6002", at(6, 9, 5, 0), _SOURCE)),
    CustomerPurchased(
        specversion="1.0",
        **few(82004, "customer-6001", at(6, 9, 0, 2), _SOURCE),
        data=CustomerPurchasedData(amount=1250, currency="USD"),
    ),
    CustomerInteracted(specversion="1.0", **few(82005, "customer-6003", at(6, 9, 7, 0), _SOURCE)),
    CustomerStageEntered(
        specversion="1.0",
        **few(82006, "customer-6003", at(6, 9, 7, 0), _SOURCE),
        data=CustomerStageEnteredData(journey_stage="awareness"),
    ),
    CustomerSpent(
        specversion="1.0",
        **few(82007, "expense-1", at(6, 9, 0, 0), _BOOKS),
        data=CustomerSpentData(
            spend="retention_and_support",
            amount=50_000,
            currency="USD",
            first_day=date(2026, 3, 6),
            last_day=date(2026, 3, 6),
        ),
    ),
)
