"""Rules for two lists within a ticket: one of what was changed, and one of what was written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from stream.feeds.suggestion import column_names as names
from stream.feeds.suggestion.change_rules import ChangedFields, change_rules
from stream.feeds.suggestion.columns import Column, columns_of
from stream.feeds.suggestion.lists import Happenings
from stream.feeds.suggestion.reply_rules import reply_rules
from stream.feeds.suggestion.roles import Roles, roles_of
from stream.feeds.suggestion.rule_text import RuleText, column_value
from stream.feeds.suggestion.time_columns import TimeColumn
from stream.feeds.suggestion.time_rules import spelled


@dataclass(frozen=True, slots=True)
class Messages:
    """A list of what was written, beside one of changes, in tickets that were ``opened`` at a time of their own.

    ``columns`` are those of its elements.
    """

    happenings: Happenings
    roles: Roles
    opened: TimeColumn
    columns: list[Column]


def messages_beside(
    roles: Roles, happenings: Happenings, rows: tuple[dict[str, str], ...], nulls: tuple[str, ...]
) -> Messages | None:
    """The roles of the columns of messages, if they and their tickets have times; ``None`` otherwise."""
    columns = columns_of(rows, nulls)
    written = roles_of(columns, rows, happenings)
    prefix = f"{happenings.path}."
    opened = [time for time in roles.times if time.column.matches(names.OPENED) and "." not in time.column.name]
    if not opened or written.main_time is None or not written.main_time.column.name.startswith(prefix):
        return None
    return Messages(happenings, written, opened[0], [column for column in columns if column.name.startswith(prefix)])


def side_by_side_rules(roles: Roles, changed: ChangedFields, messages: Messages) -> Iterator[RuleText]:
    """The rules after the opening: the changes and the replies, each at the times of their own list."""
    assert roles.main_time is not None  # noqa: S101 - the elements of both lists have times
    assert messages.roles.main_time is not None  # noqa: S101 - the same
    *changes, rest = change_rules(roles, replace(changed, writings=()))
    yield from (_at(rule, roles.main_time, messages.opened) for rule in changes)
    written = messages.roles.main_time
    later = {written.column.name: f"{{ differs = {column_value(messages.opened.column.name)} }}"}
    for rule in reply_rules(messages.roles):
        when = {**rule.when, **(later if messages.roles.text_first else {})}
        yield _at(replace(rule, when=when), written, messages.opened)
    yield rest


def _at(rule: RuleText, time: TimeColumn, main: TimeColumn) -> RuleText:
    return replace(rule, time=spelled(time, main)) if rule.event else rule
