"""The rules to start from, by the shape of the log: several rows a ticket, one row a ticket, or answers alone."""

from __future__ import annotations

from collections.abc import Container, Generator, Iterator, Sequence
from dataclasses import replace

from stream.feeds.suggestion import column_names as names
from stream.feeds.suggestion.call_rules import call_rules
from stream.feeds.suggestion.change_rules import ChangedFields, change_rules
from stream.feeds.suggestion.columns import Column
from stream.feeds.suggestion.duration_rules import author_of, duration_rules, first_named, spans_of, until_end
from stream.feeds.suggestion.priorities import attribute_value
from stream.feeds.suggestion.reply_rules import actors, reply_rules
from stream.feeds.suggestion.roles import Roles
from stream.feeds.suggestion.rule_text import RuleText, column_value, listed
from stream.feeds.suggestion.side_by_side import Messages, side_by_side_rules
from stream.feeds.suggestion.status_rules import has_reopenings, status_rules, unwanted
from stream.feeds.suggestion.survey_rules import survey_rules
from stream.feeds.suggestion.time_columns import TimeColumn
from stream.feeds.suggestion.time_rules import after_all, at_time, named_time, over_midnight, spelled
from stream.feeds.suggestion.toml_text import string


def rules_of(
    roles: Roles, columns: list[Column], changed: ChangedFields | None = None, messages: Messages | None = None
) -> Iterator[RuleText]:
    """The rules of a suggestion, in their order.

    Where the rows are changes, these are of the fields ``changed``, and there may be ``messages`` beside them.
    """
    if roles.subject is None and roles.scores and roles.status is None:
        yield from _of_answers(roles)
    elif roles.repeats:
        yield from _of_several_rows(roles, changed, messages)
    else:
        yield from _of_one_row(roles, columns)


def _of_answers(roles: Roles) -> Iterator[RuleText]:
    score = roles.scores[0]
    yield RuleText(skip="no score", when={score.name: "{ empty = true }"}, comment=["Each row is an answer."])
    yield from survey_rules(roles, of_ticket=False)


def _of_several_rows(roles: Roles, changed: ChangedFields | None, messages: Messages | None) -> Iterator[RuleText]:
    begun = named_time(roles, names.OPENED)
    comment = ["The earliest row of a ticket opens it."]
    if begun is not None:
        comment = [f"The earliest row of a ticket opens it, at the time in {string(begun.column.name)}."]
    if changed is not None and messages is not None:
        comment = [f"The first row of a ticket opens it, at the time in {string(messages.opened.column.name)}."]
        yield _opening(roles, comment, first=True, time=None, without=changed.fields)
        yield from survey_rules(replace(roles, main_time=messages.opened), of_ticket=True)
        yield from side_by_side_rules(roles, changed, messages)
        return
    if changed is not None:
        yield _opening(roles, comment, first=True, time=begun, without=changed.fields)
        yield from survey_rules(roles, of_ticket=True)
        yield from change_rules(roles, changed)
        return
    yield _opening(roles, comment, first=True, time=begun)
    if roles.moving:
        data = {name: attribute_value(name, column) for name, column in roles.moving.items()}
        comment = ["What changed from row to row:"]
        yield RuleText(event="ticket.updated", first_of_subject=False, changed_only=True, data=data, comment=comment)
    yield from _reopenings(roles)
    if roles.status is None:
        yield from _at_their_times(roles)
    yield from survey_rules(roles, of_ticket=True)
    if roles.status is not None:
        yield from status_rules(roles, roles.status)
    elif roles.are_replies:
        if roles.text_first:
            yield RuleText(skip="the ticket's own text", first_of_subject=True)
        yield from reply_rules(roles, first=False if begun is None and not roles.text_first else None)
    else:
        yield RuleText(skip="the mapping does not say yet what the later rows of a ticket mean", first_of_subject=False)


def _reopenings(roles: Roles) -> Iterator[RuleText]:
    counter = roles.reopenings
    if counter is None or (roles.status is not None and has_reopenings(roles.status)):
        return
    if roles.repeats:
        yield RuleText(
            event="ticket.reopened",
            when={counter.name: '{ not = ["", "0"] }'},
            first_of_subject=False,
            when_changed=[counter.name],
            comment=[f"{string(counter.name)} counts how often a ticket was reopened."],
        )
    elif any(counter.numbers):
        yield RuleText(
            event="ticket.reopened",
            when={counter.name: '{ not = ["", "0"] }'},
            comment=[
                f"{string(counter.name)} tells that a ticket was reopened.",
                "Commented out: the row does not say when. Give the rule a time.",
            ],
            active=False,
        )


def _of_one_row(roles: Roles, columns: list[Column]) -> Iterator[RuleText]:
    if roles.status is not None:
        yield from unwanted(roles.status)
    if roles.outcomes is not None:
        yield from _sums(roles)
        yield _opening(roles, ["Each row is a call."], first=None, time=None)
        yield from call_rules(roles, roles.outcomes, columns)
        return
    yield _opening(roles, ["Each row is a ticket."], first=None, time=None)
    spans = spans_of(roles, columns)
    wait = first_named(spans, names.UNTIL_ANSWER)
    whole = until_end(spans, [] if wait is None else [wait])
    replied, resolved = yield from _at_their_times(roles, whole)
    yield from _reopenings(roles)
    yield from duration_rules(roles, columns, replied=replied, resolved=resolved)
    yield from survey_rules(roles, of_ticket=True)
    if roles.status is not None:
        yield from status_rules(roles, roles.status, only_comments=resolved)


def _sums(roles: Roles) -> Iterator[RuleText]:
    values = [] if roles.subject is None else [value for value in roles.subject.counts if names.SUM.fullmatch(value)]
    if roles.subject is not None and values:
        yield RuleText(skip="a sum, no call", when={roles.subject.name: listed(values)})


def _at_their_times(roles: Roles, whole: Sequence[Column] = ()) -> Generator[RuleText, None, tuple[bool, bool]]:
    """What other columns of times tell; returns whether they tell the first reply, and the resolution."""
    replied = named_time(roles, names.FIRST_REPLY)
    resolved = named_time(roles, names.RESOLVED)
    closed = named_time(roles, names.CLOSED) or named_time(roles, names.ENDED)
    if resolved is None and closed is not None:
        resolved, closed = closed, None
    actor = {"actor": string("agent")}
    author = author_of(roles)
    for time, event, data in (
        (replied, "ticket.replied", actor | author),
        (resolved, "ticket.resolved", actor),
        (closed, "ticket.status_changed", {"status": string("closed")}),
    ):
        if time is not None and time is resolved and whole and roles.over_midnight.get(time.column.name):
            yield after_all(whole, event, data, [f"{over_midnight(time, roles)}, so the durations are taken."])
        elif time is not None:
            yield at_time(roles, time, event, data)
    return replied is not None, resolved is not None


def _opening(
    roles: Roles, comment: list[str], *, first: bool | None, time: TimeColumn | None, without: Container[str] = ()
) -> RuleText:
    data = {name: attribute_value(name, column) for name, column in roles.attributes.items()}
    if roles.is_of_calls:
        data.setdefault("channel", string("phone"))
    for name, person in (("assignee", roles.assignee), ("requester", roles.requester)):
        if person is not None:
            data[name] = column_value(person.name)
    left = [name for name in data if name in without]
    if left:
        comment = [*comment, f"Not with {', '.join(left)}: the record has the last values, and the changes come below."]
    data = {name: value for name, value in data.items() if name not in without}
    if roles.role is not None and roles.repeats:
        data["actor"] = actors(roles)
    if roles.final_status is not None:
        name = string(roles.final_status.name)
        comment = [*comment, f"{name} is how the ticket stands at the end, and says not when: no rule is for it."]
    at = "" if time is None or roles.main_time is None else spelled(time, roles.main_time)
    return RuleText(event="ticket.opened", first_of_subject=first, time=at, data=data, comment=comment)
