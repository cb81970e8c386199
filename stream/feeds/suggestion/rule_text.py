"""A rule of a mapping as TOML, with its comment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from stream.feeds.suggestion.toml_text import key, string, strings

FILLED: Final = "{ empty = false }"
"""The condition that a column has a value."""


@dataclass(frozen=True, slots=True)
class RuleText:
    """One ``[[rule]]``. ``when``, ``data``, ``time`` and ``after`` have TOML in them.

    It is commented out unless ``active``.
    """

    event: str = ""
    skip: str = ""
    comment: Sequence[str] = ()
    when: Mapping[str, str] = field(default_factory=dict)
    first_of_subject: bool | None = None
    changed_only: bool = False
    when_changed: Sequence[str] = ()
    once_per: Sequence[str] = ()
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
        yield "[[rule]]"
        if self.when:
            yield f"when = {_inline(self.when)}"
        if self.first_of_subject is not None:
            yield f"first_of_subject = {'true' if self.first_of_subject else 'false'}"
        if self.changed_only:
            yield "changed_only = true"
        lists = ("when_changed", self.when_changed), ("once_per", self.once_per)
        yield from (f"{name} = {strings(columns)}" for name, columns in lists if columns)
        for name, text in (("subject", self.subject), ("skip", self.skip)):
            if text:
                yield f"{name} = {string(text)}"
        if self.after:
            yield f"after = [{', '.join(self.after)}]"
        if self.time:
            yield f"time = {self.time}"
        if self.event:
            yield f'event = "helpdesk.{self.event}.v1"'
        if self.data:
            yield f"data = {_inline(self.data)}"


def listed(values: Sequence[str]) -> str:
    """The condition that a column has one of the values."""
    return string(values[0]) if len(values) == 1 else strings(values)


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
