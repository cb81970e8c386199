"""From a nested record to the columns of a row."""

from __future__ import annotations

from collections.abc import Mapping


def flatten(record: Mapping[str, object], prefix: str = "") -> dict[str, str]:
    """The values of a nested record by column: a member of an object is ``outer.inner``, one of a list ``list.0``.

    Booleans are ``true`` and ``false``, null is empty, and numbers are spelled as they were read. ``prefix`` goes
    before each column, with a dot.
    """
    fields: dict[str, str] = {}
    pending: list[tuple[str, object]] = [(prefix, record)]
    while pending:
        name, value = pending.pop()
        within = f"{name}." if name else ""
        if isinstance(value, dict):
            pending += [(f"{within}{inner}", member) for inner, member in reversed(value.items())]
        elif isinstance(value, list):
            pending += [(f"{within}{index}", member) for index, member in reversed(tuple(enumerate(value)))]
        elif isinstance(value, bool):
            fields[name] = "true" if value else "false"
        else:
            fields[name] = "" if value is None else str(value)
    return fields
