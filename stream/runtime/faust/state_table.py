"""The state table: a partition state for each partition that this worker holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Final

import faust
from faust.types import TP, AppT

from stream.runtime.kafka.changelog import Changelog
from stream.state.partition import PartitionState
from stream.state.rows import Row

StateFactory = Callable[[int, int], PartitionState]


class StateTable(faust.Table[bytes, bytes]):
    """Registers the changelog with Faust, which assigns it together with its source topic.

    The rows live in partition states, not in Faust's store. A state is *settled* when the changelog holds
    all of it; one that is not is dropped, never kept, when its partition is assigned again.
    """

    def __init__(
        self, app: AppT, *, source_topic: str, new_state: StateFactory, changelog: Changelog, **options: Any
    ) -> None:
        super().__init__(app, **options)
        self.appends: Final = changelog
        self.source_topic: Final = source_topic
        self._new_state = new_state
        self._states: dict[int, PartitionState] = {}
        self._positions: dict[int, int] = {}
        self._ahead: Counter[int] = Counter()
        self._given_up: set[int] = set()

    def new_state(self, partition: int, end: int) -> PartitionState:
        """The state of a partition as far as it survived a restart, to be restored into.

        ``end`` is the offset at which the changelog ends.
        """
        return self._new_state(partition, end)

    def position_of(self, partition: int) -> int | None:
        """Where the changelog ended after the last append of this worker, ``None`` if the partition is not held."""
        return self._positions.get(partition)

    def state_of(self, partition: int) -> PartitionState | None:
        """The state of a partition that was assigned and restored."""
        return self._states.get(partition)

    def states(self) -> Iterator[tuple[int, PartitionState]]:
        """All partitions held, with their states."""
        return iter(tuple(self._states.items()))

    def install(self, partition: int, state: PartitionState, position: int) -> None:
        """Take over a state that is what the changelog holds up to (not including) ``position``."""
        self._states[partition] = state
        self._positions[partition] = position
        self._ahead.pop(partition, None)
        self._given_up.discard(partition)

    def ran_ahead(self, partition: int) -> None:
        """The state took records in that the changelog does not hold yet."""
        self._ahead[partition] += 1

    def caught_up(self, partition: int, state: PartitionState, rows: Sequence[Row], position: int | None) -> None:
        """The changelog holds one more run of records of ``state``; it ends at ``position`` if that had ``rows``.

        Nothing is noted if the partition has another state by now.
        """
        if self._states.get(partition) is state:
            self._ahead[partition] -= 1
            if position is not None:
                self._positions[partition] = position
                state.rows.settle(rows, position)

    def gave_up(self, partition: int, state: PartitionState) -> None:
        """What ``state`` took in was not appended, nor will it be: nothing that follows may be appended either."""
        if self._states.get(partition) is state:
            self._given_up.add(partition)

    def goes_on(self, partition: int, state: PartitionState) -> bool:
        """Whether ``state`` is that of the partition now, and all that it took in was appended or may still be."""
        return self._states.get(partition) is state and partition not in self._given_up

    def keeps(self, partition: int, end: int) -> bool:
        """Whether the state in memory is what a changelog that ends at ``end`` holds.

        A changelog that ends before our own last append can only be one whose broker counts ends by the
        start of the last batch, as the embedded one does; nobody else has written to it either.
        """
        return partition in self._states and not self._ahead[partition] and end <= self._positions[partition]

    def drop(self, partitions: Iterable[int]) -> None:
        """Forget partitions that this worker no longer holds."""
        for partition in partitions:
            state = self._states.pop(partition, None)
            if state is not None:
                state.rows.close()
            self._positions.pop(partition, None)
            self._ahead.pop(partition, None)
            self._given_up.discard(partition)

    def persisted_offset(self, tp: TP) -> int | None:  # noqa: ARG002 - Faust's signature
        """Faust asks how far a local store has come; restoring is our own affair."""
        return None
