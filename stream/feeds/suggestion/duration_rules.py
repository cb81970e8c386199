"""Rules for what a row tells by durations, and by yes and no, as the log of a telephone does."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from stream.feeds.suggestion import column_names as names
from stream.feeds.suggestion.columns import Column
from stream.feeds.suggestion.roles import Roles
from stream.feeds.suggestion.rule_text import FILLED, RuleText, column_value, listed
from stream.feeds.suggestion.toml_text import string

YES: Final = frozenset({"y", "yes", "true", "1", "1.0", "t", "ja", "oui", "si", "sí", "sì", "j"})
"""How logs say yes, in lower case."""

NO: Final = frozenset({"n", "no", "false", "0", "0.0", "f", "nein", "non"})
"""How logs say no, in lower case."""

_SPAN: Final = re.compile(r"\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?|(?:\d+:)?\d+:\d\d(?:\.\d+)?")
_MOSTLY: Final = 0.95
_AS_GOOD_AS_ALWAYS: Final = 0.995
_SPOKEN: Final = re.compile(r"\btalk")
_HOLD: Final = re.compile(r"\bhold")
_HANDLED: Final = re.compile(r"\b(?:handle|handling|service|aht)\b")
_WHOLE_CALL: Final = re.compile(r"\b(?:duration|length|dauer|durata|durée)\b")


def duration_rules(roles: Roles, columns: Sequence[Column], *, replied: bool, resolved: bool) -> Iterator[RuleText]:
    """The rules for the first reply and the resolution, unless columns of times tell them, and for who gave up."""
    spans = spans_of(roles, columns)
    wait = first_named(spans, names.UNTIL_ANSWER) or first_named(spans, names.FIRST_REPLY)
    rest = [column for column in spans if column is not wait]
    until_solved = first_named(rest, names.RESOLVED)
    talk = first_named(rest, names.TALK)
    flags = [column for column in columns if column.counts and {value.lower() for value in column.counts} <= YES | NO]
    answered, lost = first_named(flags, names.ANSWERED), first_named(flags, names.UNANSWERED)
    solved = first_named(flags, names.WAS_RESOLVED)
    spoken = {} if answered is None else {answered.name: _those(answered, YES)}
    if wait is not None and not replied:
        data = {"actor": string("agent")} | author_of(roles)
        yield _after([wait], "ticket.replied", spoken, data)
    if not resolved and until_solved is not None:
        done = {} if solved is None else {solved.name: _those(solved, YES)}
        yield _after([until_solved], "ticket.resolved", done, {"actor": string("agent")})
    elif not resolved and solved is not None:
        parts = [column for column in (wait, talk) if column is not None]
        when = spoken | {solved.name: _those(solved, YES)}
        yield _after(parts, "ticket.resolved", when, {"actor": string("agent")})
    for column, values in ((answered, NO), (lost, YES)):
        if column is not None and any(value.lower() in values for value in column.counts):
            when = {column.name: _those(column, values)}
            yield RuleText(event="ticket.abandoned", when=when, data={"reason": string("not answered")})


def author_of(roles: Roles) -> dict[str, str]:
    """Who wrote the agent's reply, as data of the event, if the row names an agent."""
    return {} if roles.assignee is None else {"author": column_value(roles.assignee.name)}


def spans_of(roles: Roles, columns: Sequence[Column]) -> list[Column]:
    """The columns of durations."""
    taken = {column.name for time in roles.times for column in time.columns}
    if roles.subject is not None:
        taken.add(roles.subject.name)
    return [
        column
        for column in columns
        if column.name not in taken and column.matches(names.DURATION) and _are_spans(column)
    ]


def has_thousands(columns: Sequence[Column]) -> bool:
    """Whether durations are spelled with a comma between their thousands."""
    spans = (column for column in columns if column.matches(names.DURATION) and _are_spans(column))
    return any("," in value and _SPAN.fullmatch(value.strip()) for column in spans for value in column.counts)


def until_end(spans: Sequence[Column], waited: Sequence[Column]) -> list[Column]:
    """What a call lasted from its beginning; empty if no column says how long was spoken."""
    rest = [span for span in spans if span not in waited]
    talk, hold = first_named(rest, _SPOKEN), first_named(rest, _HOLD)
    if talk is not None:
        held = hold is not None and len(hold.values) >= _AS_GOOD_AS_ALWAYS * len(talk.values)
        return [*waited, talk, *([hold] if hold is not None and held else [])]
    if (handled := first_named(rest, _HANDLED)) is not None:
        return [*waited, handled]
    lasted = first_named(rest, _WHOLE_CALL)
    return [] if lasted is None else [lasted]


def _are_spans(column: Column) -> bool:
    fitting = sum(count for value, count in column.counts.items() if _SPAN.fullmatch(value.strip()))
    return bool(column.values) and fitting >= _MOSTLY * len(column.values)


def _after(spans: Sequence[Column], event: str, when: dict[str, str], data: dict[str, str]) -> RuleText:
    conditions = when | {column.name: FILLED for column in spans}
    comment = []
    if any(":" not in value for column in spans for value in column.counts):
        comment = [f"Numbers are taken for {' and '.join(dict.fromkeys(_unit(column) for column in spans))}."]
    after = [offset_of(column) for column in spans]
    return RuleText(event=event, when=conditions, after=after, data=data, comment=comment)


def offset_of(column: Column) -> str:
    """A duration as ``after`` spells it, with its unit if the values do not tell it."""
    if any(":" in value for value in column.counts) or _unit(column) == "seconds":
        return column_value(column.name)
    return f"{{ value = {column_value(column.name)}, unit = {string(_unit(column))} }}"


def _unit(column: Column) -> str:
    return next((unit for unit, pattern in names.UNITS.items() if column.matches(pattern)), "seconds")


def first_named(columns: Sequence[Column], pattern: re.Pattern[str]) -> Column | None:
    """The first column that is named so."""
    return next((column for column in columns if column.matches(pattern)), None)


def _those(column: Column, wanted: frozenset[str]) -> str:
    values = [value for value in column.counts if value.lower() in wanted]
    return listed(values) if values else listed(sorted(wanted))
