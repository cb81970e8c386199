"""A log as its mapping sees it: lists exploded, null values empty, other files looked up, episodes numbered."""

from __future__ import annotations

from collections.abc import Iterator

from stream.feeds.replay.episodes import Episodes
from stream.feeds.replay.explosion import explode
from stream.feeds.replay.lookups import LoadedLookup
from stream.feeds.replay.nulls import Nulls
from stream.feeds.replay.rows import LineCount, LogReader, LogRow


class PreparedReader:
    """Reads a log by another reader and changes its rows as a mapping says."""

    def __init__(
        self,
        reader: LogReader,
        paths: tuple[str, ...],
        nulls: Nulls,
        lookups: tuple[LoadedLookup, ...],
        episodes: Episodes | None,
    ) -> None:
        self.unit = reader.unit
        self.header = reader.header
        self._reader = reader
        self._paths = paths
        self._nulls = nulls
        self._lookups = lookups
        self._episodes = episodes

    @property
    def line_count(self) -> LineCount | None:
        """The other reader's, but none where a line can be several rows."""
        return None if self._paths else self._reader.line_count

    def rows(self) -> Iterator[LogRow]:
        """Yield the rows in the order of the file; those of one record follow each other."""
        rows = self._prepared()
        return rows if self._episodes is None else self._episodes.numbered(rows)

    def _prepared(self) -> Iterator[LogRow]:
        rows = self._reader.rows()
        for row in explode(rows, self._paths) if self._paths else rows:
            if row.problem is None:
                if self._nulls:
                    self._nulls.clear(row.fields)
                for lookup in self._lookups:
                    lookup.add(row.fields)
            yield row


def prepare(
    reader: LogReader,
    paths: tuple[str, ...],
    nulls: Nulls,
    lookups: tuple[LoadedLookup, ...] = (),
    episodes: Episodes | None = None,
) -> LogReader:
    """The reader of a mapping's rows, which is the log's own where the mapping changes nothing."""
    if not (paths or nulls or lookups or episodes):
        return reader
    return PreparedReader(reader, paths, nulls, lookups, episodes)
