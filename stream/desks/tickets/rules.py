"""The choices that the ticket metrics leave open, with their defaults."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from stream.windows.business_calendar import BusinessCalendar
from stream.windows.moments import DAY

FirstContactRule = Literal["one_reply", "one_agent", "never_pending", "closed_within"]

LONGEST_TIMELINE: Final = 5_000
"""Entries after which a ticket takes no more events."""


@dataclass(frozen=True, slots=True)
class TicketRules:
    """Settings of the ticket metrics; spans are in microseconds.

    ``first_contact_rule`` says which resolved tickets count as resolved at first contact, provided that
    they were not reopened within ``first_contact_quiet``: those with exactly one human reply
    (``one_reply``), with replies of one agent only (``one_agent``), those never pending
    (``never_pending``), or resolved within ``first_contact_limit`` of their opening (``closed_within``).
    """

    complaint_categories: frozenset[str] = frozenset({"complaint"})
    first_contact_rule: FirstContactRule = "one_reply"
    first_contact_quiet: int = 7 * DAY
    first_contact_limit: int = DAY
    calendar: BusinessCalendar | None = None
