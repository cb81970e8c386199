"""What the oracle knows of a kind of entities, and what its worked cases say of one."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, Generic, TypeVar

from tests.oracle.numbers import Numbers
from tests.oracle.shapes import Shape

Chosen = TypeVar("Chosen")
Rows = Sequence[Mapping[str, Any]]
Answer = tuple[Numbers, Mapping[str, Numbers]]
"""The state, and the windows by name, with their parts."""


class OracleKind(ABC, Generic[Chosen]):
    """A kind: its events, its settings, its numbers, and its words in worked cases.

    ``name`` is that of the kind, ``one`` what its events call an entity, ``events`` the shapes of their data, by the
    last part of their types. ``settings_type`` is what can be chosen, with defaults.

    In cases, ``letters`` are those that the subjects of its entities begin with; an event with one of ``own_words`` is
    of this kind whatever its subject. ``details`` are the fields of data that single words stand for. ``said`` has for
    each setting that cases may choose which one it is in ``settings_type``, and how its value is read.
    """

    name: ClassVar[str]
    one: ClassVar[str]
    events: ClassVar[Mapping[str, Shape]]
    settings_type: type[Chosen]
    letters: ClassVar[str]
    own_words: ClassVar[frozenset[str]] = frozenset()
    details: ClassVar[Mapping[str, str]] = {}
    said: ClassVar[Mapping[str, tuple[str, Callable[[Any], object]]]] = {}

    def type_of(self, event: str) -> str:
        """The type of an event."""
        return f"helpdesk.{self.one}.{event}.v1"

    @abstractmethod
    def numbers(self, rows: Mapping[str, Rows], settings: Chosen, now: int) -> Answer:
        """The kind's numbers at ``now`` (microseconds), of the rows of all valid records by kind."""

    def settings_said(self, said: Mapping[str, Any]) -> Chosen:
        """What a case chooses."""
        return self.settings_type(
            **{name: read(said[word]) for word, (name, read) in self.said.items() if word in said}
        )

    def event_said(self, word: str) -> tuple[str, dict[str, Any]]:
        """The event that a word stands for in a case, and its data without any details."""
        return word, {}

    def add_value(self, data: dict[str, Any], name: str, value: str) -> None:
        """Add a detail such as ``channel=email`` to an event's data; an underscore stands for a space."""
        data[name] = value.replace("_", " ") or None

    def add_word(self, data: dict[str, Any], word: str) -> None:
        """Add a detail of one word to an event's data. Raises ``KeyError`` if it is not known."""
        if word not in self.details:
            message = f"{self.name} have no word {word}; is the letter of the subject that of another kind?"
            raise KeyError(message)
        data[self.details[word]] = word
