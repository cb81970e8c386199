from __future__ import annotations

from stream.desks.tickets.attributes import NO_ATTRIBUTES
from stream.desks.tickets.sla.announced import Announced
from stream.desks.tickets.sla.announcements import Announcement, records_of
from stream.desks.tickets.sla.transitions import ACTIVATE, BREACH, Transition, TransitionKind

SOURCE = "deskpulse/support"


def announcement(kind: TransitionKind, ticket: str = "T-1", *, retracted: bool = False) -> Announcement:
    transition = Transition(1_000_000, kind, 0, 1, "gold", 60, 0, 61, breached=kind is BREACH)
    return Announcement(ticket, transition, NO_ATTRIBUTES._replace(channel="web"), retracted)


def announced() -> Announced:
    return Announced(lambda attributes: attributes, SOURCE)


def test_what_is_told_is_counted_by_its_kind_and_a_breach_by_its_labels_too() -> None:
    found = announced()
    found.told([announcement(ACTIVATE), announcement(ACTIVATE, "T-2"), announcement(BREACH)])

    assert found.transitions == {"activate": 2, "breach": 1}
    assert found.breaches == {("gold", "first_reply", "web", "None", "None"): 1}


def test_a_retraction_is_counted_as_one_whatever_it_retracts() -> None:
    found = announced()
    found.told([announcement(BREACH, retracted=True)])

    assert (found.transitions, found.breaches) == ({"retract": 1}, {})


def test_what_is_told_becomes_a_record_of_its_topic_for_each_announcement() -> None:
    made = [announcement(ACTIVATE), announcement(BREACH)]

    records = announced().told(made)
    assert records == list(records_of(made, SOURCE))
    assert {record.topic for record in records} == {"helpdesk.sla"}


def test_what_may_have_been_counted_before_is_not_counted_again() -> None:
    found = announced()

    assert found.records([announcement(BREACH)]) == announced().told([announcement(BREACH)])
    assert (found.transitions, found.breaches) == ({}, {})


def test_breaches_with_the_same_labels_add_up() -> None:
    found = announced()
    found.told([announcement(BREACH), announcement(BREACH, "T-2")])
    found.told([announcement(BREACH, "T-3")])

    assert found.breaches == {("gold", "first_reply", "web", "None", "None"): 3}
