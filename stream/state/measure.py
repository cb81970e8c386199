"""Measures: what entities contribute to the windows, each with its labels and its definition."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol, TypeVar

from stream.state.metric import PREFIX, WINDOW_LABEL, Metric, MetricType


@dataclass(frozen=True, slots=True)
class Measure:
    """Something counted, or a duration whose distribution is kept, as `definition` says."""

    name: str
    labels: tuple[str, ...]
    definition: str
    duration: bool = False

    @property
    def metric(self) -> Metric:
        """The metric that exports it, over each window."""
        kind = MetricType.WINDOWED_DURATION if self.duration else MetricType.WINDOWED_COUNT
        return Metric(PREFIX + self.name, kind, (*self.labels, WINDOW_LABEL), self.definition, self.name)


@dataclass(frozen=True, slots=True)
class Ratio:
    """A part of a whole over each window and combination of labels in ``levels``.

    It is from 0 to 1 where the part counts at the same time as the whole that it belongs to. Where it counts later, as
    do answers to surveys that were sent before the window, it may be more than 1 in a short one.

    Both are measures with all labels of the ``levels``, or several of them where they are a sum; that of the whole is
    recorded as ``whole_name``. ``selector`` names the label values that narrow both.
    """

    name: str
    part: str | tuple[str, ...]
    whole: str | tuple[str, ...]
    levels: tuple[tuple[str, ...], ...] = ((),)
    selector: tuple[tuple[str, str], ...] = ()
    whole_name: str = ""

    @property
    def parts(self) -> tuple[str, ...]:
        """The measures that the part is the sum of."""
        return (self.part,) if isinstance(self.part, str) else self.part

    @property
    def wholes(self) -> tuple[str, ...]:
        """The measures that the whole is the sum of."""
        return (self.whole,) if isinstance(self.whole, str) else self.whole


@dataclass(frozen=True, slots=True)
class Score:
    """A hundred times what ``plus`` has more than ``minus``, as a part of the ``whole``: from -100 to 100.

    Levels and ``selector`` as for a `Ratio`.
    """

    name: str
    plus: str
    minus: str
    whole: str
    levels: tuple[tuple[str, ...], ...] = ((),)
    selector: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Quotient:
    """What an amount comes to for each of something, over each window: a mean, whatever its unit.

    ``amount`` is a measure, kept apart by ``labels`` and narrowed by ``selector``. ``heads`` is a measure or a stock;
    of a stock it is the mean level over the window, or its level if it has steps of its own for each window.
    """

    name: str
    amount: str
    heads: str
    labels: tuple[str, ...] = ()
    selector: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Share:
    """What part of all that a ``measure`` counts has each value of a ``label``."""

    name: str
    measure: str
    label: str


class Contributed(Protocol):
    """Something that entities contribute to, told apart by labels: a measure or a stock."""

    @property
    def name(self) -> str:
        """By what it is found."""

    @property
    def labels(self) -> tuple[str, ...]:
        """The names of its labels."""


ContributedType = TypeVar("ContributedType", bound=Contributed)


def by_name(measures: Iterable[ContributedType]) -> dict[str, ContributedType]:
    """Measures and stocks by their names. Raises ``ValueError`` if two have the same."""
    found: dict[str, ContributedType] = {}
    for measure in measures:
        if found.setdefault(measure.name, measure) is not measure:
            message = f"there are two measures {measure.name}"
            raise ValueError(message)
    return found
