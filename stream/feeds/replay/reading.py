"""Reading the events of a log."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from stream.feeds.replay.delimited import DelimitedReader
from stream.feeds.replay.failure import ReplayError
from stream.feeds.replay.first_rows import survey
from stream.feeds.replay.json_document import JsonDocumentReader
from stream.feeds.replay.json_lines import JsonLinesReader
from stream.feeds.replay.mapping import LogFormat, Mapping
from stream.feeds.replay.report import ReplayReport
from stream.feeds.replay.row_mapper import ReplayedEvent, RowMapper
from stream.feeds.replay.row_times import RowTimes
from stream.feeds.replay.rows import POSITION, LogReader, Row, ended_after
from stream.feeds.replay.xes import XesReader

_CLOCK_SKEW: Final = timedelta(hours=1)
_CONTENT_SHOWN: Final = 160


def read_events(
    path: str | Path, mapping: Mapping, report: ReplayReport | None = None, *, latest: datetime | None = None
) -> Iterator[ReplayedEvent]:
    """Read the events of a log, in the order of the file; ``report`` counts along while they are taken.

    ``latest`` is the last moment that an event may have, by default an hour from now. The log and the
    mapping are checked against each other before this returns, and if the mapping asks for the earliest row
    of each subject the log is read once more for that. Raises ``ReplayError`` when the file cannot be read,
    or when the mapping names a column that it does not have.
    """
    path = Path(path)
    report = ReplayReport() if report is None else report
    reader = _reader(path, mapping.format)
    report.unit, report.line_count = reader.unit, reader.line_count
    columns, first_rows = survey(reader, mapping, RowTimes(mapping.time_format))
    _check_columns(path, mapping, columns)
    times = RowTimes(mapping.time_format, counted=report.local_times)
    mapper = RowMapper(mapping, first_rows, times, latest or datetime.now(UTC) + _CLOCK_SKEW)
    return _read(reader, mapper, report)


def _reader(path: Path, log: LogFormat) -> LogReader:
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
    )


def _check_columns(path: Path, mapping: Mapping, columns: tuple[str, ...]) -> None:
    if not columns:
        return
    for column, place in mapping.columns().items():
        if column not in columns:
            raise ReplayError(
                f"{path}: there is no column {column!r}, which {mapping.file} names in {place}; "
                f"the columns are {', '.join(columns)}"
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


def _shown(row: Row) -> str:
    content = ", ".join(f"{column}={value}" for column, value in row.fields.items() if value and column != POSITION)
    return content if len(content) <= _CONTENT_SHOWN else content[: _CONTENT_SHOWN - 1] + "…"
