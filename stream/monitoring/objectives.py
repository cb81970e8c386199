"""What is aimed at, and from where on something is wrong: where alerts fire, and how dashboards tell good from bad."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Objectives:
    """Shares are from 0 to 1, durations in seconds.

    ``sla_compliance`` is the share of SLA clocks that are to end in time. ``burn_rate`` is how many times faster than
    that allows clocks may end late, in both windows, before somebody is told: the usual 14.4 could never be reached,
    for with an objective of 90 % the rate is 10 if all clocks end late; at 2 the misses of 30 days are used up in 15.
    ``lag`` is in records, ``nps`` from -100 to 100.
    """

    sla_compliance: float = 0.90
    burn_rate: float = 2.0
    abandonment: float = 0.10
    dead_letters: float = 0.01
    lag: float = 10_000
    silence_seconds: float = 1_800
    overdue_seconds: float = 60
    csat_drop: float = 0.10
    csat: float = 0.80
    nps: float = 30
    ces: float = 0.80
    first_reply_seconds: float = 14_400
    open_cases: float = 100
    oldest_open_seconds: float = 604_800
    breached: float = 0
    at_risk: float = 0
    budget_left: float = 0


OBJECTIVES: Final = Objectives()
"""The objectives that nobody has changed."""
