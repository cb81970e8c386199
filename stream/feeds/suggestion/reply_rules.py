"""Rules for rows that are what somebody wrote: by whom, and who can read it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from stream.feeds.suggestion import column_names as names
from stream.feeds.suggestion.duration_rules import NO, YES
from stream.feeds.suggestion.roles import Roles
from stream.feeds.suggestion.rule_text import RuleText, column_value, mapped
from stream.feeds.suggestion.status_words import actor_of
from stream.feeds.suggestion.toml_text import string


def reply_rules(
    roles: Roles, *, first: bool | None = None, when: Mapping[str, str] | None = None
) -> Iterator[RuleText]:
    """The rules for rows that are replies: one if a column tells the role of the author, else by who asked."""
    rule = RuleText(event="ticket.replied", when=when or {}, first_of_subject=first)
    data = _shown(roles)
    if roles.role is not None:
        comment = [f"Such a row is a reply, by whom {string(roles.role.name)} tells."]
        yield replace(rule, data={"actor": actors(roles)} | data, comment=comment)
        return
    author, asked = roles.author, roles.asked_by
    if author is None or asked is None:
        comment = ["Such a row is a reply; no column tells by whom, so they are all taken for an agent's."]
        yield replace(rule, data={"actor": string("agent")} | data, comment=comment)
        return
    comment = [f"Such a row is a reply: the customer's, if {string(author.name)} is {string(asked.name)}."]
    for actor, test in (("customer", "equals"), ("agent", "empty = false, differs")):
        same = {author.name: f"{{ {test} = {column_value(asked.name)} }}"}
        yield replace(rule, when={**rule.when, **same}, data={"actor": string(actor)} | data, comment=comment)
        comment = ["Agents and bots alike: a [lookup] of the users with their roles tells them apart."]


def actors(roles: Roles) -> str:
    """The actor, by the column of roles."""
    assert roles.role is not None  # noqa: S101 - asked before
    known = {value: actor for value in roles.role.counts if (actor := actor_of(value)) is not None}
    return mapped(roles.role.name, known, default="automation")


def _shown(roles: Roles) -> dict[str, str]:
    data = {}
    if roles.author is not None:
        data["author"] = column_value(roles.author.name)
    if roles.private is not None:
        hidden = YES if roles.private.matches(names.PRIVATE) else NO
        kinds = {value: "internal" if value.lower() in hidden else "public" for value in roles.private.counts}
        data["visibility"] = mapped(roles.private.name, kinds, default="public")
    return data
