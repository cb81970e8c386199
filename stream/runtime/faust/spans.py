"""Which offsets of a partition are safe to commit."""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

Partition = TypeVar("Partition", bound=Hashable)


@dataclass(slots=True)
class Span:
    """A run of records that was handed out together, by its last offset."""

    last: int
    begun: bool = False
    done: bool = False


class SpanTracker(Generic[Partition]):
    """Follows runs of records from the fetch to the acknowledged append.

    An offset is committable when its run and every run before it are done, whatever order they end in.
    """

    def __init__(self) -> None:
        self._spans: dict[Partition, deque[Span]] = {}
        self._committable: dict[Partition, int] = {}

    def opened(self, partition: Partition, last: int) -> Span:
        """A run that ends at offset ``last`` was handed out."""
        span = Span(last)
        self._spans.setdefault(partition, deque()).append(span)
        return span

    def begun(self, partition: Partition, last: int) -> bool:
        """Work on the run that ends at ``last`` begins; ``False`` if an earlier one was handed out and never begun.

        A run that is not tracked (any more) may begin.
        """
        complete = True
        for span in self._spans.get(partition, ()):
            if span.last == last:
                span.begun = True
                return complete
            complete = complete and span.begun
        return True

    def done(self, partition: Partition, last: int) -> None:
        """The run that ends at ``last`` is durable. A run that is not tracked (any more) is ignored."""
        spans = self._spans.get(partition)
        if not spans:
            return
        for span in spans:
            if span.last == last:
                span.done = True
                break
        while spans and spans[0].done:
            self._committable[partition] = spans.popleft().last + 1

    @property
    def outstanding(self) -> int:
        """How many runs were handed out that are not done, over all partitions."""
        return sum(not span.done for spans in self._spans.values() for span in spans)

    def committable(self, partition: Partition) -> int | None:
        """The offset to commit, one past the last safe record; ``None`` if nothing was done yet."""
        return self._committable.get(partition)

    def partitions(self) -> Iterator[Partition]:
        """The partitions that have something to commit."""
        return iter(tuple(self._committable))

    def clear(self, partition: Partition) -> None:
        """Forget a partition: it was revoked, or reading starts over at its committed offset."""
        self._spans.pop(partition, None)
        self._committable.pop(partition, None)
