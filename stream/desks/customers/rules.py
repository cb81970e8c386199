"""The rules by which customers count."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from stream.windows.local_days import LocalDays
from stream.windows.moments import DAY


@dataclass(frozen=True, slots=True)
class CustomerRules:
    """Who has no subscription is active for ``active_after_purchase`` from each purchase on.

    The steps of the funnel count within ``funnel_within`` from its first entry. A customer of whose journey nothing is
    heard for ``cut_off`` is in no stage any more. Spans are in microseconds. Days are those of the time ``zone``.
    """

    active_after_purchase: int = 365 * DAY
    funnel_within: int = 30 * DAY
    cut_off: int = 400 * DAY
    zone: str = "UTC"

    def local_days(self) -> LocalDays:
        """The days of the time zone."""
        return LocalDays(ZoneInfo(self.zone))
