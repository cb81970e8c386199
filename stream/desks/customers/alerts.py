"""What of customers somebody has to be told of."""

from __future__ import annotations

from typing import Final

from stream.desks.customers.panels import CUSTOMERS
from stream.state.alert import Alert, Comparison, Condition, Severity
from stream.state.figure import Figure

ALERTS: Final[tuple[Alert, ...]] = (
    Alert(
        "HelpdeskChurnHigh",
        Severity.WARNING,
        "Too many customers leave.",
        "Of the customers who were active 30 days ago, {{ $value | humanizePercentage }} have left.",
        (
            Condition(Figure("customer_churn", window="30d"), Comparison.ABOVE, "customer_churn"),
            Condition(Figure("customers_active_before", window="30d"), Comparison.AT_LEAST, "customer_churn_customers"),
        ),
        CUSTOMERS.page,
        "Churn over time",
        (),
        "1h",
    ),
)
