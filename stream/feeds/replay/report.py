"""What became of the rows of a log."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from stream.feeds.replay.rows import LineCount

_EXAMPLES: Final = 10


class Example(NamedTuple):
    """A row that made no event: its position, and why."""

    position: int
    reason: str


@dataclass(slots=True)
class ReplayReport:
    """Counts while a log is read. Each row is mapped, skipped, rejected or unmatched, and only one of these.

    ``mapped`` rows made the ``events``, which are counted by type; ``skipped`` counts, by reason, the rows
    that the mapping leaves out; ``rejected`` rows have values that do not fit, ``unmatched`` ones no rule.
    Of both, the first ten are kept as examples. ``unit`` is what their positions count: line, event or record.
    ``line_count`` tells where the lines of the file are, if rows are lines: the lines of the header, blank ones,
    those that go on with a row, and one for each row make all of them. ``local_times`` counts the times that the
    zone's clocks showed never or twice, by how they were read.
    """

    unit: str = "line"
    line_count: LineCount | None = None
    rows: int = 0
    mapped: int = 0
    events: Counter[str] = field(default_factory=Counter)
    skipped: Counter[str] = field(default_factory=Counter)
    rejected: int = 0
    rejected_examples: list[Example] = field(default_factory=list)
    unmatched: int = 0
    unmatched_examples: list[Example] = field(default_factory=list)
    local_times: Counter[str] = field(default_factory=Counter)

    @property
    def is_complete(self) -> bool:
        """Whether no row was rejected or unmatched."""
        return not self.rejected and not self.unmatched

    def reject(self, position: int, reason: str) -> None:
        """Count a row whose values do not fit."""
        self.rejected += 1
        if len(self.rejected_examples) < _EXAMPLES:
            self.rejected_examples.append(Example(position, reason))

    def miss(self, position: int, content: str) -> None:
        """Count a row for which there is no rule; ``content`` shows what it holds."""
        self.unmatched += 1
        if len(self.unmatched_examples) < _EXAMPLES:
            self.unmatched_examples.append(Example(position, content))

    def lines(self) -> Iterator[str]:
        """Yield the report for people, a line at a time."""
        if self.line_count is not None:
            yield _told(self.line_count)
        yield f"{self.rows} rows: {self.mapped} mapped to {self.events.total()} events"
        for name, count in sorted(self.events.items()):
            yield f"  {count} {name}"
        if self.skipped:
            yield f"{self.skipped.total()} skipped"
        for reason, count in self.skipped.most_common():
            yield f"  {count} {reason}"
        for count, word, examples in (
            (self.rejected, "rejected", self.rejected_examples),
            (self.unmatched, "without a rule", self.unmatched_examples),
        ):
            if count:
                yield f"{count} {word}" + (f", the first {len(examples)}:" if count > len(examples) else ":")
            for example in examples:
                yield f"  {self.unit} {example.position}: {example.reason}"
        for reading, count in sorted(self.local_times.items()):
            yield f"{count} {reading}"


def _told(count: LineCount) -> str:
    rows = count.lines - count.header - count.blank - count.joined
    spread = f" in {rows + count.joined} lines" if count.joined else ""
    return f"{count.lines} lines: {count.header} header, {rows} rows{spread}, {count.blank} blank"
