"""The first rows of a log of which nothing is known, read as a replay would read them."""

from __future__ import annotations

import json
import re
import tempfile
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

from stream.feeds.replay.explosion import explode as exploded
from stream.feeds.replay.failure import ReplayError
from stream.feeds.replay.log_format import KINDS, LogFormat
from stream.feeds.replay.reading import open_log
from stream.feeds.replay.rows import LogRow
from stream.feeds.suggestion.delimiters import cut, dialect_of, has_header, lines_above_header, named
from stream.feeds.suggestion.first_bytes import FirstBytes, encoding_of, read_first_bytes
from stream.feeds.suggestion.lists import Happenings, array_of_records, lists_of_happenings

MOST_ROWS: Final = 5_000
"""So many rows are looked at."""

_BY_PLACE: Final = re.compile(r"\.\d+\.")
_LOOKED_AT: Final = 256 * 1024
_MOST_COLUMNS: Final = 5_000


@dataclass(frozen=True, slots=True)
class Sample:
    """The rows, the format in which they were read, and what is to be known of that.

    ``unreadable`` counts the rows that could not be cut into columns; they are not among the ``rows``. ``whole`` says
    that there are no rows besides these. If they are elements of a list within the records, that is the first of the
    ``happenings``, and the others are lists like it. The rows of the second one are ``beside`` if both can be replayed
    together.
    """

    format: LogFormat
    rows: list[dict[str, str]]
    unreadable: int
    whole: bool
    notes: tuple[str, ...]
    happenings: tuple[Happenings, ...] = ()
    beside: tuple[dict[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Choices:
    """What is known of the file beforehand; ``None`` is to be found out."""

    kind: str | None = None
    delimiter: str | None = None
    encoding: str | None = None
    explode: str | None = None


def take_sample(path: Path, choices: Choices) -> Sample:
    """Find out the format of a file and read its first rows.

    Raises ``ReplayError`` when it cannot be read, has no rows, or is in none of the formats of a replay.
    """
    first = read_first_bytes(path)
    encoding = choices.encoding or encoding_of(first, path)
    try:
        text = first.text(encoding)
    except (LookupError, UnicodeError) as error:
        raise ReplayError(f"{path}: it cannot be read as {encoding}: {error}") from error
    kind = choices.kind or _kind_of(text, whole=first.whole)
    if kind not in KINDS:
        raise ReplayError(f"{path}: it seems to be {kind}, which is none of {', '.join(KINDS)}")
    notes: list[str] = []
    if kind in {"csv", "tsv"}:
        log = _table_format(path, text[:_LOOKED_AT], choices, encoding, notes)
    else:
        log = LogFormat(kind, encoding, "", "", (), records=array_of_records(text) if kind == "json" else "")
    rows, whole = _first_rows(path, log, first, text)
    happenings = _chosen(lists_of_happenings([row.record for row in rows if row.record is not None]), choices, path)
    beside: list[LogRow] = []
    if len(happenings) > 1 and choices.explode is None and happenings[0].changes and happenings[1].are_messages:
        beside, all_beside = _elements(rows, happenings[1])
        whole = whole and all_beside
    if happenings:
        rows, all_rows = _elements(rows, happenings[0])
        whole = whole and all_rows
    readable = [row.fields for row in rows if row.problem is None]
    if not readable:
        why = next((f": {row.problem}" for row in rows if row.problem), "")
        raise ReplayError(f"{path}: no row can be read as {log.kind}{why or ': there is nothing but a header'}")
    return Sample(
        log, readable, len(rows) - len(readable), whole, tuple(notes), happenings, tuple(row.fields for row in beside)
    )


def _chosen(found: list[Happenings], choices: Choices, path: Path) -> tuple[Happenings, ...]:
    if choices.explode is None:
        return tuple(found)
    chosen = [one for one in found if choices.explode in one.paths]
    if not chosen:
        there = ", ".join(one.path for one in found) or "none"
        raise ReplayError(f"{path}: there is no list {choices.explode!r} whose elements have times; there is: {there}")
    return (*chosen, *(one for one in found if one not in chosen))


def _elements(rows: list[LogRow], happenings: Happenings) -> tuple[list[LogRow], bool]:
    """The first rows of a list within the records, and whether these are all."""
    elements = list(islice(exploded(iter(rows), happenings.paths), MOST_ROWS + 1))
    return [_without_other_lists(row) for row in elements[:MOST_ROWS]], len(elements) <= MOST_ROWS


def _without_other_lists(row: LogRow) -> LogRow:
    """A row without what is only told by its place in a list, such as ``fields.3.id``."""
    fields = {name: value for name, value in row.fields.items() if not _BY_PLACE.search(name)}
    return LogRow(row.position, fields, row.problem, part=row.part)


def _kind_of(text: str, *, whole: bool) -> str:
    text = text.lstrip()
    if text.startswith("<"):
        return "xes"
    if text.startswith("["):
        return "json" if text[1:].lstrip()[:1] in {"{", "]"} else "csv"
    if text.startswith("{"):
        if text[1:].lstrip()[:1] not in {'"', "}"}:
            return "csv"
        line, _, rest = text.partition("\n")
        if _is_object(line) and (rest.strip() or not whole):
            return "jsonl"
        return "jsonl" if _is_object(line) and _is_flat(line) else "json"
    return "csv"


def _is_object(line: str) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False


def _is_flat(line: str) -> bool:
    # One object alone is a row, unless it holds the rows.
    return not any(
        isinstance(value, list) and value and isinstance(value[0], dict) for value in json.loads(line).values()
    )


def _table_format(path: Path, text: str, choices: Choices, encoding: str, notes: list[str]) -> LogFormat:
    dialect, lines = dialect_of(text, choices.delimiter or ("\t" if choices.kind == "tsv" else None))
    if not lines:
        raise ReplayError(f"{path}: it cannot be cut into columns")
    above = lines_above_header(text, dialect)
    if above:
        lines = cut(text.split("\n", above)[above], dialect.delimiter, dialect.quote)
    first = lines[0]
    if len(first) > _MOST_COLUMNS:
        raise ReplayError(f"{path}: line {above + 1} has {len(first)} columns; a log has {_MOST_COLUMNS} at most")
    columns: tuple[str, ...] = ()
    if not has_header(lines):
        columns = tuple(f"column_{number}" for number in range(1, dialect.fields + 1))
        notes.append(f"line {above + 1} seems to name no columns, so they are named here")
    elif len(set(first)) < len(first):
        columns = named(first)
        notes.append(f"line {above + 1} names a column twice, so the columns are named here")
        above += 1
    kind = "tsv" if dialect.delimiter == "\t" else "csv"
    return LogFormat(kind, encoding, dialect.delimiter, dialect.quote, columns, skip_lines=above)


def _first_rows(path: Path, log: LogFormat, first: FirstBytes, text: str) -> tuple[list[LogRow], bool]:
    if first.whole:
        rows = list(islice(open_log(path, log).rows(), MOST_ROWS + 1))
        return rows[:MOST_ROWS], len(rows) <= MOST_ROWS
    # The readers take a path. A copy of the beginning keeps them from an endless line or an endless file.
    cut = text if log.kind in {"xes", "json"} else text[: text.rfind("\n") + 1]
    with tempfile.NamedTemporaryFile(suffix=path.suffix) as file:
        file.write(cut.encode(log.encoding, "replace"))
        file.flush()
        rows = []
        try:
            rows.extend(islice(open_log(Path(file.name), log).rows(), MOST_ROWS))
        except ReplayError as error:
            if not rows:
                raise ReplayError(f"{path}: no row can be read in its beginning: {error}") from error
    return rows, False
