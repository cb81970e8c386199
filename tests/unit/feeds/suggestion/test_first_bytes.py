"""The beginning of a file tells its encoding, and no more of it than that is read."""

from __future__ import annotations

from pathlib import Path

import pytest

from stream.feeds.suggestion import first_bytes
from stream.feeds.suggestion.first_bytes import FirstBytes, encoding_of, read_first_bytes

WORDS = "Größe;Straße\n" * 50


@pytest.mark.parametrize(
    "content, expected",
    [
        (WORDS.encode(), "utf-8"),
        (WORDS.encode("utf-8-sig"), "utf-8"),
        (WORDS.encode("cp1252"), "cp1252"),
        (WORDS.encode("utf-16"), "utf-16"),
        (WORDS.encode("utf-16-le"), "utf-16-le"),
        (WORDS.encode("utf-16-be"), "utf-16-be"),
        (WORDS.encode("utf-32"), "utf-32"),
        (b"a\x81b\x8d;c\n", "latin-1"),
        (b"plain;ascii\n", "utf-8"),
    ],
)
def test_an_encoding_is_known_by_its_mark_its_zeros_or_what_can_be_decoded(content: bytes, expected: str) -> None:
    found = encoding_of(FirstBytes(content, whole=True), Path("log"))

    assert found == expected
    assert FirstBytes(content, whole=True).text(found)[:1] != "\ufeff"


def test_a_character_that_was_cut_at_the_end_spoils_no_encoding() -> None:
    content = "Größe".encode()[:-2]

    assert encoding_of(FirstBytes(content, whole=False), Path("log")) == "utf-8"
    assert FirstBytes("aß".encode()[:-1], whole=False).text("utf-8") == "a"


def test_no_more_than_the_beginning_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(first_bytes, "MOST_BYTES", 10)
    log = tmp_path / "log"
    log.write_bytes(b"0123456789abcdef")

    assert read_first_bytes(log) == FirstBytes(b"0123456789", whole=False)

    log.write_bytes(b"0123456789")
    assert read_first_bytes(log).whole
