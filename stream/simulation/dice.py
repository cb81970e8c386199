"""Seeded chance: the one source of randomness of a simulation."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Mapping
from itertools import accumulate
from math import exp, sqrt
from random import Random
from typing import Final, Generic, TypeVar

Choice = TypeVar("Choice")

_BELL_WIDTH: Final = sqrt(3.0)


class Dice(Random):
    """The draws that the simulator needs; the same seed gives the same draws."""

    def chance(self, probability: float) -> bool:
        """Whether something of that probability (0 to 1) happens."""
        return self.random() < probability

    def spread(self, median: float, sigma: float) -> float:
        """A log-normal draw around ``median``, in its unit; ``sigma`` is that of the logarithm."""
        return median * exp(sigma * self.bell())

    def bell(self) -> float:
        """A draw of mean 0 and deviation 1, within 3.5: the sum of four uniform ones, cheaper than a normal one."""
        draw = self.random
        return (draw() + draw() + draw() + draw() - 2.0) * _BELL_WIDTH

    def pick(self, choices: tuple[Choice, ...]) -> Choice:
        """One of ``choices``, each as likely as the others."""
        return choices[int(self.random() * len(choices))]


class Shares(Generic[Choice]):
    """A choice among values of unequal shares."""

    __slots__ = ("_edges", "_total", "_values")

    def __init__(self, shares: Mapping[Choice, float]) -> None:
        self._values = tuple(shares)
        self._edges = tuple(accumulate(shares.values()))[:-1]
        self._total = sum(shares.values())

    def pick(self, dice: Dice) -> Choice:
        """One of the values, each as often as its share says."""
        return self._values[bisect(self._edges, dice.random() * self._total)]
