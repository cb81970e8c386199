"""What a run of the failure suite does: how much load, and which faults at which moments."""

from __future__ import annotations

import random
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NamedTuple

MOST_WORKERS: Final = 4
FIRST_WORKERS: Final = 3
"""How many workers run when the faults begin."""

_FIRST_FAULT_SECONDS: Final = 4.0
_LAST_SHARE: Final = 0.95


class Fault(StrEnum):
    """A kind of fault."""

    KILL = "kill -9 of a worker, restart"
    TERMINATE = "SIGTERM of a worker, restart"
    FREEZE = "SIGSTOP of a worker beyond its session, SIGCONT"
    LEAVE = "a worker leaves"
    JOIN = "a worker joins"
    CUT = "a worker's connections cut, healed"
    BROKER = "kill -9 of a broker, restart"
    SOURCE_LEADER = "kill -9 of a source partition's leader, restart"
    CHANGELOG_LEADER = "kill -9 of a changelog partition's leader, restart"
    CLOCK = "a worker's clock set ahead, set right"
    DAMAGE = "SIGTERM of a worker, a byte of its state on disk flipped, restart"
    DISK = "a worker's disk full, restart"
    HUNG_BROKER = "restart of a worker whose first broker hangs"
    SCRAPES = "a storm of scrapes"
    CHANGELOG_LOST = "a changelog deleted and made anew, its state rebuilt while no worker runs"
    GROWN = "the source topics given more partitions while no worker runs"


ACCIDENTS: Final = frozenset(
    {
        Fault.CLOCK,
        Fault.DAMAGE,
        Fault.DISK,
        Fault.HUNG_BROKER,
        Fault.SCRAPES,
        Fault.CHANGELOG_LOST,
        Fault.GROWN,
    }
)
"""What happens to machines and topics, and not to processes and their connections."""

_OF_DISKS: Final = frozenset({Fault.DAMAGE, Fault.DISK})

# The loss of a changelog, after which everything is read again, and the growth come once.
_WEIGHTS: Final = {
    Fault.KILL: 4,
    Fault.TERMINATE: 3,
    Fault.FREEZE: 3,
    Fault.LEAVE: 1,
    Fault.JOIN: 1,
    Fault.CUT: 3,
    Fault.BROKER: 1,
    Fault.SOURCE_LEADER: 1,
    Fault.CHANGELOG_LEADER: 1,
    Fault.CLOCK: 1,
    Fault.DAMAGE: 1,
    Fault.DISK: 1,
    Fault.HUNG_BROKER: 1,
    Fault.SCRAPES: 1,
}


class PlannedFault(NamedTuple):
    """A fault that begins ``at`` so many seconds.

    ``target`` and ``length`` lie from 0 to 1: which of those that can be hit it hits, and where between the
    shortest and the longest its duration lies.
    """

    at: float
    kind: Fault
    target: float
    length: float


@dataclass(frozen=True, slots=True)
class Plan:
    """``events`` are published over ``seconds``, in which so many ``faults`` begin; all follows from the ``seed``.

    ``store`` is where the workers keep their state, ``mixed`` if every other one has it on disk. With ``accidents``
    these are among the faults.
    """

    seed: int
    events: int = 500_000
    faults: int = 75
    seconds: float = 420.0
    store: str = "mixed"
    accidents: bool = True

    @property
    def kinds(self) -> list[Fault]:
        """The kinds of faults that happen, each at least once."""
        left_out = ACCIDENTS if not self.accidents else _OF_DISKS if self.store == "memory" else frozenset()
        return [kind for kind in Fault if kind not in left_out]

    def __post_init__(self) -> None:
        """Refuse what cannot be planned."""
        if self.faults < len(self.kinds):
            raise ValueError(
                f"{self.faults} faults are too few: there are {len(self.kinds)} kinds, each comes at least once"
            )

    def stores(self) -> list[str]:
        """Where each worker keeps its state."""
        return [
            self.store if self.store != "mixed" else ("rocksdb", "memory")[number % 2] for number in range(MOST_WORKERS)
        ]

    def schedule(self) -> list[PlannedFault]:
        """The faults in the order in which they begin, each kind at least once.

        A worker leaves only while there are two or more, and joins only while there are fewer than four. A changelog is
        lost before topics grow: read again from its beginning, a topic that has grown has each ticket in two places.
        """
        dice = random.Random(self.seed)
        kinds = self.kinds
        weights = [_WEIGHTS.get(kind, 0) for kind in kinds]
        wanted = [*kinds, *dice.choices(kinds, weights, k=self.faults - len(kinds))]
        dice.shuffle(wanted)
        if self.accidents:
            lost, grown = sorted((wanted.index(Fault.CHANGELOG_LOST), wanted.index(Fault.GROWN)))
            wanted[lost], wanted[grown] = Fault.CHANGELOG_LOST, Fault.GROWN
        last = max(_FIRST_FAULT_SECONDS, _LAST_SHARE * self.seconds)
        moments = sorted(dice.uniform(_FIRST_FAULT_SECONDS, last) for _ in wanted)
        return [
            PlannedFault(at, kind, dice.random(), dice.random())
            for at, kind in zip(moments, _feasible(wanted), strict=True)
        ]


def _feasible(kinds: list[Fault]) -> list[Fault]:
    """The same kinds, a leave turned into a join and the other way round where there is nobody to do it."""
    workers, feasible = FIRST_WORKERS, []
    for wanted in kinds:
        kind = wanted
        if kind is Fault.JOIN and workers == MOST_WORKERS:
            kind = Fault.LEAVE
        elif kind is Fault.LEAVE and workers == 1:
            kind = Fault.JOIN
        workers += (kind is Fault.JOIN) - (kind is Fault.LEAVE)
        feasible.append(kind)
    return feasible
