"""What dashboards show of customers."""

from __future__ import annotations

from typing import Final

from stream.state.figure import Figure, Statistic
from stream.state.panel import Form, Good, OwnPage, Panel, PanelRow, Target, Unit

CUSTOMERS: Final = OwnPage(
    "customers",
    "Customers",
    "Who stays and who leaves, what customers bring and cost, how often they come, and how far they get.",
    ("channel", "currency", "journey_stage"),
    "now-30d",
)

_CHURN: Final = Target("customer_churn", Good.AT_MOST, shown=True)
_NOBODY_BEFORE: Final = "Nobody was a customer then"
_NOBODY_SEEN: Final = "Nobody was seen in this window"
_NOBODY_ON_THE_WAY: Final = "Nobody is on the way"
_MAIN_UNIT: Final = "Shown in the main unit of the currency, such as euros."
_STAGE: Final = ("journey_stage",)
_CURRENCY: Final = ("currency",)


def _count(title: str, name: str, description: str = "") -> Panel:
    return Panel(title, (Figure(name),), Form.NUMBER, description=description)


def _by_stage(title: str, name: str, unit: Unit = Unit.COUNT, statistic: Statistic = Statistic.VALUE) -> Panel:
    figure = Figure(name, statistic, _STAGE)
    return Panel(title, (figure,), Form.BARS, unit, empty=_NOBODY_ON_THE_WAY, width=8)


_STAYING: Final = PanelRow(
    CUSTOMERS.page,
    "Who stays",
    (
        _count("Active now", "customers_active"),
        _count("Active at the start", "customers_active_before"),
        _count("Kept", "customers_kept"),
        _count("Lost", "customers_lost"),
        _count("New", "customers_new"),
        _count("Returned", "customers_returned"),
        Panel("Retention", (Figure("customer_retention"),), Form.NUMBER, Unit.RATIO, empty=_NOBODY_BEFORE, width=8),
        Panel("Churn", (Figure("customer_churn"),), Form.NUMBER, Unit.RATIO, "", _CHURN, _NOBODY_BEFORE, width=8),
        Panel(
            "Active, mean",
            (Figure("customers_active", Statistic.MEAN),),
            Form.NUMBER,
            Unit.LEVEL,
            width=8,
        ),
        Panel(
            "Churn over time",
            (Figure("customer_churn"),),
            unit=Unit.RATIO,
            target=Target("customer_churn", Good.AT_MOST),
            empty=_NOBODY_BEFORE,
        ),
        Panel(
            "New, returned and lost",
            (
                Figure("customers_new", legend="new"),
                Figure("customers_returned", legend="returned"),
                Figure("customers_lost", legend="lost"),
            ),
            description="Each point is of the window before it.",
        ),
    ),
)

_WINNING: Final = PanelRow(
    CUSTOMERS.page,
    "Who comes, and what they bring",
    (
        _count("Acquired", "customers_acquired"),
        _count("By referral", "customers_referred"),
        _count("Purchases", "customer_purchases"),
        Panel(
            "Referral rate",
            (Figure("customer_referral"),),
            Form.NUMBER,
            Unit.RATIO,
            empty="Nobody was acquired in this window",
        ),
        Panel(
            "Acquired by source",
            (Figure("customers_acquired", by=("channel",)),),
            Form.BARS,
            empty="Nobody was acquired in this window",
        ),
        Panel(
            "Revenue by currency",
            (Figure("revenue_minor_units", by=_CURRENCY),),
            Form.BARS,
            Unit.MONEY,
            _MAIN_UNIT,
            empty="No purchases in this window",
        ),
        Panel(
            "Spend by currency",
            (Figure("spend_minor_units", by=("spend", "currency")),),
            Form.BARS,
            Unit.MONEY,
            _MAIN_UNIT,
            empty="Nothing was spent in this window",
        ),
    ),
)

_COMING: Final = PanelRow(
    CUSTOMERS.page,
    "Engagement",
    (
        _count("Seen", "customers_seen", "Each customer once, however often they came."),
        _count("Active and seen", "customers_active_seen"),
        _count("Interactions", "customer_interactions"),
        _count("Customers by day", "customers_seen_daily"),
        Panel(
            "Interactions by kind",
            (Figure("customer_interactions", by=("interaction",)),),
            Form.BARS,
            empty=_NOBODY_SEEN,
        ),
        Panel("Seen over time", (Figure("customers_seen", legend="seen"),), description="Of the window before each."),
    ),
)

_JOURNEY: Final = PanelRow(
    CUSTOMERS.page,
    "Journey",
    (
        _by_stage("Now by stage", "customers_in_stage"),
        _by_stage("By stage, mean", "customers_in_stage", Unit.LEVEL, Statistic.MEAN),
        _by_stage("Entered", "journey_entries"),
        Panel(
            "Funnel",
            (
                Figure("journey_funnel_reached", by=_STAGE, legend="came in order"),
                Figure("journey_funnel_previous", by=_STAGE, legend="could have come"),
                Figure("journey_funnel_entered", by=_STAGE, legend="began there"),
            ),
            Form.TABLE,
            empty=_NOBODY_ON_THE_WAY,
        ),
        Panel(
            "Funnel from the first stage",
            (
                Figure("journey_funnel_first", by=_STAGE, legend="could have come"),
                Figure("journey_funnel_reached_from_first", by=_STAGE, legend="came in order"),
            ),
            Form.TABLE,
            empty=_NOBODY_ON_THE_WAY,
        ),
        _by_stage("Conversion from the stage before", "journey_conversion", Unit.RATIO),
        _by_stage("Conversion from the first stage", "journey_conversion_from_first", Unit.RATIO),
        _by_stage("Further stage entered first", "journey_stage_times_negative"),
        _by_stage("Time in a stage, median", "journey_stage_seconds", Unit.SECONDS, Statistic.P50),
        _by_stage("Time in a stage, mean", "journey_stage_seconds", Unit.SECONDS, Statistic.MEAN),
        Panel(
            "Steps from stage to stage",
            (Figure("journey_transitions", by=("previous_stage", "journey_stage")),),
            Form.BARS,
            empty=_NOBODY_ON_THE_WAY,
            width=8,
        ),
    ),
)

PANELS: Final = (_STAYING, _WINNING, _COMING, _JOURNEY)
