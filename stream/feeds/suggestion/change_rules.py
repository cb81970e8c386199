"""Rules for a log in which a row is a change: of which field, from which value, to which one."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from stream.feeds.suggestion import column_names as names
from stream.feeds.suggestion.columns import Column, words_of
from stream.feeds.suggestion.field_changes import FieldChanges
from stream.feeds.suggestion.reply_rules import reply_rules
from stream.feeds.suggestion.roles import Roles
from stream.feeds.suggestion.rule_text import FILLED, RuleText, column_value, listed
from stream.feeds.suggestion.status_rules import EVENTS, UNKNOWN, UNWANTED
from stream.feeds.suggestion.status_words import Meaning, meaning_of
from stream.feeds.suggestion.toml_text import string

_CREATION: Final = re.compile(r"\bcreat")
_WRITTEN: Final = re.compile(r"\b(?:comment|reply|message|note)\b")
_FIELDS: Final[dict[str, re.Pattern[str]]] = {
    "priority": names.PRIORITY,
    "category": names.CATEGORY,
    "team": names.TEAM,
    "assignee": names.AGENT,
}
_OVER: Final = frozenset({Meaning.RESOLVED, Meaning.CLOSED})
_BEGUN: Final = frozenset({Meaning.NEW, Meaning.OPEN, Meaning.UNRESOLVED, Meaning.REOPENED})


@dataclass(frozen=True, slots=True)
class ChangedFields:
    """The fields of changes by what they are for, and how often the status went to and from each value.

    ``creations`` and ``writings`` are the values of ``kind`` under which a ticket came into being, and under which
    somebody wrote on it.
    """

    changes: FieldChanges
    fields: Mapping[str, str]
    now: Counter[str]
    before: Counter[str]
    kind: Column | None
    creations: Sequence[str]
    writings: Sequence[str]


def changed_fields(changes: FieldChanges, columns: Sequence[Column], rows: Sequence[dict[str, str]]) -> ChangedFields:
    """Find out which fields a log of changes has."""
    counts = Counter(field for row in rows if (field := row.get(changes.field, "")))
    fields = {"status": _field(counts, names.STATUS)} | {name: _field(counts, words) for name, words in _FIELDS.items()}
    prefix = changes.field.removesuffix(changes.field.rpartition(".")[2])
    kinds = (
        column for column in columns if column.name.startswith(prefix) and column.words.endswith((" type", " kind"))
    )
    kind = next(kinds, None)
    values = [] if kind is None else list(kind.counts)
    creations = [value for value in values if _CREATION.search(words_of(value))]
    now: Counter[str] = Counter()
    before: Counter[str] = Counter()
    for row in rows:
        if row.get(changes.field) == fields["status"] and (kind is None or row.get(kind.name) not in creations):
            now[row.get(changes.new, "")] += 1
            before[row.get(changes.old, "")] += 1
    written = [value for value in values if _WRITTEN.search(words_of(value)) and value not in creations]
    found = {name: field for name, field in fields.items() if field}
    return ChangedFields(changes, found, now, before, kind, creations, written)


def change_rules(roles: Roles, changed: ChangedFields) -> Iterator[RuleText]:
    """The rules after the opening: what was set, how the status went, and what was written."""
    changes = changed.changes
    for name, field in changed.fields.items():
        if name != "status":
            yield _update(name, field, changes)
    if "status" in changed.fields:
        yield from _of_status(changed)
    if changed.kind is not None and changed.writings:
        yield from reply_rules(roles, when={changed.kind.name: listed(changed.writings)})
    yield RuleText(skip="neither a change of a field that counts nor a reply", comment=["What is left:"])


def _update(name: str, field: str, changes: FieldChanges) -> RuleText:
    when = {changes.field: string(field)}
    if name == "assignee":
        value = f"{{ column = {string(changes.new)}, clear_if_empty = true }}"
        return RuleText(event="ticket.updated", when=when, data={name: value})
    return RuleText(event="ticket.updated", when=when | {changes.new: FILLED}, data={name: column_value(changes.new)})


def _of_status(changed: ChangedFields) -> Iterator[RuleText]:
    changes = changed.changes
    about = {changes.field: string(changed.fields["status"])}
    if changed.kind is not None and changed.creations:
        about[changed.kind.name] = f"{{ not = {listed(changed.creations)} }}"
    by_meaning: defaultdict[Meaning | None, list[str]] = defaultdict(list)
    for value, _ in changed.now.most_common():
        if value:
            by_meaning[meaning_of(value)].append(value)
    over = [value for value in changed.before if meaning_of(value) in _OVER]
    begun = [value for meaning in by_meaning if meaning in _BEGUN for value in by_meaning[meaning]]
    if over and begun:
        when = about | {changes.new: listed(begun), changes.old: listed(over)}
        yield RuleText(event="ticket.reopened", when=when, comment=["From resolved or closed to open again."])
    for meaning, (event, data) in EVENTS.items():
        values = by_meaning.pop(meaning, [])
        if not values:
            continue
        when = about | {changes.new: listed(values)}
        if over and meaning in _BEGUN:
            when[changes.old] = f"{{ not = {listed(over)} }}"
        yield RuleText(event=event, when=when, data=data, comment=[_counted(changed.now, values)])
    for unknown, values in by_meaning.items():
        reason = UNWANTED.get(unknown, "") if unknown else f"{UNKNOWN}: {', '.join(values)}"
        when = about | {changes.new: listed(values)}
        yield RuleText(skip=reason, when=when, comment=[_counted(changed.now, values)])


def _field(counts: Counter[str], pattern: re.Pattern[str]) -> str:
    named = [field for field in counts if pattern.search(words_of(field))]
    return min(named, key=lambda field: (pattern.fullmatch(words_of(field)) is None, -counts[field]), default="")


def _counted(counts: Counter[str], values: Sequence[str]) -> str:
    return ", ".join(f"{string(value)} {counts[value]}" for value in values) + " changes"
