"""Events of worked cases, written in a few words.

The word for the event comes first: ``opened``, ``replied``, ``updated``, ``status pending``, ``solved`` or ``closed``
for a changed status, ``busy`` and the like for an agent's state, ``resolved``, ``sent``, ``responded`` and so on.
Details follow in any order: who (``agent``), ``internal``, a status, a survey, its scale and score (``nps 0-10 9``),
``attribute=value``, which nothing clears, ``queues=billing,technical``, ``from=`` where a customer came from,
``rating=tone:4/1..5x2!``, which is a category with its score (``-`` for none), its scale, its weight and whether it is
critical, ``id=ID``, ``source=SOURCE`` and ``sequence=TEXT``. An underscore in a value stands for a space.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

from tests.event_records import record
from tests.oracle.records import EPOCH, MICROSECOND

_OF_EVENT: Final = frozenset({"id", "sequence", "source"})
_WORDS: Final = {
    **dict.fromkeys(("customer", "agent", "bot", "automation"), "actor"),
    **dict.fromkeys(("public", "internal"), "visibility"),
    **dict.fromkeys(("new", "open", "pending", "hold"), "status"),
    **dict.fromkeys(("csat", "nps", "ces"), "survey"),
    **dict.fromkeys(("positive", "neutral", "negative"), "sentiment"),
    **dict.fromkeys(("awareness", "consideration", "decision", "retention", "advocacy"), "journey_stage"),
    **dict.fromkeys(("visit", "login", "post", "contact"), "interaction"),
    **dict.fromkeys(("sales_and_marketing", "retention_and_support"), "spend"),
    **dict.fromkeys(("accepted", "rejected"), "outcome"),
    **dict.fromkeys(("1-3", "1-5", "1-7", "1-10", "0-10", "good-bad"), "scale"),
}
_KNOWN_DATA: Final[dict[str, dict[str, Any]]] = {
    "solved": {"status": "solved"},
    "closed": {"status": "closed"},
    "merged": {"into": "T-9"},
}
_STATUS_EVENTS: Final = frozenset({"status", "solved", "closed"})
_SURVEY_EVENTS: Final = frozenset({"sent", "responded"})
_AGENT_STATES: Final = frozenset({"available", "busy", "wrap_up", "away", "offline"})
_KINDS_BY_SUBJECT: Final = {"C-": "call", "M-": "mention", "R-": "review", "U-": "customer", "X-": "customer"}
_AMOUNT: Final = "amount"
_COME_FROM: Final = "from"
_RATING: Final = re.compile(r"(\w+):(-?\d+|-)/(-?\d+)\.\.(-?\d+)(?:x(\d+))?(!?)")
_OF_REVIEWS: Final = {"reviewee": "amara", "reviewer": "quinn"}


def kind_of(word: str, subject: str) -> str:
    """What an event is about, by the word for it and its subject.

    It is a ``ticket``, a ``survey``, a ``call``, an ``agent``, a ``mention``, a ``review`` or a
    ``customer``.
    """
    if word in _AGENT_STATES:
        return "agent"
    for beginning, kind in _KINDS_BY_SUBJECT.items():
        if subject.startswith(beginning):
            return kind
    return "survey" if word in _SURVEY_EVENTS else "ticket"


def event_of(words: Sequence[str], subject: str, time: int, **attributes: object) -> bytes:
    """The record of an event at ``time``, in microseconds; ``attributes`` are those that the words do not name.

    Raises ``KeyError`` for a word that is not known.
    """
    kind, *details = words
    about = kind_of(kind, subject)
    data = dict(_KNOWN_DATA.get(kind, {"state": kind} if kind in _AGENT_STATES else {}))
    if about == "review":
        data |= _OF_REVIEWS | ({"categories": []} if kind == "submitted" else {})
    for detail in details:
        name, is_setting, value = detail.partition("=")
        if name in _OF_EVENT:
            attributes[name] = value
        elif name == "queues":
            data[name] = value.split(",")
        elif name == "rating":
            data["categories"].append(_rating_of(value))
        elif name == _AMOUNT:
            data[name] = int(value)
        elif name == _COME_FROM:
            data["source"] = value
        elif is_setting:
            data[name] = value.replace("_", " ") or None
        elif detail.lstrip("-").isdecimal():
            data["score"] = int(detail)
        else:
            data[_WORDS[detail]] = detail
    happened = "status_changed" if kind in _STATUS_EVENTS else "state_changed" if kind in _AGENT_STATES else kind
    event_type = f"helpdesk.{about}.{happened}.v1"
    return record(event_type, subject, (EPOCH + time * MICROSECOND).isoformat(), data, **attributes)


def _rating_of(text: str) -> dict[str, Any]:
    found = _RATING.fullmatch(text)
    assert found is not None, text
    category, score, lowest, highest, weight, critical = found.groups()
    rating = {"category": category.replace("_", " "), "lowest": int(lowest), "highest": int(highest)}
    rating["score"] = None if score == "-" else int(score)
    return rating | ({"weight": int(weight)} if weight else {}) | ({"critical": True} if critical else {})
