"""The week that the pictures show: when it is scraped, and what is simulated."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

from stream.feeds.simulator import SimulatedEvent, Simulator, SimulatorSettings, disturb

END: Final = datetime(2026, 3, 17, 14, 40, tzinfo=UTC)
"""The moment of the pictures, a Tuesday afternoon: always the same, so that pictures differ only where code does.

It is far enough from the full hour for the last label of each axis.
"""

WEEK: Final = timedelta(days=7)
DAY: Final = timedelta(days=1)
CLOSELY: Final = DAY + timedelta(hours=2)
"""How long is looked at closely: longer than is shown, because a counter that has just appeared has no rate yet."""

SLOT: Final = timedelta(hours=2)
"""The length of a block of Prometheus; each is made from a file of its own."""

COARSE: Final = timedelta(minutes=20)
FINE: Final = timedelta(minutes=5)
"""How often is scraped, before and while it is looked at closely."""

PAUSE: Final = (END - timedelta(hours=3), END - timedelta(hours=2, minutes=40))
"""While the second worker gets nothing from the broker, so that there is a lag to see."""

JOB: Final = "deskpulse"

_HISTORY: Final = timedelta(days=30)
_TICKETS_A_DAY: Final = 400
_SEED: Final = 7
_DUPLICATES: Final = 0.004
_LATE: Final = 0.01
_POISON: Final = 0.001


def scrapes() -> Iterator[datetime]:
    """The moments of all scrapes, in their order."""
    moment = END - WEEK
    while moment <= END:
        yield moment
        moment += COARSE if moment < END - CLOSELY else FINE


def slots() -> Iterator[tuple[datetime, list[datetime]]]:
    """The scrapes by the moment at which their slot begins, in their order."""
    found: dict[datetime, list[datetime]] = {}
    for moment in scrapes():
        found.setdefault(moment - (moment - datetime.fromtimestamp(0, moment.tzinfo)) % SLOT, []).append(moment)
    yield from found.items()


def events() -> Iterator[SimulatedEvent]:
    """A month of history, then the week, as a network delivers them: a few twice, late or unreadable."""
    begin = END - WEEK - _HISTORY
    tickets = (END - begin).days * _TICKETS_A_DAY
    past = Simulator(SimulatorSettings(), _SEED).history(begin, END, tickets)
    return disturb(past, _SEED, _DUPLICATES, _LATE, _POISON)
