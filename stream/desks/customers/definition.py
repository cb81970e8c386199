"""The definition of customers."""

from __future__ import annotations

from typing import Any, Final

from schemas.events import CUSTOMERS_TOPIC, EVENTS_BY_TOPIC, CustomerSpent, Envelope
from stream.desks.customers.alerts import ALERTS
from stream.desks.customers.desk import CustomerDesk
from stream.desks.customers.expenses import LONGEST
from stream.desks.customers.measures import MEASURES, QUOTIENTS, RATIOS, STOCKS
from stream.desks.customers.numbers import stock_numbers, window_numbers
from stream.desks.customers.panels import CUSTOMERS as CUSTOMERS_PAGE
from stream.desks.customers.panels import PANELS
from stream.desks.customers.presentation import COLUMNS, ROWS
from stream.desks.customers.resources import RETENTION
from stream.desks.customers.rules import CustomerRules
from stream.desks.customers.settings import CustomerSettings
from stream.desks.customers.story.storyline import CustomerStoryline
from stream.state.kind import Kind, Workplace
from stream.state.rejection import Reason, RejectedRecordError
from stream.state.stock import WindowStocks
from stream.state.totals import WindowTotals
from stream.state.value_desks import ValueDesks


class Customers(Kind):
    """Customers: retention, money, engagement, and their journey."""

    name = "customers"
    topic = CUSTOMERS_TOPIC
    contributions = 2
    events = EVENTS_BY_TOPIC[CUSTOMERS_TOPIC]
    measures = MEASURES
    stocks = STOCKS
    ratios = RATIOS
    quotients = QUOTIENTS
    sections = {"customers": CustomerSettings}
    resources = (RETENTION,)
    panels = PANELS
    page = CUSTOMERS_PAGE.page
    own_pages = (CUSTOMERS_PAGE,)
    alerts = ALERTS
    rows = ROWS
    columns = COLUMNS
    story = CustomerStoryline

    def decode(self, value: bytes) -> Envelope:
        """The event in a record's value, the period of an expense checked."""
        event = super().decode(value)
        if isinstance(event, CustomerSpent):
            first, last = event.data.first_day, event.data.last_day
            if not 0 <= (last - first).days < LONGEST:
                problem = f"an expense is for 1 to {LONGEST} days, not from {first} to {last}"
                raise RejectedRecordError(Reason.INVALID, problem)
        return event

    def new_group(self, workplace: Workplace) -> CustomerDesks:
        """The desks of a worker."""
        settings = workplace.settings
        return CustomerDesks(workplace, settings.section(CustomerSettings).rules(settings.clock.time_zone))

    def window_numbers(self, totals: WindowTotals) -> dict[str, Any]:
        """The final numbers of a window."""
        return window_numbers(totals)

    def stock_numbers(self, stocks: WindowStocks, totals: WindowTotals) -> dict[str, Any]:
        """The final numbers of the stocks over a window, and of what they come to with its totals."""
        return super().stock_numbers(stocks, totals) | stock_numbers(stocks, totals)


class CustomerDesks(ValueDesks):
    """The desks of customers in a worker."""

    def __init__(self, workplace: Workplace, rules: CustomerRules) -> None:
        local_days = rules.local_days()
        super().__init__(CUSTOMERS, workplace, lambda context: CustomerDesk(context, rules, local_days))


CUSTOMERS: Final = Customers()
