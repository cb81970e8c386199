"""What a replay of a log would do, found out without a broker."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Final

import orjson

from stream.feeds.preview.time_facts import TimeFacts, time_facts
from stream.feeds.replay import Mapping, MappingUse, ReplayedEvent, ReplayReport, RuleUse
from stream.feeds.replay.prepared_rows import prepare
from stream.feeds.replay.problem_kinds import Example
from stream.feeds.replay.quoting import encodable
from stream.feeds.replay.reading import open_log

_ROWS_LOOKED_AT: Final = 5_000


@dataclass(frozen=True, slots=True)
class Preview:
    """What became of the rows of a ``file`` of ``size`` bytes, and what their events are like.

    ``rules`` say how the mapping was used, with ``examples`` of their events, ``unmatched_values`` which values of a
    column none of its conditions and maps names, each with its rows; ``uncounted_values`` is how many rows have values
    of a column beyond those that were counted one by one. ``unused`` are the columns that it never reads.
    ``order`` is how it puts events with equal times in order: one of ``equal_times``, or ``sequence``.
    """

    file: Path
    size: int
    report: ReplayReport
    times: TimeFacts | None
    rules: tuple[RuleUse, ...] = ()
    examples: tuple[tuple[bytes, ...], ...] = ()
    unmatched_values: dict[str, dict[str, int]] | None = None
    uncounted_values: dict[str, int] | None = None
    unused: tuple[str, ...] = ()
    order: str = ""

    def as_json(self) -> dict[str, Any]:
        """The preview for scripts."""
        return {
            "file": str(self.file),
            "bytes": self.size,
            **report_json(self.report),
            "unmatched_values": self.unmatched_values or {},
            "uncounted_values": self.uncounted_values or {},
            "rules": [
                {
                    "rule": rule.place,
                    "makes": rule.makes,
                    "rows": rule.rows,
                    "events": rule.events,
                    "examples": [orjson.loads(example) for example in examples],
                }
                for rule, examples in zip(self.rules, self.examples, strict=True)
            ],
            "unused_columns": list(map(encodable, self.unused)),
            "times": None if self.times is None else self.times.as_json(),
        }


def report_json(report: ReplayReport) -> dict[str, Any]:
    """What became of the rows, for scripts."""
    return {
        "lines": None if report.line_count is None else asdict(report.line_count),
        "rows": report.rows,
        "mapped": report.mapped,
        "events": dict(sorted(report.events.items())),
        "skipped": dict(report.skipped.most_common()),
        "rejected": report.rejected,
        "rejected_kinds": [
            {"reason": kind.text, "rows": kind.rows, "examples": _examples(report, kind.examples)}
            for kind in report.rejected_kinds
        ],
        "unmatched": report.unmatched,
        "unmatched_examples": _examples(report, report.unmatched_examples),
        "local_times": dict(report.local_times),
        "absent_columns": [
            {"column": absent.column, "place": absent.place, "closest": list(map(encodable, absent.closest))}
            for absent in report.absent_columns
        ],
    }


def _examples(report: ReplayReport, examples: list[Example]) -> list[dict[str, Any]]:
    return [{report.unit: example.position, "reason": example.reason} for example in examples]


def preview_of(
    file: Path, mapping: Mapping, report: ReplayReport, use: MappingUse, events: Sequence[ReplayedEvent], now: int
) -> Preview:
    """Look at the events of a log, in the order of the file, at ``now`` (microseconds)."""
    columns = [column for column in use.columns if column.is_of_log and column.makes_events]
    return Preview(
        file=file,
        size=file.stat().st_size,
        report=report,
        times=time_facts(events, now),
        rules=use.rules,
        examples=use.examples,
        unmatched_values={column.column: dict(column.unmatched) for column in columns if column.unmatched},
        uncounted_values={column.column: column.more for column in columns if column.more},
        unused=tuple(column for column in _columns(file, mapping) if column not in use.read),
        order="sequence" if mapping.equal_times.template else mapping.equal_times.order,
    )


def _columns(file: Path, mapping: Mapping) -> Sequence[str]:
    reader = prepare(open_log(file, mapping.format), mapping.explode, mapping.nulls)
    if reader.header is not None:
        return reader.header
    return list(dict.fromkeys(column for row in islice(reader.rows(), _ROWS_LOOKED_AT) for column in row.fields))
