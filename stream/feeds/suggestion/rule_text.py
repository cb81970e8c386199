"""A rule of a mapping as TOML, with its comment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from stream.feeds.suggestion.columns import Column
from stream.feeds.suggestion.toml_text import key, string, strings

FILLED: Final = "{ empty = false }"
"""The condition that a column has a value."""


@dataclass(frozen=True, slots=True)
class RuleText:
    """One ``[[rule]]``. ``when``, ``for_each``, ``data``, ``time`` and ``after`` have TOML in them.

    It is commented out unless ``active``.
    """

    event: str = ""
    skip: str = ""
    comment: Sequence[str] = ()
    when: Mapping[str, str] = field(default_factory=dict)
    first_of_subject: bool | None = None
    changed_only: bool = False
    when_changed: Sequence[str] = ()
    when_changed_ignore: Sequence[str] = ()
    once_per: Sequence[str] = ()
    for_each: str = ""
    subject: str = ""
    time: str = ""
    after: Sequence[str] = ()
    data: Mapping[str, str] = field(default_factory=dict)
    active: bool = True

    def lines(self) -> Iterator[str]:
        """The comment and the rule, a line at a time."""
        yield from (f"# {line}" for line in self.comment)
        mark = "" if self.active else "# "
        yield from (mark + line for line in self._body())

    def _body(self) -> Iterator[str]:
        first = self.first_of_subject
        members = {
            "when": _inline(self.when) if self.when else "",
            "first_of_subject": "" if first is None else str(first).lower(),
            "changed_only": "true" if self.changed_only else "",
            "when_changed": strings(self.when_changed) if self.when_changed else "",
            "when_changed_ignore": strings(self.when_changed_ignore) if self.when_changed_ignore else "",
            "once_per": strings(self.once_per) if self.once_per else "",
            "for_each": self.for_each,
            "subject": string(self.subject) if self.subject else "",
            "skip": string(self.skip) if self.skip else "",
            "after": f"[{', '.join(self.after)}]" if self.after else "",
            "time": self.time,
            "event": f'"helpdesk.{self.event}.v1"' if self.event else "",
            "data": _inline(self.data) if self.data else "",
        }
        yield "[[rule]]"
        yield from (f"{name} = {text}" for name, text in members.items() if text)


def listed(values: Sequence[str]) -> str:
    """The condition that a column has one of the values."""
    return string(values[0]) if len(values) == 1 else strings(values)


def counted(column: Column, values: Sequence[str]) -> str:
    """How many rows have each of the values."""
    return ", ".join(f"{string(value)} {column.counts[value]}" for value in values) + " rows"


def column_value(name: str) -> str:
    """The value of a column as that of a field."""
    return string(f"{{{name}}}")


def mapped(name: str, values: Mapping[str, object], default: object = None) -> str:
    """A field whose values are mapped from those of a column."""
    parts = {"column": string(name), "map": _inline({value: _literal(to) for value, to in values.items()})}
    if default is not None:
        parts["default"] = _literal(default)
    return _inline(parts)


def _literal(value: object) -> str:
    return string(value) if isinstance(value, str) else str(value)


def _inline(items: Mapping[str, str]) -> str:
    return "{ " + ", ".join(f"{key(name)} = {value}" for name, value in items.items()) + " }"
