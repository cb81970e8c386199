"""Records with lists in them, such as a ticket with its comments: a row for each element."""

from __future__ import annotations

from collections.abc import Iterator

from stream.feeds.replay.flattening import flatten
from stream.feeds.replay.rows import Row
from stream.feeds.replay.toml_table import TomlTable


def explode(rows: Iterator[Row], paths: tuple[str, ...]) -> Iterator[Row]:
    """Make of each record a row for each element of the list at the first path, and of the lists within these.

    An element's members are columns that begin with the path of the list. A record whose list is empty or absent
    is one row without them, so that nothing of it is lost. Where something else than a list is, the row has that
    as its problem.
    """
    for row in rows:
        if row.record is None:
            yield row
            continue
        try:
            parts = list(_parts(row.record, "", paths))
        except ValueError as error:
            yield Row(row.position, {}, str(error))
            continue
        for part, fields in enumerate(parts, 1):
            yield Row(row.position, fields, part=part)


def read_explode(table: TomlTable, kind: str) -> tuple[str, ...]:
    """Read the paths under ``explode`` at the top of a mapping for logs of a ``kind``; raises ``ReplayError``."""
    if isinstance(table.value("explode"), dict):
        table.fail("explode", "names a list of a JSON log; a list in a cell is exploded by explode in a [[rule]]")
    paths = table.texts("explode")
    if paths and kind in {"csv", "tsv", "xes"}:
        table.fail("explode", f"is for JSON, not {kind}; a list in a cell is exploded by explode in a [[rule]]")
    for outer, inner in zip(("", *paths), paths, strict=False):
        if not all(inner.split(".")):
            table.fail("explode", f"{inner!r} must be the path of a list, such as ticket.comments")
        if outer and not inner.startswith(f"{outer}."):
            table.fail("explode", f"{inner!r} must lie within {outer!r}, such as {outer}.{inner}")
    return paths


def _parts(record: dict[str, object], prefix: str, paths: tuple[str, ...]) -> Iterator[dict[str, str]]:
    path, *deeper = paths
    elements, rest = _taken(record, path.removeprefix(f"{prefix}.").split("."), path)
    outer = flatten(rest, prefix)
    for element in elements:
        if deeper and isinstance(element, dict):
            yield from (outer | inner for inner in _parts(element, path, tuple(deeper)))
        else:
            yield outer | flatten({path: element})
    if not elements:
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
