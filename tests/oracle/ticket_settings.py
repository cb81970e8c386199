"""The settings of deskpulse that change what the numbers of tickets mean."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, get_args

from tests.oracle.opening_hours import OpeningHours
from tests.oracle.sla_policies import DEFAULT_POLICIES, Policies

FirstContactRule = Literal["one_reply", "one_agent", "never_pending", "closed_within"]


@dataclass(frozen=True, kw_only=True, slots=True)
class TicketSettings:
    """Which of the documented definitions of tickets apply.

    ``complaint_categories`` are the ticket categories that count as complaints, in any case.
    ``fcr_rule`` says what a resolution at first contact is, ``fcr_days`` for how many days after its
    first resolution a ticket must not be reopened, and ``fcr_closed_within_seconds`` is the longest
    resolution time under the rule ``closed_within``.
    ``backlog_threshold_seconds`` is the age beyond which an open ticket is backlog; ``None`` stands for
    the mean resolution time of the 30-day window.
    ``calendar`` are the hours in which durations are counted once more, as business time, if there are any.
    ``policies`` are what the service levels are measured by.

    Raises ``ValueError`` for an unknown rule or a negative duration.
    """

    complaint_categories: tuple[str, ...] = ("complaint",)
    fcr_rule: FirstContactRule = "one_reply"
    fcr_days: float = 7
    fcr_closed_within_seconds: float = 86_400
    backlog_threshold_seconds: float | None = None
    calendar: OpeningHours | None = None
    policies: Policies = field(default=DEFAULT_POLICIES, hash=False)

    def __post_init__(self) -> None:
        """Reject what no configuration of deskpulse could mean."""
        if self.fcr_rule not in get_args(FirstContactRule):
            message = f"fcr_rule is {self.fcr_rule!r}, expected one of {', '.join(get_args(FirstContactRule))}"
            raise ValueError(message)
        if min(self.fcr_days, self.fcr_closed_within_seconds, self.backlog_threshold_seconds or 0) < 0:
            message = "fcr_days, fcr_closed_within_seconds and backlog_threshold_seconds must not be negative"
            raise ValueError(message)
