"""Reading the events of a log."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Final

from stream.feeds.replay.columns import check_columns
from stream.feeds.replay.delimited import DelimitedReader
from stream.feeds.replay.failure import ReplayError
from stream.feeds.replay.first_rows import Survey, survey
from stream.feeds.replay.json_document import JsonDocumentReader
from stream.feeds.replay.json_lines import JsonLinesReader
from stream.feeds.replay.log_format import LogFormat
from stream.feeds.replay.lookups import load
from stream.feeds.replay.mapping import Mapping
from stream.feeds.replay.mapping_use import MappingUse
from stream.feeds.replay.moments import Moments
from stream.feeds.replay.prepared_rows import prepare
from stream.feeds.replay.quoting import encodable, shortened
from stream.feeds.replay.report import ReplayReport
from stream.feeds.replay.row_mapper import ReplayedEvent, RowMapper
from stream.feeds.replay.rows import EPISODE, POSITION, LogReader, LogRow, ended_after
from stream.feeds.replay.xes import XesReader

_CLOCK_SKEW: Final = timedelta(hours=1)
_CONTENT_SHOWN: Final = 160


def read_events(
    path: str | Path,
    mapping: Mapping,
    report: ReplayReport | None = None,
    *,
    latest: datetime | None = None,
    use: MappingUse | None = None,
) -> Iterator[ReplayedEvent]:
    """Read the events of a log, in the order of the file; ``report`` and ``use`` count along while they are taken.

    ``latest`` is the last moment that an event may have, by default an hour from now. The log and the
    mapping are checked against each other before this returns, and if the mapping asks for the earliest row
    of each subject, or for changes from row to row, the log is read once more for that. Raises ``ReplayError``
    when the file cannot be read, or when the mapping names a column that it cannot have.
    """
    path = Path(path)
    report = ReplayReport() if report is None else report
    latest = latest or datetime.now(UTC) + _CLOCK_SKEW
    reader = open_log(path, mapping.format)
    columns = mapping.columns()
    lookups = tuple(
        load(lookup, partial(open_log, lookup.file, lookup.format), mapping.file, columns, mapping.nulls)
        for lookup in mapping.lookups
    )
    reader = prepare(reader, mapping.explode, mapping.nulls, lookups, mapping.episodes)
    report.unit, report.line_count = reader.unit, reader.line_count
    moments = Moments(mapping, latest)
    surveyed = survey(reader, mapping, moments, RowMapper(mapping, Survey.none(), moments).fits_as_first)
    report.absent_columns = check_columns(path, mapping, surveyed.columns, from_header=reader.header is not None)
    moments = Moments(mapping, latest, report.local_times)
    return _read(reader, RowMapper(mapping, surveyed, moments, use), report)


def open_log(path: Path, log: LogFormat) -> LogReader:
    """The reader of a file in that format; raises ``ReplayError`` when it has no header although it must have one."""
    if log.kind == "jsonl":
        return JsonLinesReader(path, encoding=log.encoding)
    if log.kind == "json":
        return JsonDocumentReader(path, encoding=log.encoding, records=log.records)
    if log.kind == "xes":
        return XesReader(path)
    return DelimitedReader(
        path,
        encoding=log.encoding,
        delimiter=log.delimiter,
        quote=log.quote,
        columns=log.columns,
        quoted_lines=log.quoted_lines,
        skip_lines=log.skip_lines,
        short_rows=log.short_rows,
    )


def _read(reader: LogReader, mapper: RowMapper, report: ReplayReport) -> Iterator[ReplayedEvent]:
    try:
        for row in reader.rows():
            report.rows += 1
            try:
                outcome = mapper.map(row)
            except ValueError as error:
                report.reject(row.position, str(error))
                continue
            if outcome.events:
                report.mapped += 1
                for event in outcome.events:
                    report.events[event.type] += 1
                    yield event.record
            elif outcome.skipped:
                report.skipped[outcome.skipped] += 1
            else:
                report.miss(row.position, _shown(row))
    except ReplayError as error:
        raise ended_after(report.rows, error) from error


def _shown(row: LogRow) -> str:
    own = (pair for pair in row.fields.items() if pair[0] not in {POSITION, EPISODE})
    content = ", ".join(f"{column}={value}" for column, value in own if value)
    return encodable(shortened(content, _CONTENT_SHOWN))
