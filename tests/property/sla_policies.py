"""Policies of all kinds.

Their targets are as long as the times of the histories lie apart, so that deadlines coincide with events, pauses
and changes of terms.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from hypothesis import strategies as st

from tests.oracle.opening_hours import OpeningHours, Shift
from tests.oracle.sla_policies import METRICS, SECOND, Policies, Policy, TargetChoice, TargetRule
from tests.property.histories import DAY, HOUR, MINUTE

_VALUES: Final = {
    "channel": ("email", "chat"),
    "priority": ("high", "low"),
    "category": ("complaint", "billing"),
    "team": ("first", "second", "bots"),
    "customer_tier": ("gold", "silver"),
}
_SPANS: Final = (1, 2, 3, 30, MINUTE, 5 * MINUTE, HOUR, 3 * HOUR, 8 * HOUR, DAY, 5 * DAY, 7 * DAY)


def _week(*shifts: tuple[float, float], days: int = 7) -> tuple[tuple[Shift, ...], ...]:
    of_a_day = tuple(Shift(round(start * 60), round(end * 60)) for start, end in shifts)
    return tuple(of_a_day if day < days else () for day in range(7))


CALENDARS: Final = (
    OpeningHours("UTC", _week((9, 17), days=5)),
    OpeningHours("Europe/Berlin", _week((8, 12), (13.5, 18), days=5), frozenset({date(2024, 3, 5)})),
    OpeningHours("Europe/Berlin", _week((22, 30)), frozenset({date(2024, 3, 30)})),
    OpeningHours("Europe/Berlin", _week((2.5, 3.25), (23, 26.5)), frozenset({date(2024, 4, 1)})),
    OpeningHours("Asia/Kolkata", (*_week((9.5, 18.5))[:2], (), *_week((8, 12), (11, 24))[3:])),
    OpeningHours("America/New_York", _week((0, 24))),
)
"""With days off, shifts over night, in two parts, that overlap, and edges that the clocks skip in spring."""

calendars: Final = st.none() | st.sampled_from(CALENDARS)
spans: Final = st.sampled_from([seconds * SECOND for seconds in _SPANS])
pauses: Final = st.none() | st.frozensets(st.sampled_from(["new", "open", "pending", "hold"]), max_size=2)
warnings: Final = st.none() | st.sampled_from([seconds * SECOND for seconds in (0, 1, 30, HOUR)])
attributes: Final = st.sampled_from(sorted(_VALUES))


@st.composite
def _targets(draw: st.DrawFn) -> TargetRule | TargetChoice:
    def target() -> TargetRule:
        return TargetRule(draw(spans), draw(calendars), draw(pauses), draw(warnings))

    if draw(st.integers(0, 3)) < 3:
        return target()
    attribute = draw(attributes)
    values = draw(st.lists(st.sampled_from(_VALUES[attribute]), unique=True))
    return TargetChoice(attribute, {value: target() for value in values}, target() if draw(st.booleans()) else None)


@st.composite
def _conditions(draw: st.DrawFn) -> dict[str, frozenset[str]]:
    named = draw(st.lists(attributes, max_size=2, unique=True))
    return {name: draw(st.frozensets(st.sampled_from(_VALUES[name]), min_size=1)) for name in named}


@st.composite
def policies(draw: st.DrawFn, *, names: Sequence[str] = ("one", "two", "three")) -> Policies:
    """A few policies, each with targets for some metrics."""
    chosen: list[Policy] = []
    for name in names[: draw(st.integers(1, len(names)))]:
        metrics = draw(st.lists(st.sampled_from(METRICS), min_size=1, unique=True))
        targets = {metric: draw(_targets()) for metric in metrics}
        chosen.append(Policy(name, draw(_conditions()), targets))
    return tuple(chosen)
