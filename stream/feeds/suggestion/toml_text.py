"""Spelling TOML: keys, strings and lists of them, each on one line."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Final

from stream.feeds.replay.quoting import encodable

_BARE_KEY: Final = re.compile(r"[A-Za-z0-9_-]+")


def string(text: str) -> str:
    """A basic string. TOML has no spelling for half of a character, so that is escaped twice."""
    return json.dumps(encodable(text), ensure_ascii=False).replace("\x7f", "\\u007f")


def key(text: str) -> str:
    """A key, bare where it can be."""
    return text if _BARE_KEY.fullmatch(text) else string(text)


def strings(texts: Iterable[str]) -> str:
    """A list of strings."""
    return "[" + ", ".join(map(string, texts)) + "]"
