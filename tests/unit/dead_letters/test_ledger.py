from __future__ import annotations

from itertools import permutations

from stream.dead_letters.ledger import Ledger, Selection, Status
from stream.dead_letters.letter import Letter, Origin, Receipt, Root

EVERYTHING = Selection()


def letter_at(
    offset: int, *, root: int | None = None, replays: int = 0, reason: str = "invalid", at: int = 0
) -> Letter:
    """The letter of a record at this offset, which was first rejected at the offset ``root``."""
    origin = Origin("helpdesk.tickets", 0, offset)
    first = Root(origin if root is None else Origin("helpdesk.tickets", 0, root), 1)
    return Letter(
        "helpdesk.tickets-dlt", 0, offset, at or offset, origin, 1, first, replays, reason, "", 2, omitted=False
    )


def ledger_of(*entries: Letter | Receipt) -> Ledger:
    ledger = Ledger()
    for entry in entries:
        ledger.add(entry)
    return ledger


def test_a_letter_is_open_until_it_is_sent_again() -> None:
    letter = letter_at(1)

    assert ledger_of(letter).status(letter) is Status.OPEN
    assert ledger_of(letter, Receipt(letter.root, 1)).status(letter) is Status.REPLAYED


def test_a_letter_that_came_back_is_open_and_the_one_before_superseded() -> None:
    first, second = letter_at(1), letter_at(5, root=1, replays=1)
    known: list[Letter | Receipt] = [first, second, Receipt(first.root, 1)]
    for entries in permutations(known):
        ledger = ledger_of(*entries)

        assert ledger.status(first) is Status.SUPERSEDED
        assert ledger.status(second) is Status.OPEN
        assert ledger.letters(EVERYTHING) == [second]
        assert ledger.find(first.origin) == ledger.find(second.origin) == second


def test_a_letter_that_came_back_proves_that_it_was_sent_even_without_the_note() -> None:
    first, second = letter_at(1), letter_at(5, root=1, replays=1)

    assert ledger_of(first, second).status(first) is Status.SUPERSEDED


def test_a_letter_that_came_back_and_was_sent_once_more_waits_for_nobody() -> None:
    first, second = letter_at(1), letter_at(5, root=1, replays=1)
    ledger = ledger_of(first, Receipt(first.root, 1), second, Receipt(first.root, 2))

    assert ledger.status(second) is Status.REPLAYED
    assert ledger.letters(EVERYTHING) == []
    assert ledger.letters(EVERYTHING, only_open=False) == [first, second]


def test_a_dead_letter_that_was_written_twice_is_one() -> None:
    letter = letter_at(1)

    assert ledger_of(letter, letter_at(1, at=9)).letters(EVERYTHING) == [letter_at(1, at=9)]


def test_a_note_about_a_record_of_a_deleted_topic_is_not_about_the_record_that_has_its_place_now() -> None:
    letter = letter_at(1)

    assert ledger_of(Receipt(Root(letter.origin, 0), 1), letter).status(letter) is Status.OPEN


def test_letters_come_the_oldest_first_and_are_counted_by_reason() -> None:
    letters = [letter_at(3, at=1), letter_at(1, at=2, reason="not_json"), letter_at(2, at=3)]
    ledger = ledger_of(letters[1], letters[2], letters[0])

    assert ledger.letters(EVERYTHING) == letters
    assert list(ledger.summary(letters).items()) == [("invalid", 2), ("not_json", 1)]
    assert ledger.letters(Selection(reasons=frozenset({"not_json"}))) == [letters[1]]
    assert ledger.letters(Selection(topics=frozenset({"helpdesk.surveys"}))) == []
    assert len(ledger) == 3


def test_a_record_without_a_letter_is_not_found() -> None:
    assert ledger_of(letter_at(1)).find(Origin("helpdesk.tickets", 0, 2)) is None
