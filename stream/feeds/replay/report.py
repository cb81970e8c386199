"""What became of the rows of a log."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from stream.feeds.replay.columns import AbsentColumn
from stream.feeds.replay.problem_kinds import Example, ProblemKinds, printable
from stream.feeds.replay.rows import LineCount

_EXAMPLES: Final = 10


@dataclass(slots=True)
class ReplayReport:
    """Counts while a log is read. Each row is mapped, skipped, rejected or unmatched, and only one of these.

    ``mapped`` rows made the ``events``, which are counted by type; ``skipped`` counts, by reason, the rows
    that the mapping leaves out; ``rejected`` rows have values that do not fit, ``unmatched`` ones no rule.
    Of both, the first ten are kept as examples; ``rejected_kinds`` counts all reasons by their kind. ``unit`` is
    what their positions count: line, event or record.
    ``line_count`` tells where the lines of the file are, if rows are lines: those above the header, of the header,
    blank ones, those that go on with a row, and one for each row make all of them. ``local_times`` counts the times
    that the zone's clocks showed never or twice, by how they were read. ``absent_columns`` are those that the mapping
    names and no row has.
    """

    unit: str = "line"
    line_count: LineCount | None = None
    rows: int = 0
    mapped: int = 0
    events: Counter[str] = field(default_factory=Counter)
    skipped: Counter[str] = field(default_factory=Counter)
    rejected: int = 0
    rejected_examples: list[Example] = field(default_factory=list)
    rejected_kinds: ProblemKinds = field(default_factory=ProblemKinds)
    unmatched: int = 0
    unmatched_examples: list[Example] = field(default_factory=list)
    local_times: Counter[str] = field(default_factory=Counter)
    absent_columns: tuple[AbsentColumn, ...] = ()

    @property
    def rejected_percent(self) -> float:
        """The share of the rows that were rejected, in percent."""
        return 100 * self.rejected / self.rows if self.rows else 0.0

    @property
    def is_complete(self) -> bool:
        """Whether no row was rejected or unmatched."""
        return not self.rejected and not self.unmatched

    def reject(self, position: int, reason: str) -> None:
        """Count a row whose values do not fit."""
        self.rejected += 1
        if len(self.rejected_examples) < _EXAMPLES:
            self.rejected_examples.append(Example(position, reason))
        self.rejected_kinds.count(position, reason)

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
        yield from self._rejected_lines()
        if self.unmatched:
            examples = self.unmatched_examples
            more = self.unmatched > len(examples)
            yield f"{self.unmatched} without a rule" + (f", the first {len(examples)}:" if more else ":")
        for example in self.unmatched_examples:
            yield f"  {self.unit} {example.position}: {printable(example.reason)}"
        for reading, count in sorted(self.local_times.items()):
            yield f"{reading}: {count}"
        for absent in self.absent_columns:
            yield printable(absent.line())

    def _rejected_lines(self) -> Iterator[str]:
        if self.rejected:
            yield f"{self.rejected} rejected:"
        for kind in self.rejected_kinds:
            indent = "  "
            if kind.rows > 1:
                yield f"  {kind.rows} {printable(kind.text)}"
                indent = "    "
            for example in kind.examples:
                yield f"{indent}{self.unit} {example.position}: {printable(example.reason)}"


def _told(count: LineCount) -> str:
    rows = count.lines - count.above - count.header - count.blank - count.joined
    spread = f" in {rows + count.joined} lines" if count.joined else ""
    above = f"{count.above} above the header, " if count.above else ""
    return f"{count.lines} lines: {above}{count.header} header, {rows} rows{spread}, {count.blank} blank"
