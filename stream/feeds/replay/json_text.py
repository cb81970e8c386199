"""Reading a JSON document piece by piece."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final, NoReturn

from stream.feeds.replay.decoding import EndsEarlyError
from stream.feeds.replay.failure import ReplayError

_LONGEST_VALUE: Final = 64 * 1024 * 1024
_LONGEST_TOKEN: Final = 16
_SPACE: Final = " \t\r\n"
_spaces: Final[Callable[[str, int], re.Match[str]]] = re.compile(f"[{_SPACE}]*").match  # type: ignore[assignment]


class JsonText:
    """A place in a JSON document that moves on. Numbers are read as strings, spelled as they are.

    No more of the document is in memory than the value that is read. Every method raises ``ReplayError``, with
    the line and the column, when the document does not go on as JSON, or cannot be read on.
    """

    def __init__(self, path: Path, chunks: Iterator[str]) -> None:
        self._path = path
        self._chunks = chunks
        self._text = ""
        self._at = 0
        self._line = 1
        self._column = 1
        self._failure = ""
        self._decode = json.JSONDecoder(parse_int=str, parse_float=str, parse_constant=str).raw_decode

    def next(self) -> str:
        """The next character that is no space, without moving past it; empty at the end."""
        while True:
            self._at = _spaces(self._text, self._at).end()
            if self._at < len(self._text) or not self._more():
                return self._text[self._at : self._at + 1]

    def value(self) -> object:
        """Read a value whole."""
        self.next()
        while True:
            try:
                value, end = self._decode(self._text, self._at)
            except json.JSONDecodeError as error:
                # What is wrong at the end of what was read so far may be right once there is more of it.
                is_open = error.msg.startswith("Unterminated string")
                place = (len(self._text) if is_open else error.pos) - self._at
                is_cut = is_open or error.pos >= len(self._text) - _LONGEST_TOKEN
                if not is_cut or not self._more():
                    self.fail(f"not JSON: {error.msg.removesuffix(' at')}", self._at + place)
            except RecursionError:
                self.fail("not JSON that can be read: it is nested too deeply")
            else:
                if end < len(self._text) or not self._more():
                    self._at = end
                    return value

    def elements(self) -> Iterator[None]:
        """Go through an array: yields at each element, which must be read before the next one is asked for."""
        yield from self._parts("[", "]")

    def members(self) -> Iterator[str]:
        """Go through an object: yields at each member's value, as ``elements`` does, and with its name."""
        for _ in self._parts("{", "}"):
            if self.next() != '"':
                self.fail("not JSON: a member's name in double quotes must stand here")
            name = str(self.value())
            self._pass(":")
            yield name

    def skip(self) -> None:
        """Pass over a value without keeping all of it at once."""
        start = self.next()
        if start == "[":
            for _ in self.elements():
                self.value()
        elif start == "{":
            for _ in self.members():
                self.value()
        else:
            self.value()

    def fail(self, problem: str, at: int | None = None) -> NoReturn:
        """Raise the error of a place."""
        at = self._at if at is None else at
        read = self._text[:at]
        line = self._line + read.count("\n")
        column = len(read) - read.rfind("\n") if "\n" in read else self._column + len(read)
        has_ended = not self._text[at:].strip(_SPACE)
        why = self._failure or ("the document ends here, in the middle" if has_ended else problem)
        raise ReplayError(f"{self._path}: line {line}, column {column}: {why}")

    def _parts(self, opening: str, closing: str) -> Iterator[None]:
        self._pass(opening)
        if self.next() == closing:
            self._at += 1
            return
        while True:
            yield
            if self.next() == closing:
                self._at += 1
                return
            self._pass(",")

    def _pass(self, character: str) -> None:
        if self.next() != character:
            self.fail(f"not JSON: {character} must stand here")
        self._at += 1

    def _more(self) -> bool:
        passed, rest = self._text[: self._at], self._text[self._at :]
        self._column = len(passed) - passed.rfind("\n") if "\n" in passed else self._column + len(passed)
        self._line += passed.count("\n")
        self._text, self._at = rest, 0
        if len(rest) > _LONGEST_VALUE:
            self.fail(f"a value is longer than {_LONGEST_VALUE} characters")
        pieces, size = [rest], 0
        try:
            # As much again as there is, so that a long value is not gone through too often.
            while size <= len(rest) and (chunk := next(self._chunks, None)) is not None:
                pieces.append(chunk)
                size += len(chunk)
        except EndsEarlyError as error:
            self._failure = str(error)
        self._text = "".join(pieces)
        return size > 0
