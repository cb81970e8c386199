"""The rules by which calls count."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from stream.windows.moments import DAY, MICROSECONDS

Abandoned = Literal["ignored", "against", "for"]


@dataclass(frozen=True, slots=True)
class CallRules:
    """``within`` are the seconds to answer in, each a service level of its own, and ``headline`` is one of them.

    ``abandoned`` says how calls that were abandoned in time count for the headline. Calls that were abandoned before
    ``short_abandon`` count nowhere. A call of which nothing is heard for ``cut_off`` has left the queue, or is over.
    Spans without another unit are in microseconds.
    """

    within: tuple[int, ...] = (10, 20, 30, 60, 120)
    headline: int = 20
    abandoned: Abandoned = "ignored"
    short_abandon: int = 5 * MICROSECONDS
    cut_off: int = DAY
