"""Logs that are one JSON document with an array of records."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from stream.feeds.replay.decoding import decoded
from stream.feeds.replay.failure import ReplayError
from stream.feeds.replay.flattening import flatten
from stream.feeds.replay.json_text import JsonText
from stream.feeds.replay.log_file import open_encoded
from stream.feeds.replay.rows import LogRow

_DEEPEST_SEARCH: Final = 8
_MOST_NAMED: Final = 20


@dataclass(frozen=True, slots=True)
class _Array:
    path: str
    is_at_top: bool
    is_empty: bool
    has_objects: bool


class JsonDocumentReader:
    """Reads the records of a JSON document one after the other, each flattened as a line of JSON Lines is.

    ``records`` is the path to their array, such as ``data.tickets``. Without one the document is the array, or
    the only array of objects in its top object.
    """

    unit = "record"
    header = None
    line_count = None

    def __init__(self, path: Path, *, encoding: str, records: str = "") -> None:
        self._path = path
        self._encoding = encoding
        self._records = records

    def rows(self) -> Iterator[LogRow]:
        """Yield a row for each element of the array."""
        records = self._records or self._only_array()
        position = 0
        array_was_there = False
        with self._open() as text:
            for _ in _arrays_at(text, records):
                array_was_there = True
                for _ in text.elements():
                    position += 1
                    yield _row(position, text.value())
            if text.next():
                text.fail('the document has ended, but there is more; if each line is a document, kind is "jsonl"')
        if not array_was_there:
            self._refuse(f"there is no array at {records!r}, which the mapping names in format.records", self._arrays())

    @contextmanager
    def _open(self) -> Iterator[JsonText]:
        with open_encoded(self._path, self._encoding) as (binary, encoding):
            yield JsonText(self._path, decoded(binary, encoding))

    def _only_array(self) -> str:
        with self._open() as text:
            if text.next() == "[":
                return ""
        arrays = self._arrays()
        found = [array for array in arrays if array.is_at_top and array.has_objects]
        found = found or [array for array in arrays if array.is_at_top and array.is_empty]
        if len(found) != 1:
            self._refuse("the mapping must say in format.records which array has the records", arrays)
        return found[0].path

    def _arrays(self) -> list[_Array]:
        with self._open() as text:
            return list(_arrays_within(text, "", 0))

    def _refuse(self, problem: str, arrays: list[_Array]) -> None:
        paths = list(dict.fromkeys(array.path for array in arrays))
        named = ", ".join(map(repr, paths[:_MOST_NAMED])) + (" and more" if len(paths) > _MOST_NAMED else "")
        raise ReplayError(f"{self._path}: {problem}; {f'its arrays are {named}' if paths else 'it has no array'}")


def _arrays_at(text: JsonText, path: str) -> Iterator[None]:
    """Yield at each array that lies at a path; whoever takes it must read it."""
    start = text.next()
    if not path and start == "[":
        yield
    elif path and start == "{":
        for name in text.members():
            if name == path:
                yield from _arrays_at(text, "")
            elif path.startswith(f"{name}."):
                yield from _arrays_at(text, path.removeprefix(f"{name}."))
            else:
                text.skip()
    else:
        text.skip()


def _arrays_within(text: JsonText, prefix: str, depth: int) -> Iterator[_Array]:
    if text.next() != "{":
        text.skip()
        return
    for name in text.members():
        start = text.next()
        if start == "{" and depth < _DEEPEST_SEARCH:
            yield from _arrays_within(text, f"{prefix}{name}.", depth + 1)
        elif start == "[":
            first = ""
            for _ in text.elements():
                first = first or text.next()
                text.value()
            yield _Array(f"{prefix}{name}", depth == 0, not first, first == "{")
        else:
            text.skip()


def _row(position: int, record: object) -> LogRow:
    if not isinstance(record, dict):
        return LogRow(position, {}, "not a JSON object")
    return LogRow(position, flatten(record), record=record)
