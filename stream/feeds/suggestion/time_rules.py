"""Rules for what happened at a column of times other than that of the row."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from stream.feeds.suggestion.columns import Column
from stream.feeds.suggestion.duration_rules import offset_of
from stream.feeds.suggestion.roles import Roles
from stream.feeds.suggestion.rule_text import FILLED, RuleText
from stream.feeds.suggestion.time_columns import TimeColumn
from stream.feeds.suggestion.toml_text import string


def at_time(roles: Roles, time: TimeColumn, event: str, data: dict[str, str]) -> RuleText:
    """The rule for an event at such a time, if the row has it."""
    main = roles.main_time
    assert main is not None  # noqa: S101 - times are named only where there are some
    known = {column.name for column in main.columns}
    filled = {column.name: FILLED for column in time.columns if column.name not in known}
    first = True if roles.repeats else None
    at, comment = spelled(time, main), []
    if roles.over_midnight.get(time.column.name):
        comment = [f"{over_midnight(time, roles)}."]
        if _are_spelled_alike(time, main):
            at = f"{{ value = {string(time.template)}, next_day_if_before = {string(main.template)} }}"
    return RuleText(event=event, when=filled, first_of_subject=first, time=at, data=data, comment=comment)


def after_all(
    spans: Sequence[Column],
    event: str,
    data: dict[str, str],
    comment: Sequence[str],
    when: Mapping[str, str] | None = None,
) -> RuleText:
    """The rule for an event that came after durations from the row's time, if the row has them."""
    filled = {span.name: FILLED for span in spans}
    after = [offset_of(span) for span in spans]
    return RuleText(event=event, when={**(when or {}), **filled}, after=after, data=data, comment=comment)


def over_midnight(time: TimeColumn, roles: Roles) -> str:
    """In how many rows a time of day is before that of the row's, as the beginning of a comment."""
    rows = roles.over_midnight[time.column.name]
    return (
        f"{string(time.column.name)} is before the beginning in {rows} {'row' if rows == 1 else 'rows'}, over midnight"
    )


def spelled(time: TimeColumn, main: TimeColumn) -> str:
    """The time of a rule, with its format if that is not the one of the rows' times."""
    if _are_spelled_alike(time, main):
        return string(time.template)
    return f"{{ value = {string(time.template)}, format = {string(time.spelling.format)} }}"


def _are_spelled_alike(time: TimeColumn, main: TimeColumn) -> bool:
    return time.spelling.format in {main.spelling.format, *main.spelling.others}


def named_time(roles: Roles, pattern: re.Pattern[str]) -> TimeColumn | None:
    """The first time that is named so, but for that of the row."""
    others = (time for time in roles.times if time is not roles.main_time)
    return next((time for time in others if time.column.matches(pattern)), None)
