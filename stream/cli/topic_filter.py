"""Of a log's events, those of the kinds that the settings name: no worker reads the topics of the others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from typing import TypeVar

from stream.feeds.publish import Record

AnyRecord = TypeVar("AnyRecord", bound=Record)


class TopicFilter:
    """Lets the events of these topics pass and counts the others by topic."""

    def __init__(self, topics: Collection[str]) -> None:
        self._topics = frozenset(topics)
        self.left_out: Counter[str] = Counter()

    def passing(self, records: Iterable[AnyRecord]) -> Iterator[AnyRecord]:
        """Those of the topics."""
        for record in records:
            topic = record[0]
            if topic in self._topics:
                yield record
            else:
                self.left_out[topic] += 1

    def warnings(self) -> Iterator[str]:
        """What was left out, a line for each topic."""
        for topic, count in sorted(self.left_out.items()):
            yield f"warning: {count} events for {topic} were not published: the setting `desks` leaves its kind out\n"
