"""Episodes: a subject that comes back, told apart by the rows with which it begins anew."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from stream.feeds.replay.comparisons import Comparison
from stream.feeds.replay.conditions import Condition
from stream.feeds.replay.rows import EPISODE, LogRow
from stream.feeds.replay.templates import Template


@dataclass(frozen=True, slots=True)
class Episodes:
    """An episode of a ``subject`` begins with each row that meets the conditions ``begins``."""

    subject: Template
    begins: tuple[Condition | Comparison, ...]

    def columns(self) -> Iterator[tuple[str, str]]:
        """Yield the columns of the log that say where one begins, and where the mapping names them."""
        for condition in self.begins:
            yield condition.column, condition.place
            if isinstance(condition, Comparison):
                for column in condition.other.columns:
                    yield column, condition.place

    def numbered(self, rows: Iterator[LogRow]) -> Iterator[LogRow]:
        """Yield the rows with the numbers of their episodes, in the order of the file.

        What comes before the first beginning is of episode 0. A row has none without a subject, or if it cannot be
        said whether it begins one: then it has a problem.
        """
        begun: Counter[str] = Counter()
        for row in rows:
            fields = row.fields
            if row.problem is not None or self.subject.missing(fields) is not None:
                yield row
                continue
            subject = self.subject.render(fields)
            try:
                begun[subject] += self._begins(fields)
            except ValueError as error:
                yield row._replace(problem=str(error))
                continue
            fields[EPISODE] = str(begun[subject])
            yield row

    def _begins(self, fields: Mapping[str, str]) -> bool:
        return all(condition.holds(fields) for condition in self.begins)
