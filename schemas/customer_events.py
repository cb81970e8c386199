"""What happens to customers, and what is spent on them, on the topic ``helpdesk.customers``.

The entity is the customer; money that is spent is an entity of its own, for it is spent on all of them. Amounts are
whole numbers of the currency's smallest unit, such as cents.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from msgspec import Meta, Struct

from schemas.envelope import Attribute, Identifier, Moment, SourceEnvelope

Currency = Annotated[str, Meta(pattern="^[A-Z]{3}$")]
Amount = Annotated[int, Meta(ge=-1_000_000_000_000, le=1_000_000_000_000)]
InteractionKind = Literal["visit", "login", "post", "contact"]
JourneyStage = Literal["awareness", "consideration", "decision", "retention", "advocacy"]
SpendKind = Literal["sales_and_marketing", "retention_and_support"]


class CustomerAcquiredData(Struct, frozen=True, kw_only=True, gc=False):
    """Somebody became a customer: through which ``source``, and by whose recommendation, if by any."""

    source: Attribute | None = None
    referred_by: Identifier | None = None


class CustomerSubscriptionStartedData(Struct, frozen=True, kw_only=True, gc=False):
    """A subscription began; a customer with one at a time need not name it."""

    subscription: Identifier | None = None


class CustomerSubscriptionEndedData(Struct, frozen=True, kw_only=True, gc=False):
    """A subscription was ended; its service ends at ``service_ends_at``, or at once."""

    subscription: Identifier | None = None
    service_ends_at: Moment | None = None


class CustomerPurchasedData(Struct, frozen=True, kw_only=True, gc=False):
    """A customer paid for something; a negative ``amount`` was paid back."""

    amount: Amount
    currency: Currency


class CustomerInteractedData(Struct, frozen=True, kw_only=True, gc=False):
    """A customer was there: visited, logged in, posted, or got in contact."""

    interaction: InteractionKind = "visit"


class CustomerStageEnteredData(Struct, frozen=True, kw_only=True, gc=False):
    """A customer entered a stage of the journey."""

    journey_stage: JourneyStage


class CustomerSpentData(Struct, frozen=True, kw_only=True, gc=False):
    """Money was spent for a period of whole days, the first and the last included."""

    spend: SpendKind
    amount: Amount
    currency: Currency
    first_day: date
    last_day: date


class CustomerAcquired(
    SourceEnvelope, frozen=True, kw_only=True, gc=False, tag_field="type", tag="helpdesk.customer.acquired.v1"
):
    """Somebody became a customer."""

    data: CustomerAcquiredData = CustomerAcquiredData()


class CustomerSubscriptionStarted(
    SourceEnvelope,
    frozen=True,
    kw_only=True,
    gc=False,
    tag_field="type",
    tag="helpdesk.customer.subscription_started.v1",
):
    """A subscription of a customer began."""

    data: CustomerSubscriptionStartedData = CustomerSubscriptionStartedData()


class CustomerSubscriptionEnded(
    SourceEnvelope, frozen=True, kw_only=True, gc=False, tag_field="type", tag="helpdesk.customer.subscription_ended.v1"
):
    """A subscription of a customer was ended."""

    data: CustomerSubscriptionEndedData = CustomerSubscriptionEndedData()


class CustomerPurchased(
    SourceEnvelope, frozen=True, kw_only=True, gc=False, tag_field="type", tag="helpdesk.customer.purchased.v1"
):
    """A customer paid."""

    data: CustomerPurchasedData


class CustomerInteracted(
    SourceEnvelope, frozen=True, kw_only=True, gc=False, tag_field="type", tag="helpdesk.customer.interacted.v1"
):
    """A customer was there."""

    data: CustomerInteractedData = CustomerInteractedData()


class CustomerStageEntered(
    SourceEnvelope, frozen=True, kw_only=True, gc=False, tag_field="type", tag="helpdesk.customer.stage_entered.v1"
):
    """A customer entered a stage of the journey."""

    data: CustomerStageEnteredData


class CustomerSpent(
    SourceEnvelope, frozen=True, kw_only=True, gc=False, tag_field="type", tag="helpdesk.customer.spent.v1"
):
    """Money was spent to win customers or to keep them; ``subject`` is the id of the expense."""

    data: CustomerSpentData


CustomerEvent = (
    CustomerAcquired
    | CustomerSubscriptionStarted
    | CustomerSubscriptionEnded
    | CustomerPurchased
    | CustomerInteracted
    | CustomerStageEntered
    | CustomerSpent
)
