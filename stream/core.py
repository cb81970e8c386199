"""The functional core put together from the settings: everything a worker knows, without Faust and Kafka."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

from stream.metrics.view import KindStates, WorkerView
from stream.settings.settings import Settings
from stream.state.checkpoint import DEFAULT_PACE, Checkpoints, Pace
from stream.state.fingerprint import fingerprint
from stream.state.hot_entities import HOT_ENTITIES
from stream.state.kind import DeskGroup, Kind, Workplace
from stream.state.labels import LabelBounds
from stream.state.partition import PartitionState
from stream.state.records import RecordLimits
from stream.state.rows import RowStore
from stream.windows.clock import Clock, EventClock, WallClock
from stream.windows.local_days import LocalDays
from stream.windows.series import SeriesRegistry


def new_clock(settings: Settings) -> Clock:
    """The clock that the settings ask for."""
    return EventClock() if settings.clock.mode == "event" else WallClock()


@dataclass(frozen=True, slots=True)
class KindDesks:
    """The desks of a kind in a worker: what its partitions share."""

    kind: Kind
    group: DeskGroup
    checkpoints: Checkpoints


class Core:
    """The kinds that the settings name, their series and their clock. ``source`` is that of the events they publish.

    What the settings say comes from them unless it is given.
    """

    def __init__(  # noqa: PLR0913 - what surrounds it, put together in one place
        self,
        settings: Settings,
        source: str = "",
        *,
        clock: Clock | None = None,
        kinds: Sequence[Kind] | None = None,
        bounds: LabelBounds | None = None,
        limits: RecordLimits | None = None,
        pace: Pace = DEFAULT_PACE,
        hot: int = HOT_ENTITIES,
    ) -> None:
        self.settings = settings
        self.clock = new_clock(settings) if clock is None else clock
        self.registry = SeriesRegistry()
        labels = settings.labels
        self.bounds = bounds or LabelBounds(labels.limit, labels.allowed(), labels.combinations)
        self._limits: Final = limits or settings.record_limits
        self._pace = pace
        self._local_days = LocalDays(ZoneInfo(settings.clock.time_zone))
        workplace = Workplace(settings, self.registry, self.bounds, source, hot)
        self.desks: dict[str, KindDesks] = {
            kind.name: self._new_desks(kind, workplace) for kind in (settings.kinds if kinds is None else kinds)
        }
        """The desks of each kind that the settings name, by the kind's name."""

    def new_state(self, kind: str, rows: RowStore) -> PartitionState:
        """The state of a partition over its rows."""
        desks = self.desks[kind]
        desk = desks.group.new_desk(rows)
        return PartitionState(
            desk, self.clock, self._local_days, self._limits, desks.checkpoints, self.registry, self._pace
        )

    def view(self, states: Mapping[str, Sequence[PartitionState]]) -> WorkerView:
        """What is known now, given the states of the partitions held, by kind."""
        states_of_kinds = (KindStates(one.kind, one.group, states.get(name, ())) for name, one in self.desks.items())
        return WorkerView(states_of_kinds, self.registry, self.clock)

    def _new_desks(self, kind: Kind, workplace: Workplace) -> KindDesks:
        made_under = fingerprint(kind, self.settings)
        checkpoints = Checkpoints(self.registry, self.bounds, kind.labels_of, kind.bounded, made_under)
        return KindDesks(kind, kind.new_group(workplace), checkpoints)
