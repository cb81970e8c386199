"""Records with lists in them, such as a ticket with its comments: a row for each element."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from stream.feeds.replay.flattening import flatten
from stream.feeds.replay.rows import LogRow


@dataclass(frozen=True, slots=True)
class _List:
    """A list to be exploded, and those within its elements."""

    path: str
    within: list[_List] = field(default_factory=list)


def explode(rows: Iterator[LogRow], paths: tuple[str, ...]) -> Iterator[LogRow]:
    """Make of each record a row for each element of the lists at the paths, and of the lists within these.

    An element's members are columns that begin with the path of the list. Of lists side by side, each row has an
    element of one alone, and those of the first list come first. A record whose lists are empty or absent is one row
    without them, so that nothing of it is lost. Where something else than a list is, the row has that as its problem.
    """
    lists = _nested(paths)
    for row in rows:
        if row.record is None:
            yield row
            continue
        try:
            parts = list(_parts(row.record, "", lists))
        except ValueError as error:
            yield LogRow(row.position, {}, str(error))
            continue
        for part, fields in enumerate(parts, 1):
            yield LogRow(row.position, fields, part=part)


def _nested(paths: tuple[str, ...]) -> list[_List]:
    top = _List("")
    known = [top]
    for path in paths:
        outer = max(
            (one for one in known if one is top or path.startswith(f"{one.path}.")), key=lambda one: len(one.path)
        )
        known.append(_List(path))
        outer.within.append(known[-1])
    return top.within


def _parts(record: dict[str, object], prefix: str, lists: list[_List]) -> Iterator[dict[str, str]]:
    found = []
    for one in lists:
        elements, record = _taken(record, one.path.removeprefix(f"{prefix}.").split("."), one.path)
        found.append((one, elements))
    outer = flatten(record, prefix)
    for one, elements in found:
        for element in elements:
            if one.within and isinstance(element, dict):
                yield from (outer | inner for inner in _parts(element, one.path, one.within))
            else:
                yield outer | flatten({one.path: element})
    if not any(elements for _, elements in found):
        yield outer


def _taken(record: dict[str, object], names: list[str], path: str) -> tuple[list[object], dict[str, object]]:
    """The list at a path, and the record without it."""
    name, *deeper = names
    value = record.get(name)
    rest = {key: member for key, member in record.items() if key != name}
    if deeper and isinstance(value, dict):
        elements, rest[name] = _taken(value, deeper, path)
        return elements, rest
    if value is None:
        return [], rest
    if deeper:
        found = "a list, which explode must name before it" if isinstance(value, list) else "no object"
        raise ValueError(f"explode: {path!r} is not to be found: {name!r} is {found}")
    if not isinstance(value, list):
        raise ValueError(f"explode: {path!r} is not a list")  # noqa: TRY004 - what is wrong is a value of the log
    return value, rest
