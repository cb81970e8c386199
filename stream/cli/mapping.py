"""``deskpulse mapping``: mappings suggested, listed and checked."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from stream.feeds.replay import ReplayError, load_mapping, read_events, shipped_mappings
from stream.feeds.replay.log_format import KINDS
from stream.feeds.suggestion import Choices, Suggestion, suggest

_ROWS_LOOKED_AT = 5_000


class UnknownKindError(Exception):
    """A kind of log that does not exist."""


class SuggestionNotWrittenError(Exception):
    """The file for the suggestion cannot be made."""


def suggestion_of(file: Path, choices: Choices) -> Suggestion:
    """A mapping to start from. Raises ``UnknownKindError``, and ``ReplayError`` when the file cannot be used."""
    if choices.kind is not None and choices.kind not in KINDS:
        message = f"there is no kind {choices.kind!r}; take one of {', '.join(KINDS)}"
        raise UnknownKindError(message)
    if choices.delimiter is not None and (len(choices.delimiter) != 1 or choices.delimiter in '\r\n"'):
        message = f"--delimiter is one character, not {choices.delimiter!r}"
        raise ReplayError(message)
    return suggest(file, choices)


def write_new(file: Path, text: str) -> None:
    """Write a file that is not there yet. Raises ``SuggestionNotWrittenError``."""
    try:
        with file.open("x", encoding="utf-8") as made:
            made.write(text)
    except OSError as error:
        message = f"cannot write {file}: {error.strerror or error}"
        raise SuggestionNotWrittenError(message) from error


def shipped_lines() -> Iterator[str]:
    """The shipped mappings with what they are for."""
    names = shipped_mappings()
    width = max(map(len, names), default=0)
    for name in names:
        yield f"{name:<{width}}  {load_mapping(name).description}"


def check_mapping(name: str, log: Path | None) -> str:
    """What to say of a mapping that is valid. Raises ``ReplayError`` when it is not, or does not fit the log."""
    mapping = load_mapping(name)
    rules = f"{len(mapping.rules)} rule" + ("s" if len(mapping.rules) > 1 else "")
    if log is None:
        return f"{name}: valid, {rules}"
    events = list(islice(read_events(log, mapping), _ROWS_LOOKED_AT))
    if not events:
        message = f"{log}: {name} is valid, but no row of it makes an event; `deskpulse replay --dry-run` tells why"
        raise ReplayError(message)
    return f"{name}: valid, {rules}; {log} has all columns that it names"
