"""Lists in JSON: that of the records, and those within a record of what happened to a ticket, such as comments."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from typing import Final

from stream.feeds.replay.flattening import flatten
from stream.feeds.suggestion.column_names import OPENED, STAMP, UPDATED
from stream.feeds.suggestion.columns import words_of
from stream.feeds.suggestion.time_spelling import spelling_of

_DEEPEST: Final = 3
_MOST_ELEMENTS: Final = 500
_RECORDS_LOOKED_AT: Final = 200


def list_of_happenings(records: Sequence[dict[str, object]]) -> str:
    """The path of the list with the most elements that have a time of their own; empty if there is none."""
    elements: defaultdict[str, list[dict[str, object]]] = defaultdict(list)
    for record in records[:_RECORDS_LOOKED_AT]:
        pending: list[tuple[str, dict[str, object], int]] = [("", record, 1)]
        while pending:
            prefix, value, depth = pending.pop()
            for name, member in value.items():
                if not name or "." in name:
                    continue
                if isinstance(member, dict) and depth < _DEEPEST:
                    pending.append((f"{prefix}{name}.", member, depth + 1))
                elif isinstance(member, list):
                    room = _MOST_ELEMENTS - len(elements[prefix + name])
                    elements[prefix + name] += [one for one in member if isinstance(one, dict)][:room]
    timed = [path for path, found in elements.items() if _have_times(found)]
    return max(timed, key=lambda path: len(elements[path]), default="")


def array_of_records(text: str) -> str:
    """The path of the largest array of objects in a JSON document; empty if the document is the array, or broken."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return ""
    sizes: dict[str, int] = {}
    pending: list[tuple[str, object, int]] = [("", document, 0)]
    while pending:
        prefix, value, depth = pending.pop()
        for name, member in value.items() if isinstance(value, dict) else ():
            if isinstance(member, list):
                sizes[prefix + name] = sum(isinstance(one, dict) for one in member)
            elif depth < _DEEPEST:
                pending.append((f"{prefix}{name}.", member, depth + 1))
    largest = max(sizes, key=lambda path: sizes[path], default="")
    return largest if largest and sizes[largest] else ""


def _have_times(elements: Sequence[dict[str, object]]) -> bool:
    values: defaultdict[str, list[str]] = defaultdict(list)
    for element in elements:
        for column, value in flatten(element).items():
            if value:
                values[column].append(value)
    for column, texts in values.items():
        words = words_of(column)
        named = any(pattern.search(words) for pattern in (OPENED, STAMP, UPDATED))
        if spelling_of(texts, named_like_a_time=named) is not None:
            return True
    return False
