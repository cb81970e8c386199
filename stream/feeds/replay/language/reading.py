"""From a mapping file to its tables, or to the one line that says what is wrong with it."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from stream.feeds.replay.failure import ReplayError
from stream.feeds.replay.language.mapping_table import TOP_KEYS, MappingTable

_OF_A_KEY: Final = "[key]"
"""How pydantic says that a key, not its value, is wrong."""


def read_mapping_table(file: Path | Traversable, name: str) -> MappingTable:
    """Read a mapping file. Raises ``ReplayError``, which names the file, the key and what would be right."""
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise ReplayError(f"{name}: {error.strerror or error}") from error
    except ValueError as error:  # also of numbers that are too long, and of bytes that are no UTF-8
        raise ReplayError(f"{name}: not TOML: {error}") from error
    except RecursionError as error:
        raise ReplayError(f"{name}: not TOML that can be read: it is nested too deeply") from error
    try:
        return MappingTable.model_validate(content, context={"top": TOP_KEYS})
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise ReplayError(f"{name}: {_place(first['loc'])}: {first['msg']}") from error


def _place(keys: Sequence[str | int]) -> str:
    """The path of a key from the top of the file; rules are counted from 1, as people do."""
    place = ""
    for key in keys:
        if isinstance(key, int):
            place += f" {key + 1}"
        elif key != _OF_A_KEY:
            place += f".{key}" if place else key
    return place
