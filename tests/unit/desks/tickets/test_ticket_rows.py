from __future__ import annotations

from stream.desks.tickets.attributes import Attributes
from stream.desks.tickets.ticket_rows import base_of

BEFORE, NOW, OTHER = b"first", b"first and second", b"zeroth and first"
ATTRIBUTES, OTHERS = Attributes(team="first"), Attributes(team="second")


def test_a_timeline_that_only_grew_is_not_written_twice() -> None:
    assert base_of(NOW, ATTRIBUTES, BEFORE, ATTRIBUTES) == len(BEFORE)
    assert base_of(NOW, ATTRIBUTES, b"", OTHERS) == 0


def test_what_cannot_be_told_from_the_timeline_of_now_is_written_as_it_was() -> None:
    assert base_of(NOW, ATTRIBUTES, BEFORE, OTHERS) == (BEFORE, OTHERS)
    assert base_of(OTHER, ATTRIBUTES, BEFORE, ATTRIBUTES) == (BEFORE, ATTRIBUTES)
