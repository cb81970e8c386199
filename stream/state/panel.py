"""Panels: how a kind wants its figures to be shown, and on which dashboard.

The declarations say nothing of Grafana; what draws them is where dashboards are made.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from stream.state.figure import Figure


class Page(StrEnum):
    """The dashboards that there are whatever kinds are known; a kind may name one of its own besides."""

    NOW = "now"
    TICKETS = "tickets"
    SERVICE_LEVELS = "service-levels"
    VOICE = "voice"
    PIPELINE = "pipeline"


class Form(StrEnum):
    """How figures are drawn.

    ``NUMBER`` is a number for each, ``LINES`` and ``AREAS`` (one on top of the other) go over time, ``COLUMNS`` are
    what happened in each step of time, ``BARS`` compare the latest values, ``TABLE`` lists them by labels.
    """

    NUMBER = "number"
    LINES = "lines"
    AREAS = "areas"
    COLUMNS = "columns"
    BARS = "bars"
    TABLE = "table"


class Unit(StrEnum):
    """What the numbers of a panel are in.

    ``LEVEL`` is a count on average, which is seldom whole, ``MONEY`` the main unit of a currency, such as euros.
    """

    COUNT = "count"
    LEVEL = "level"
    SECONDS = "seconds"
    RATIO = "ratio"
    SCORE = "score"
    PER_SECOND = "per second"
    BYTES = "bytes"
    TIMES = "times"
    MONEY = "money"


class Good(StrEnum):
    """On which side of its target a number is good."""

    AT_LEAST = "at least"
    AT_MOST = "at most"


@dataclass(frozen=True, slots=True)
class Target:
    """What tells good from bad: ``name`` is one of the settings `monitoring`. ``shown`` puts it into the title."""

    name: str
    good: Good
    shown: bool = False


@dataclass(frozen=True, slots=True)
class Panel:
    """Figures that are shown together.

    ``title`` is unique on its dashboard. ``description`` is what is to be said besides the definitions of what is
    shown. ``empty`` is said instead of numbers that there are none of. ``width`` is of 24, ``height`` in rows of the
    grid; 0 for what is usual for the form.
    """

    title: str
    figures: tuple[Figure, ...]
    form: Form = Form.LINES
    unit: Unit = Unit.COUNT
    description: str = ""
    target: Target | None = None
    empty: str = ""
    width: int = 0
    height: int = 0


@dataclass(frozen=True, slots=True)
class PanelRow:
    """Panels below a heading of a dashboard; rows of the same dashboard and heading are one, in the order of kinds."""

    page: str
    heading: str
    panels: tuple[Panel, ...]


@dataclass(frozen=True, slots=True)
class OwnPage:
    """A dashboard that is there because of a kind: what it is for, and by which labels its reader may narrow it.

    ``page`` is the name that rows of it have; ``since`` is how far back it looks at first.
    """

    page: str
    title: str
    description: str
    filters: tuple[str, ...]
    since: str = "now-24h"
