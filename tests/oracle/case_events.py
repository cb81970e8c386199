"""Events of worked cases, written in a few words.

The word for the event comes first: ``opened``, ``replied``, ``updated``, ``status pending``, ``solved`` or ``closed``
for a changed status, ``busy`` and the like for an agent's state, ``resolved``, ``sent``, ``responded`` and so on.
Details follow in any order: who (``agent``), ``internal``, a status, a survey, its scale and score (``nps 0-10 9``),
``attribute=value``, which nothing clears, ``id=ID``, ``source=SOURCE`` and ``sequence=TEXT``. An underscore in a value
stands for a space. What else there is of a kind says its module.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from tests.event_records import record
from tests.oracle.kind import OracleKind
from tests.oracle.kinds import KINDS
from tests.oracle.moments import EPOCH, MICROSECOND

_OF_EVENT: Final = frozenset({"id", "sequence", "source"})


def kind_of(word: str, subject: str = "") -> OracleKind[Any]:
    """What an event is about, by the word for it and its subject: a ticket, unless one of them says otherwise."""
    by_word = (kind for kind in KINDS if word in kind.own_words)
    by_subject = (kind for kind in KINDS if subject and subject[0] in kind.letters)
    return next(by_word, None) or next(by_subject, KINDS[0])


def event_of(words: Sequence[str], subject: str, time: int, **attributes: object) -> bytes:
    """The record of an event at ``time``, in microseconds; ``attributes`` are those that the words do not name.

    Raises ``KeyError`` for a word that is not known.
    """
    word, *details = words
    kind = kind_of(word, subject)
    event, data = kind.event_said(word)
    for detail in details:
        name, is_value, value = detail.partition("=")
        if name in _OF_EVENT:
            attributes[name] = value
        elif is_value:
            kind.add_value(data, name, value)
        else:
            kind.add_word(data, detail)
    return record(kind.type_of(event), subject, (EPOCH + time * MICROSECOND).isoformat(), data, **attributes)
