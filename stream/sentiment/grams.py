"""What a model sees of a text: which sequences of two and of three characters there are in it."""

from __future__ import annotations

from operator import add
from typing import Final
from zlib import crc32

BUCKETS: Final = 1 << 16
"""Into how many buckets the sequences are hashed."""

LONGEST_TEXT: Final = 200
"""Characters of a text that are looked at, which bounds what an estimate takes."""


def seen_of(text: str) -> str:
    """What is looked at of a text: its beginning, in one case, with single spaces between words."""
    return " ".join(text[:LONGEST_TEXT].split()).casefold()


def grams_of(seen: str) -> set[str]:
    """The distinct sequences of two and of three characters in what is looked at of a text, and around it."""
    characters = [" ", *seen, " "]
    # Additions of characters take half as long as slices of the text.
    pairs = list(map(add, characters, characters[1:]))
    grams = set(pairs)
    grams.update(map(add, pairs, characters[2:]))
    return grams


def bucket_of(gram: str) -> int:
    """The bucket of a sequence, the same in every process and on every machine."""
    return crc32(gram.encode("utf-8", "surrogatepass")) % BUCKETS
