"""Reading a TOML file with errors that name the file, the key and what would be right."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Collection
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import NoReturn

from stream.feeds.replay.failure import ReplayError


class TomlTable:
    """A table of a TOML file, at ``path`` in it. A key that was never asked for is unknown: ``finish`` refuses it.

    Every method raises ``ReplayError`` when a value is not what it asks for.
    """

    def __init__(self, content: dict[str, object], file: str, path: str = "", top: TomlTable | None = None) -> None:
        self.path = path
        self._content = content
        self._file = file
        self._top = top
        self._asked: dict[str, None] = {}

    @classmethod
    def read(cls, file: Path | Traversable, name: str) -> TomlTable:
        """The file's topmost table; raises ``ReplayError`` when the file cannot be read or is no TOML."""
        try:
            return cls(tomllib.loads(file.read_text(encoding="utf-8")), name)
        except OSError as error:
            raise ReplayError(f"{name}: {error.strerror or error}") from error
        except ValueError as error:  # also of numbers that are too long, and of bytes that are no UTF-8
            raise ReplayError(f"{name}: not TOML: {error}") from error
        except RecursionError as error:
            raise ReplayError(f"{name}: not TOML that can be read: it is nested too deeply") from error

    def fail(self, key: str, problem: str) -> NoReturn:
        """Raise the error of a key."""
        raise ReplayError(f"{self._file}: {self.place(key)}: {problem}")

    def place(self, key: str) -> str:
        """The path of a key from the top of the file."""
        return f"{self.path}.{key}" if self.path else key

    def has(self, key: str) -> bool:
        """Whether the key is there."""
        self._asked[key] = None
        return key in self._content

    def knows(self, key: str) -> bool:
        """Whether the key was asked for."""
        return key in self._asked

    def keys(self) -> tuple[str, ...]:
        """All keys, for a table whose keys the user chooses; none of them is unknown."""
        self._asked.update(dict.fromkeys(self._content))
        return tuple(self._content)

    def value(self, key: str) -> object:
        """A value of any type, ``None`` if there is none."""
        self._asked[key] = None
        return self._content.get(key)

    def text(self, key: str, default: str | None = None) -> str:
        """A string; without a ``default`` the key is required."""
        value = self.value(key)
        if value is None:
            if default is None:
                self.fail(key, f"is missing; it must be a string{self._like(key, '{}')}")
            return default
        if not isinstance(value, str):
            self.fail(key, f'must be a string, such as "{value}", not {_kind(value)}')
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of strings or a single one; none if the key is not there."""
        value = self.value(key)
        if value is None:
            return ()
        values = value if isinstance(value, list) else [value]
        if not values or not all(isinstance(item, str) for item in values):
            self.fail(key, f'must be a string or a list of strings, such as ["a", "b"], not {value!r}')
        return tuple(values)

    def flag(self, key: str) -> bool | None:
        """``true`` or ``false``, ``None`` if the key is not there."""
        value = self.value(key)
        if value is not None and not isinstance(value, bool):
            self.fail(key, f"must be true or false, not {value!r}")
        return value

    def choice(self, key: str, choices: Collection[str], default: str | None = None) -> str:
        """One of ``choices``; without a ``default`` the key is required."""
        text = self.text(key, default)
        if text not in choices:
            self.fail(key, f"{text!r} is unknown{_meant(text, choices)}; it must be one of {', '.join(choices)}")
        return text

    def table(self, key: str, *, required: bool = False) -> TomlTable:
        """A table within; an empty one if the key is not there and not ``required``."""
        value = self.value(key)
        if value is None:
            if required:
                self.fail(key, f"is missing; there must be a table [{self.place(key)}]{self._like(key, '[{}]')}")
            value = {}
        if isinstance(value, list) and value and isinstance(value[0], dict):
            self.fail(key, f"must be one table, [{self.place(key)}], not an array of them")
        if not isinstance(value, dict):
            self.fail(key, f"must be a table, not {_kind(value)}")
        return self.sub(key, value)

    def sub(self, key: str, content: dict[str, object]) -> TomlTable:
        """A table with a content of its own that stands for a key."""
        return TomlTable(content, self._file, self.place(key), self._top or self)

    def over(self, base: TomlTable) -> TomlTable:
        """The same table, with the values of a valid one where it has none of its own."""
        table = TomlTable(base._content | self._content, self._file, self.path, self._top)
        table._asked.update(base._asked)
        return table

    def tables(self, key: str) -> list[TomlTable]:
        """The tables of an array ``[[key]]``, which people count from 1; at least one is required."""
        value = self.value(key)
        if isinstance(value, dict):
            self.fail(
                key, f"there must be at least one [[{key}]], and [{key}] is a single table; write [[{key}]] instead"
            )
        if not isinstance(value, list) or not value or not all(isinstance(item, dict) for item in value):
            self.fail(key, f"there must be at least one [[{key}]]{self._like(key, '[[{}]]')}")
        top = self._top or self
        return [TomlTable(item, self._file, f"{self.place(key)} {number}", top) for number, item in enumerate(value, 1)]

    def finish(self) -> None:
        """Refuse the keys that nobody asked for."""
        for key in self._content:
            if key in self._asked:
                continue
            hint = _meant(key, self._asked)
            if self._top is not None and self._top.knows(key) and not hint:
                hint = ", but one of the top of the file: it must stand above the first [table]"
            self.fail(key, f"unknown key{hint}; known are {', '.join(self._asked)}")

    def _like(self, key: str, spelling: str) -> str:
        """A question after a key that is there in place of the one that is missing, if one looks like it."""
        close = _close(key, [other for other in self._content if other not in self._asked])
        return f" (is {spelling.format(close)} meant to be it?)" if close else ""


def _meant(text: str, choices: Collection[str]) -> str:
    close = _close(text, choices)
    return f" (did you mean {close}?)" if close else ""


def _close(text: str, choices: Collection[str]) -> str | None:
    """The choice that is most like a text, whatever the case of their letters."""
    spelled = {choice.casefold(): choice for choice in choices}
    close = difflib.get_close_matches(text.casefold(), spelled, n=1)
    return spelled[close[0]] if close else None


def _kind(value: object) -> str:
    names = {
        bool: "true or false",
        int: "a number",
        float: "a number",
        dict: "a table",
        list: "a list",
        str: "a string",
    }
    return names.get(type(value), "a date or a time")
