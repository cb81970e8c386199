"""Statuses are recognised by their words."""

from __future__ import annotations

import pytest

from stream.feeds.suggestion.status_words import Meaning, actor_of, meaning_of


@pytest.mark.parametrize(
    "value, expected",
    [
        ("New", Meaning.NEW),
        ("In Progress", Meaning.OPEN),
        ("in_progress", Meaning.OPEN),
        ("WorkInProgress", Meaning.OPEN),
        ("Assigned", Meaning.OPEN),
        ("Unassigned", Meaning.NEW),
        ("Awaiting User Info", Meaning.PENDING),
        ("Awaiting Vendor", Meaning.HOLD),
        ("On Hold", Meaning.HOLD),
        ("Resolved", Meaning.RESOLVED),
        ("Closed - resolved by caller", Meaning.RESOLVED),
        ("Unresolved", Meaning.UNRESOLVED),
        ("Closed", Meaning.CLOSED),
        ("Re-opened", Meaning.REOPENED),
        ("reopened", Meaning.REOPENED),
        ("Cancelled", Meaning.ABANDONED),
        ("Escalated to L2", Meaning.ESCALATED),
        ("Merged", Meaning.MERGED),
        ("Spam", Meaning.DELETED),
        ("Customer replied", Meaning.CUSTOMER_REPLIED),
        ("replied", Meaning.AGENT_REPLIED),
        ("In Bearbeitung", Meaning.OPEN),
        ("Geschlossen", Meaning.CLOSED),
        ("Gelöst", Meaning.RESOLVED),
        ("In attesa", Meaning.PENDING),
        ("Chiuso", Meaning.CLOSED),
        ("Fermé", Meaning.CLOSED),
        ("Résolu", Meaning.RESOLVED),
        ("En attente", Meaning.PENDING),
        ("Cerrado", Meaning.CLOSED),
        ("Pendiente", Meaning.PENDING),
        ("inactive", None),
        ("neutral", None),
        ("Print letter", None),
        ("", None),
    ],
)
def test_a_value_has_the_meaning_of_its_words(value: str, expected: Meaning | None) -> None:
    assert meaning_of(value) is expected


@pytest.mark.parametrize(
    "value, expected",
    [
        ("reporter", "customer"),
        ("End-user", "customer"),
        ("assignee", "agent"),
        ("Support Bot", "bot"),
        ("others", None),
    ],
)
def test_a_role_tells_who_acts(value: str, expected: str | None) -> None:
    assert actor_of(value) == expected
