from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from stream.dead_letters.letter import (
    Header,
    Letter,
    Origin,
    OriginError,
    Receipt,
    Root,
    origin_of,
    read,
    receipt_headers,
    replay_headers,
)

ORIGIN = Origin("helpdesk.tickets", 3, 41)
OWN: list[Header] = [
    ("deskpulse.reason", b"not_json"),
    ("deskpulse.detail", "täglich".encode()),
    ("deskpulse.topic", b"helpdesk.tickets"),
    ("deskpulse.partition", b"3"),
    ("deskpulse.offset", b"41"),
    ("deskpulse.timestamp", b"1709553600123"),
]
AGAIN: list[Header] = [
    ("deskpulse.replay-count", b"2"),
    ("deskpulse.replay-origin", b"helpdesk.tickets:3:7"),
    ("deskpulse.replay-timestamp", b"1709000000000"),
]


@dataclass(frozen=True, slots=True)
class Record:
    headers: Sequence[Header]
    value: bytes | None = b"{"
    topic: str = "helpdesk.tickets-dlt"
    partition: int = 3
    offset: int = 5
    timestamp: int = 1_709_553_601_000
    key: bytes | None = field(default=b"T-1")


def letter_in(headers: Sequence[Header], value: bytes | None = b"{") -> Letter:
    letter = read(Record(headers, value))
    assert isinstance(letter, Letter)
    return letter


def test_a_letter_tells_where_it_comes_from_and_why() -> None:
    letter = letter_in(OWN)

    assert (letter.topic, letter.partition, letter.offset) == ("helpdesk.tickets-dlt", 3, 5)
    assert (letter.origin, letter.timestamp) == (ORIGIN, 1_709_553_600_123)
    assert (letter.root, letter.replays) == (Root(ORIGIN, 1_709_553_600_123), 0)
    assert (letter.reason, letter.detail) == ("not_json", "täglich")
    assert (letter.size, letter.omitted) == (1, False)


def test_a_letter_without_its_value_tells_how_large_that_was() -> None:
    letter = letter_in([*OWN, ("deskpulse.value-omitted", b"5000")], None)

    assert (letter.size, letter.omitted) == (5_000, True)


def test_headers_of_the_same_names_that_the_publisher_sent_are_not_believed() -> None:
    theirs = [("deskpulse.value-omitted", b"9"), ("deskpulse.offset", b"x"), ("deskpulse.reason", b"theirs")]
    letter = letter_in([*theirs, *OWN])

    assert (letter.reason, letter.origin, letter.omitted) == ("not_json", ORIGIN, False)


def test_a_letter_that_was_sent_again_knows_how_often_and_what_it_was_first() -> None:
    letter = letter_in([("trace", b"1"), *AGAIN, *OWN])

    assert (letter.origin, letter.replays) == (ORIGIN, 2)
    assert letter.root == Root(Origin("helpdesk.tickets", 3, 7), 1_709_000_000_000)


def test_what_is_sent_again_has_its_publishers_headers_and_those_of_the_replay() -> None:
    headers = [("trace", b"1"), *AGAIN, ("deskpulse.reason", b"theirs"), ("trace", b"2"), *OWN]

    assert replay_headers(letter_in(headers), headers) == [
        ("trace", b"1"),
        ("trace", b"2"),
        ("deskpulse.replay-count", b"3"),
        ("deskpulse.replay-origin", b"helpdesk.tickets:3:7"),
        ("deskpulse.replay-timestamp", b"1709000000000"),
    ]


def test_the_note_that_a_letter_was_sent_again_is_read_as_one() -> None:
    letter = letter_in(OWN)

    assert read(Record(receipt_headers(letter), None)) == Receipt(letter.root, 1)


@pytest.mark.parametrize(
    "headers",
    [
        [],
        [("trace", b"1")],
        OWN[:1],
        [*OWN[:4], ("deskpulse.offset", b"many"), OWN[5]],
        [("deskpulse.replay-count", b"1")],
        [("deskpulse.replay-count", b"1"), ("deskpulse.replay-origin", b"x"), ("deskpulse.replay-timestamp", b"1")],
        [("deskpulse.reason", b"\xff"), *OWN[1:]],
    ],
)
def test_what_deskpulse_has_not_written_is_no_letter(headers: list[Header]) -> None:
    assert read(Record(headers)) is None


def test_a_place_is_written_and_read_the_same_way() -> None:
    assert origin_of(str(ORIGIN)) == ORIGIN
    assert origin_of("a:b:1:2") == Origin("a:b", 1, 2)


@pytest.mark.parametrize("text", ["", "helpdesk.tickets", "helpdesk.tickets:1", ":1:2", "t:-1:2", "t:1:²", "t:1:x"])
def test_a_text_that_names_no_place_is_refused(text: str) -> None:
    with pytest.raises(OriginError, match="write topic:partition:offset"):
        origin_of(text)
