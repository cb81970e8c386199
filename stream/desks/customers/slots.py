"""The series that customers contribute to, found once: there are few, and they are asked for all the time."""

from __future__ import annotations

from operator import attrgetter
from typing import Final, NamedTuple

from stream.desks.customers.journey import STAGES
from stream.state.contributing import Contributor
from stream.windows.sliding import WINDOWS, WindowShape

_REMEMBERED: Final = 1_000


class WindowSlots(NamedTuple):
    """The slots of the windowed stocks over one window."""

    window: WindowShape
    seen: int
    active_seen: int
    kept: int
    lost: int
    new: int
    returned: int


class LabelledSlots(dict[str | None, int]):
    """The slots of a measure with one label, by its value; those that are asked for first are found then."""

    def __init__(self, contributor: Contributor, measure: str, label: str) -> None:
        super().__init__()
        self._contributor = contributor
        self._measure = measure
        self._label = label

    def __missing__(self, value: str | None) -> int:
        """Find the slot of a value."""
        if len(self) >= _REMEMBERED:
            self.clear()
        slot = self[value] = self._contributor.first_slot(self._measure, {self._label: value})
        return slot


class CustomerSlots:
    """Slots by what a customer's entries say."""

    def __init__(self, contributor: Contributor) -> None:
        self._contributor = contributor
        self.acquired = LabelledSlots(contributor, "customers_acquired", "channel")
        self.referred = LabelledSlots(contributor, "customers_referred", "channel")
        self.purchases = LabelledSlots(contributor, "customer_purchases", "currency")
        self.revenue = LabelledSlots(contributor, "revenue_minor_units", "currency")
        self.interactions = LabelledSlots(contributor, "customer_interactions", "interaction")
        self.seen_daily = contributor.first_slot("customers_seen_daily", {})
        self.active = contributor.step("customers_active", {}, 0, 1)[0]
        self.in_stage = [contributor.step("customers_in_stage", {"journey_stage": stage}, 0, 1)[0] for stage in STAGES]
        self.windows = [self._over(window) for window in sorted(WINDOWS, key=attrgetter("length"), reverse=True)]
        """The longest first."""

    def at_stage(self, measure: str, stage: int) -> int:
        """The first slot of a measure of the journey at a stage, by its place."""
        return self._contributor.first_slot(measure, {"journey_stage": STAGES[stage]})

    def transition(self, before: int, after: int) -> int:
        """The slot of the transitions from one stage to another, by their places."""
        values = {"previous_stage": STAGES[before], "journey_stage": STAGES[after]}
        return self._contributor.first_slot("journey_transitions", values)

    def _over(self, window: WindowShape) -> WindowSlots:
        def slot(stock: str) -> int:
            return self._contributor.step(stock, {"window": window.name}, 0, 1)[0]

        stocks = ("seen", "active_seen", "kept", "lost", "new", "returned")
        return WindowSlots(window, *(slot(f"customers_{stock}") for stock in stocks))
