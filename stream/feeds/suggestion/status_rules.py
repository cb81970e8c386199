"""A rule for each meaning that the values of a status or of an activity seem to have."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Final

from stream.feeds.suggestion.columns import NULLS, Column
from stream.feeds.suggestion.roles import Roles
from stream.feeds.suggestion.rule_text import RuleText, counted, listed
from stream.feeds.suggestion.status_words import Meaning, meaning_of
from stream.feeds.suggestion.toml_text import string

_AGENT: Final = {"actor": string("agent")}
EVENTS: Final[dict[Meaning, tuple[str, dict[str, str]]]] = {
    Meaning.NEW: ("ticket.status_changed", {"status": string("new")}),
    Meaning.OPEN: ("ticket.status_changed", {"status": string("open")}),
    Meaning.UNRESOLVED: ("ticket.status_changed", {"status": string("open")}),
    Meaning.PENDING: ("ticket.status_changed", {"status": string("pending")}),
    Meaning.HOLD: ("ticket.status_changed", {"status": string("hold")}),
    Meaning.RESOLVED: ("ticket.resolved", _AGENT),
    Meaning.CLOSED: ("ticket.status_changed", {"status": string("closed")}),
    Meaning.REOPENED: ("ticket.reopened", {}),
    Meaning.ESCALATED: ("ticket.escalated", {}),
    Meaning.ABANDONED: ("ticket.abandoned", {}),
    Meaning.DELETED: ("ticket.deleted", {}),
    Meaning.AGENT_REPLIED: ("ticket.replied", _AGENT),
    Meaning.CUSTOMER_REPLIED: ("ticket.replied", {"actor": string("customer")}),
}
"""The event for a meaning, and its data."""

UNWANTED: Final = {
    Meaning.DELETED: "the ticket was deleted, or is spam",
    Meaning.MERGED: "merged: make it helpdesk.ticket.merged.v1 if a column names the ticket that it went into",
}
"""Why a ticket counts for nothing."""

_STATES: Final = frozenset(
    {Meaning.NEW, Meaning.OPEN, Meaning.UNRESOLVED, Meaning.PENDING, Meaning.HOLD, Meaning.RESOLVED, Meaning.CLOSED}
)
_LETTER: Final = re.compile(r"[^\W\d_]")
_SELDOM: Final = 0.2
UNKNOWN: Final = "the mapping does not say yet what this means"
"""Why a row is skipped whose status says nothing."""


def status_rules(roles: Roles, status: Column, *, only_comments: bool = False) -> Iterator[RuleText]:
    """The rules for all values of a column; those of unknown meaning skip their rows.

    Where a row is a ticket, its status does not say when it came about: such rules are commented out, but for
    tickets that were abandoned, unless there are ``only_comments``.
    """
    by_meaning = _by_meaning(status)
    no_states = _no_states(by_meaning.get(None, ()), status)
    for meaning, (event, data) in EVENTS.items():
        values = by_meaning.pop(meaning, [])
        if not values or (meaning in UNWANTED and not roles.repeats):
            continue
        comment = [counted(status, values)]
        active = roles.repeats or (meaning is Meaning.ABANDONED and not only_comments)
        if not active and not only_comments:
            comment.append("Commented out: the row does not say when. Give the rule a time, or a duration in after.")
        elif not active:
            comment.append("Commented out: the columns of times say it better.")
        changed = [status.name] if roles.repeats and meaning in _STATES else ()
        yield RuleText(
            event=event,
            when={status.name: listed(values)},
            when_changed=changed,
            when_changed_ignore=no_states if changed else (),
            data=data,
            comment=comment,
            active=active,
        )
    if not roles.repeats:
        return
    for meaning, reason in UNWANTED.items():
        if values := by_meaning.pop(meaning, []):
            yield RuleText(skip=reason, when={status.name: listed(values)}, comment=[counted(status, values)])
    for value in by_meaning.pop(None, []):
        comment = [counted(status, [value])]
        reason = f"{value} is no state" if value in no_states else f"{UNKNOWN}: {value}"
        yield RuleText(skip=reason, when={status.name: listed([value])}, comment=comment)


def has_reopenings(status: Column) -> bool:
    """Whether a value of it says that a ticket was reopened."""
    return any(meaning_of(value) is Meaning.REOPENED for value in status.counts)


def unwanted(status: Column) -> Iterator[RuleText]:
    """Rules that skip the tickets that count for nothing, where each row is a ticket."""
    by_meaning = _by_meaning(status)
    for meaning, reason in UNWANTED.items():
        if values := by_meaning.get(meaning):
            yield RuleText(skip=reason, when={status.name: listed(values)}, comment=[counted(status, values)])


def _no_states(unknown: Sequence[str], status: Column) -> list[str]:
    """Values such as ``-100`` and ``N/A`` among words: an export writes them where it knows no state."""
    without_words = [value for value in unknown if not _LETTER.search(value)]
    if sum(status.counts[value] for value in without_words) > _SELDOM * len(status.values):
        without_words = [value for value in without_words if len(without_words) == 1 and value.strip().startswith("-")]
    return [value for value in unknown if value in without_words or value.strip() in NULLS]


def _by_meaning(status: Column) -> defaultdict[Meaning | None, list[str]]:
    found: defaultdict[Meaning | None, list[str]] = defaultdict(list)
    for value, _ in status.counts.most_common():
        found[meaning_of(value)].append(value)
    return found
