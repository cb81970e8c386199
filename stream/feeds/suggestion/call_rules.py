"""Rules for a log in which each row is a call and a column says how it went."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from stream.feeds.suggestion import column_names as names
from stream.feeds.suggestion.call_outcomes import CallOutcomes, Outcome
from stream.feeds.suggestion.columns import Column
from stream.feeds.suggestion.duration_rules import author_of, first_named, offset_of, spans_of, until_end
from stream.feeds.suggestion.roles import Roles
from stream.feeds.suggestion.rule_text import RuleText, column_value, counted, listed
from stream.feeds.suggestion.survey_rules import survey_rules
from stream.feeds.suggestion.time_rules import after_all, at_time, named_time, over_midnight
from stream.feeds.suggestion.toml_text import string

_PASSED_ON_TO: Final = re.compile(
    r"\b(?:transferred|transfer|forwarded) (?:to|queue|team|group)\b|\b(?:target|to|new) queue\b"
)
_AGENT: Final = {"actor": string("agent")}


def call_rules(roles: Roles, outcomes: CallOutcomes, columns: Sequence[Column]) -> Iterator[RuleText]:
    """The rules after the opening: the answer, the end, passing on, giving up, and what the customer thought of it."""
    status = outcomes.column
    spans = spans_of(roles, columns)
    wait = first_named(spans, names.UNTIL_ANSWER)
    waited = [] if wait is None else [wait]
    whole = until_end(spans, waited)
    lost = outcomes.of(Outcome.LOST)
    yield _at(roles, status, lost, "ticket.abandoned", {}, waited, names.ENDED)
    taken = outcomes.of(Outcome.ANSWERED, Outcome.TRANSFERRED)
    yield _at(roles, status, taken, "ticket.replied", _AGENT | author_of(roles), waited, names.FIRST_REPLY)
    ended = names.RESOLVED if named_time(roles, names.RESOLVED) else names.ENDED
    if answered := outcomes.of(Outcome.ANSWERED):
        yield _at(roles, status, answered, "ticket.resolved", _AGENT, whole, ended)
    if passed_on := outcomes.of(Outcome.TRANSFERRED):
        target = first_named(columns, _PASSED_ON_TO)
        data = {} if target is None else {"team": column_value(target.name)}
        yield _at(roles, status, passed_on, "ticket.updated", data, whole, ended, active=bool(data))
    if recorded := outcomes.of(Outcome.VOICEMAIL):
        note = "Such a call waits for an answer, so its ticket stays open. If it counts as lost:"
        yield _at(roles, status, recorded, "ticket.abandoned", {}, waited, names.ENDED, active=False, note=note)
    if unknown := outcomes.values.get(None):
        yield RuleText(
            skip="the mapping does not say yet how such a call went",
            when={status.name: listed(list(unknown))},
            comment=[counted(status, list(unknown))],
            active=False,
        )
    yield from survey_rules(roles, of_ticket=True, after=[offset_of(span) for span in whole], filled=whole)


def _at(  # noqa: PLR0913 - what a rule for calls has
    roles: Roles,
    status: Column,
    values: Sequence[str],
    event: str,
    data: dict[str, str],
    spans: Sequence[Column],
    pattern: re.Pattern[str],
    *,
    active: bool = True,
    note: str = "",
) -> RuleText:
    """A rule for calls that went so: after the durations if there are any, else at the time that is named so."""
    when = {status.name: listed(list(values))}
    comment = [counted(status, list(values)), *([note] if note else [])]
    time = named_time(roles, pattern)
    if spans:
        if time is not None and roles.over_midnight.get(time.column.name):
            comment.append(over_midnight(time, roles) + ", so the durations are taken.")
        return replace(after_all(spans, event, data, comment, when), active=active)
    if time is not None:
        rule = at_time(roles, time, event, data)
        return replace(rule, when=when | dict(rule.when), comment=[*comment, *rule.comment], active=active)
    comment.append("No column says when: it is taken to have happened at the time of the row.")
    return RuleText(event=event, when=when, data=data, comment=comment, active=active)
