"""The settings of customers."""

from __future__ import annotations

from pydantic import Field

from stream.desks.customers.rules import CustomerRules
from stream.settings.section import Section
from stream.windows.moments import DAY


class CustomerSettings(Section):
    """Choices that the metrics of customers leave open."""

    active_after_purchase_days: float = Field(
        365,
        gt=0,
        le=36_500,
        description="Who has never had a subscription is active for so many days after each purchase.",
    )
    funnel_days: float = Field(
        30,
        gt=0,
        le=3_660,
        description="A step of the journey counts in the funnel within so many days of its beginning.",
    )
    cut_off_days: float = Field(
        400,
        ge=31,
        le=36_500,
        description="A customer of whose journey nothing is heard for so many days is in no stage of it any more.",
    )

    def rules(self, zone: str) -> CustomerRules:
        """The rules by which customers count, with the days of a time zone."""
        return CustomerRules(
            active_after_purchase=round(self.active_after_purchase_days * DAY),
            funnel_within=round(self.funnel_days * DAY),
            cut_off=round(self.cut_off_days * DAY),
            zone=zone,
        )
