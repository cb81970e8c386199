"""Lists in JSON: that of the records, and those within a record of what happened to a ticket, such as comments."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from stream.feeds.replay.failure import ReplayError
from stream.feeds.replay.flattening import flatten
from stream.feeds.replay.json_text import JsonText
from stream.feeds.suggestion.column_names import AUTHOR, BODY, MESSAGES, OPENED, STAMP, UPDATED
from stream.feeds.suggestion.columns import words_of
from stream.feeds.suggestion.field_changes import FieldChanges, changes_in
from stream.feeds.suggestion.time_spelling import spelling_of

_DEEPEST: Final = 3
_MOST_ELEMENTS: Final = 500
_RECORDS_LOOKED_AT: Final = 200

_Elements = dict[str, list[dict[str, object]]]


@dataclass(frozen=True, slots=True)
class Happenings:
    """A list of what happened to a ticket, as the ``paths`` to be exploded, the outer one first.

    ``changes`` are the columns of changed fields, if its elements are such. ``are_messages`` says that they are what
    somebody wrote. ``count`` is how many there are in the first records.
    """

    paths: tuple[str, ...]
    count: int
    changes: FieldChanges | None = None
    are_messages: bool = False

    @property
    def path(self) -> str:
        """That of the list whose elements have the times."""
        return self.paths[0]


def lists_of_happenings(records: Sequence[dict[str, object]]) -> list[Happenings]:
    """The lists whose elements have times of their own: those of changes first, then messages, then the longest."""
    found = []
    for path, elements in _lists_in(records[:_RECORDS_LOOKED_AT]).items():
        flat = [flatten(element) for element in elements]
        if _have_times(flat):
            found.append(_happenings(path, elements, flat))
    return sorted(found, key=lambda one: (one.changes is None, not one.are_messages, -one.count))


def array_of_records(text: str) -> str:
    """The path of the largest array of objects in a JSON document; empty if the document is the array.

    Of a document that is broken, or was cut off, what comes before that counts.
    """
    sizes = Counter[str]()
    with suppress(ReplayError):
        _count_objects(JsonText(Path(), iter([text])), "", 0, sizes)
    return next((path for path, _ in sizes.most_common(1)), "")


def _count_objects(text: JsonText, prefix: str, depth: int, sizes: Counter[str]) -> None:
    if text.next() != "{":
        return
    for name in text.members():
        start = text.next()
        if start == "{" and depth < _DEEPEST:
            _count_objects(text, f"{prefix}{name}.", depth + 1, sizes)
        elif start == "[":
            for _ in text.elements():
                if text.next() == "{":
                    sizes[prefix + name] += 1
                text.value()
        else:
            text.skip()


def _happenings(path: str, elements: list[dict[str, object]], flat: list[dict[str, str]]) -> Happenings:
    if (changes := changes_in(flat)) is not None:
        return Happenings((path,), len(elements), changes.within(path))
    for inner, parts in _lists_in(elements).items():
        if (changes := changes_in([flatten(part) for part in parts])) is not None:
            within = f"{path}.{inner}"
            return Happenings((path, within), len(parts), changes.within(within))
    return Happenings((path,), len(elements), are_messages=_are_messages(path, flat))


def _lists_in(records: Sequence[dict[str, object]]) -> _Elements:
    found: defaultdict[str, list[dict[str, object]]] = defaultdict(list)
    for record in records:
        for path, elements in _lists_of(record):
            room = _MOST_ELEMENTS - len(found[path])
            found[path] += elements[:room]
    return found


def _lists_of(record: dict[str, object]) -> Iterator[tuple[str, list[dict[str, object]]]]:
    pending: list[tuple[str, dict[str, object], int]] = [("", record, 1)]
    while pending:
        prefix, value, depth = pending.pop()
        for name, member in value.items():
            if not name or "." in name:
                continue
            if isinstance(member, dict) and depth < _DEEPEST:
                pending.append((f"{prefix}{name}.", member, depth + 1))
            elif isinstance(member, list):
                yield prefix + name, [one for one in member if isinstance(one, dict)]


def _have_times(elements: Sequence[dict[str, str]]) -> bool:
    values: defaultdict[str, list[str]] = defaultdict(list)
    for element in elements:
        for column, value in element.items():
            if value:
                values[column].append(value)
    for column, texts in values.items():
        words = words_of(column)
        named = any(pattern.search(words) for pattern in (OPENED, STAMP, UPDATED))
        if spelling_of(texts, named_like_a_time=named) is not None:
            return True
    return False


def _are_messages(path: str, elements: Sequence[dict[str, str]]) -> bool:
    if MESSAGES.search(words_of(path)):
        return True
    members = {words_of(name) for element in elements for name in element}
    return any(map(AUTHOR.search, members)) and any(map(BODY.search, members))
