"""The simulated customers who are known: how content they are."""

from __future__ import annotations

from typing import Final

from schemas.events import CUSTOMERS_TOPIC
from stream.desks.customers.story.settings import CustomerStorySettings
from stream.simulation.story import Subject

_CONTENT: Final = 0.65
_FORGETS: Final = 0.5


class Person(Subject):
    """A customer, or somebody who may become one; ``mood`` is how content they are, about 0 to 1."""

    __slots__ = ("mood", "subscriptions")

    topic = CUSTOMERS_TOPIC

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.mood = _CONTENT
        self.subscriptions = 0

    def was_served(self, mood: float) -> None:
        """The last time counts most."""
        self.mood = _FORGETS * self.mood + (1 - _FORGETS) * mood

    def chance_to_leave(self, chosen: CustomerStorySettings) -> float:
        """How likely they are to leave at the end of a month; who is content seldom does."""
        anger = max(0.0, _CONTENT - self.mood) / _CONTENT
        return min(1.0, chosen.churn_share + chosen.anger_share * anger)


class Expense(Subject):
    """Money that was spent for a month."""

    __slots__ = ()

    topic = CUSTOMERS_TOPIC
