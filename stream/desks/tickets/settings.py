"""The settings of tickets."""

from __future__ import annotations

from pydantic import Field

from stream.desks.tickets.rules import FirstContactRule, TicketRules
from stream.settings.section import Section
from stream.windows.business_calendar import BusinessCalendar
from stream.windows.moments import DAY, HOUR


class TicketSettings(Section):
    """Choices that the ticket metrics leave open."""

    complaint_categories: frozenset[str] = Field(
        frozenset({"complaint"}), description="Categories that are complaints; case does not matter."
    )
    first_contact_rule: FirstContactRule = Field(
        "one_reply",
        description="Which resolved tickets count as resolved at first contact: `one_reply`, `one_agent`,"
        " `never_pending` or `closed_within`.",
    )
    first_contact_days: float = Field(
        7,
        ge=0,
        le=36_500,
        description="A ticket that is reopened within this many days of its first resolution was not resolved at first"
        " contact.",
    )
    first_contact_limit_hours: float = Field(
        24, gt=0, le=1e6, description="Hours from opening to resolution under the rule `closed_within`."
    )
    backlog_hours: float | None = Field(
        None,
        gt=0,
        le=1e6,
        description="Age, in hours, from which an open ticket is backlog. Default: the mean resolution time of the"
        " last 30 days, or 24 hours while there is none.",
    )

    def rules(self, calendar: BusinessCalendar | None) -> TicketRules:
        """The rules by which tickets count; business hours are those of the ``calendar``."""
        return TicketRules(
            complaint_categories=self.complaint_categories,
            first_contact_rule=self.first_contact_rule,
            first_contact_quiet=round(self.first_contact_days * DAY),
            first_contact_limit=round(self.first_contact_limit_hours * HOUR),
            calendar=calendar,
        )

    @property
    def backlog_threshold(self) -> int | None:
        """The age, in microseconds, from which an open ticket is backlog; ``None`` for the mean resolution time."""
        return None if self.backlog_hours is None else round(self.backlog_hours * HOUR)
