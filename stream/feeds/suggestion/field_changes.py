"""Lists of changes: the field that was changed, its value before, and its value now."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from stream.feeds.suggestion import column_names as names
from stream.feeds.suggestion.columns import words_of

_FIELD: Final = ("field name", "field", "fieldname", "property", "attribute", "column name")
_NEW: Final = ("to string", "new value", "newvalue", "value", "to", "new", "after", "value new")
_OLD: Final = (
    "from string",
    "previous value",
    "old value",
    "oldvalue",
    "from",
    "old",
    "before",
    "previous",
    "value old",
)


@dataclass(frozen=True, slots=True)
class FieldChanges:
    """The names of the columns of a change."""

    field: str
    new: str
    old: str

    def within(self, path: str) -> FieldChanges:
        """The same, as columns of the elements of a list."""
        return FieldChanges(*(f"{path}.{name}" for name in (self.field, self.new, self.old)))


def changes_in(elements: Sequence[dict[str, str]]) -> FieldChanges | None:
    """The members that tell changes, also of the status; ``None`` if the elements are no changes."""
    members = dict.fromkeys(name for element in elements for name in element)
    field, new, old = (_member(members, wanted) for wanted in (_FIELD, _NEW, _OLD))
    if field is None or new is None or old is None:
        return None
    told = any(names.STATUS.search(words_of(element.get(field, ""))) for element in elements)
    return FieldChanges(field, new, old) if told else None


def _member(members: Iterable[str], wanted: Sequence[str]) -> str | None:
    by_words = {words_of(member): member for member in members}
    return next((by_words[words] for words in wanted if words in by_words), None)
