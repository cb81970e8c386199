"""What customers contribute to the windows, and what there is of them at a moment."""

from __future__ import annotations

from typing import Final

from stream.state.measure import Measure, Quotient, Ratio
from stream.state.stock import Stock

_WINDOW: Final = ("window",)
_STAGE: Final = ("journey_stage",)

MEASURES: Final = (
    Measure("customers_acquired", ("channel",), "Customers won, by the source that they came from."),
    Measure("customers_referred", ("channel",), "Customers won by the recommendation of another customer."),
    Measure("customer_purchases", ("currency",), "Purchases; what was paid back is none."),
    Measure(
        "revenue_minor_units", ("currency",), "What customers paid, less what was paid back, in the smallest unit."
    ),
    Measure(
        "spend_minor_units",
        ("spend", "currency"),
        "What was spent, each expense evenly over the days that it is for, in the smallest unit.",
    ),
    Measure("customer_interactions", ("interaction",), "Interactions of customers: visits, logins, posts, contacts."),
    Measure(
        "customers_seen_daily",
        (),
        "Days of customers with an interaction, each at the first one: daily active customers.",
    ),
    Measure("journey_entries", _STAGE, "Entries of a stage of the journey, each customer's first one."),
    Measure(
        "journey_transitions",
        ("previous_stage", "journey_stage"),
        "Steps from one stage of the journey to another, in either direction.",
    ),
    Measure(
        "journey_stage_seconds",
        _STAGE,
        "From the first entry of a stage to that of the next further one, where that came later.",
        duration=True,
    ),
    Measure(
        "journey_stage_times_negative",
        _STAGE,
        "Stages whose next further one was entered first: their time is left out.",
    ),
    Measure("journey_funnel_entered", _STAGE, "Customers by the stage that their journey began with."),
    Measure(
        "journey_funnel_reached",
        _STAGE,
        "Customers who came to a stage in order, within the set time, when they began.",
    ),
    Measure(
        "journey_funnel_previous",
        _STAGE,
        "Customers who entered or reached the stage before, when they began: they might have come to this one.",
    ),
    Measure(
        "journey_funnel_reached_from_first",
        _STAGE,
        "Customers who began with the first stage and came to this one in order, within the set time.",
    ),
    Measure(
        "journey_funnel_first", _STAGE, "Customers who began with the first stage: they might have come to this one."
    ),
)

STOCKS: Final = (
    Stock("customers_active", (), "Customers with a subscription, or a purchase lately.", before=True),
    Stock("customers_kept", _WINDOW, "Customers active now and at the start of the window.", windowed=True),
    Stock("customers_lost", _WINDOW, "Customers active at the start of the window and not now.", windowed=True),
    Stock(
        "customers_new",
        _WINDOW,
        "Customers first active within the window, whether they still are or not.",
        windowed=True,
    ),
    Stock(
        "customers_returned",
        _WINDOW,
        "Customers active now, not at the start of the window, and for the first time before it.",
        windowed=True,
    ),
    Stock("customers_seen", _WINDOW, "Customers with an interaction within the window.", windowed=True),
    Stock(
        "customers_active_seen", _WINDOW, "Customers active now with an interaction within the window.", windowed=True
    ),
    Stock(
        "customers_in_stage",
        _STAGE,
        "Customers by the furthest stage of the journey that they have reached.",
        levels=((),),
    ),
)

RATIOS: Final = (
    Ratio("customer_retention", "customers_kept", "customers_active_before"),
    Ratio("customer_churn", "customers_lost", "customers_active_before"),
    Ratio("customer_referral", "customers_referred", "customers_acquired", ((), ("channel",))),
    Ratio("journey_conversion", "journey_funnel_reached", "journey_funnel_previous", (("journey_stage",),)),
    Ratio("journey_conversion_from_first", "journey_funnel_reached_from_first", "journey_funnel_first", (_STAGE,)),
)

_CURRENCY: Final = ("currency",)

QUOTIENTS: Final = (
    Quotient(
        "acquisition_cost_minor_units",
        "spend_minor_units",
        "customers_acquired",
        _CURRENCY,
        (("spend", "sales_and_marketing"),),
    ),
    Quotient(
        "retention_cost_minor_units",
        "spend_minor_units",
        "customers_kept",
        _CURRENCY,
        (("spend", "retention_and_support"),),
    ),
    Quotient("revenue_per_customer_minor_units", "revenue_minor_units", "customers_active", _CURRENCY),
    Quotient("interactions_per_customer_seen", "customer_interactions", "customers_seen"),
)
