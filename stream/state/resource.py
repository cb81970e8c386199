"""What a kind of entities serves as JSON besides its numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from stream.state.desk import Desk
from stream.state.view import View

Query = Mapping[str, str]


class QueryError(Exception):
    """A query that asks for nothing; the message says what would."""


class UnknownEntityError(Exception):
    """Nothing is known here of what was asked for; ``asked`` repeats the query."""

    def __init__(self, message: str, **asked: str) -> None:
        super().__init__(message)
        self.asked = asked


@dataclass(frozen=True, slots=True)
class Resource:
    """``/api/v1/<name>``: ``look`` is taken between two batches, ``content`` is made of that at leisure.

    ``form_of`` says what a query asks for, as something that is equal for queries with the same answer; it raises
    ``QueryError``. Where ``asks_for_one`` is true of a query, ``find`` answers it at once, between two batches; it
    raises ``UnknownEntityError``.
    """

    name: str
    look: Callable[[Sequence[Desk[Any]], View], Any]
    content: Callable[[Any, Any], dict[str, Any]]
    form_of: Callable[[Query], Any] = lambda _query: None
    asks_for_one: Callable[[Query], bool] = lambda _query: False
    find: Callable[[Sequence[Desk[Any]], View, Query], dict[str, Any]] | None = None
