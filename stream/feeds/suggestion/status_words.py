"""What the values of a status or of an activity most likely mean."""

from __future__ import annotations

import re
from enum import Enum
from typing import Final

from stream.feeds.suggestion.columns import words_of


class Meaning(Enum):
    """What a value says of a ticket."""

    REOPENED = "reopened"
    MERGED = "merged"
    DELETED = "deleted"
    ABANDONED = "abandoned"
    ESCALATED = "escalated"
    UNRESOLVED = "unresolved"
    RESOLVED = "resolved"
    CLOSED = "closed"
    HOLD = "hold"
    PENDING = "pending"
    CUSTOMER_REPLIED = "customer replied"
    AGENT_REPLIED = "agent replied"
    OPEN = "open"
    NEW = "new"


_SIGNS: Final[dict[Meaning, str]] = {
    Meaning.REOPENED: r"re ?open|wieder ?(?:er)?öffne|wiedereröffn|riap[er]|ré ?ouvert|rouvert"
    r"|reab[ie]e?r|heropen",
    Meaning.MERGED: r"merg|duplicat|zusammengeführt|unito|fusionn",
    Meaning.DELETED: r"\bspam|delet|trash|junk|gelöscht|eliminat|supprim|borrad|\btest\b",
    Meaning.UNRESOLVED: r"unresolved|unsolved|un ?answered|not (?:re)?solved|not answered"
    r"|not closed|ungelöst|non risolt",
    Meaning.ABANDONED: r"abandon|cancel|withdrawn|dropped|missed|hung up|no answer|annullat|abgebrochen|annul[ée]"
    r"|storniert|zurückgezogen",
    Meaning.ESCALATED: r"escal|eskal",
    Meaning.RESOLVED: r"resol[vu]|\bsolved|\bfix(?:ed)?\b|complet|\bdone\b|finish|gelöst|erledigt|risolt|résol|solucion"
    r"|opgelost|afgehandeld|abgeschlossen|terminé",
    Meaning.CLOSED: r"\bclos(?:ed?|ing|ure)\b|geschlossen|chius|ferm[ée]|clôtur|\bclos\b|cerrad|fechad|gesloten|archiv",
    Meaning.HOLD: r"\bhold\b|suspend|vendor|supplier|third|3rd|parked|paused|sospes|zurückgestellt|suspens|problem\b"
    r"|\bawaiting (?:change|evidence|upgrade)",
    Meaning.PENDING: r"pending|wait|await|warte|rückfrage|attesa|attente|pendient|pendent|wacht|aguard|snooz",
    Meaning.CUSTOMER_REPLIED: r"(?:customer|client|user|requester|caller|kunde|cliente).*(?:repl|respon|answer|comment"
    r"|message|antwort|rispost|répon)",
    Meaning.AGENT_REPLIED: r"\brepl(?:y|ied)|\brespon(?:d|se)|\banswered|\bcomment|message sent|geantwortet|rispost"
    r"|répond|antwort",
    Meaning.OPEN: r"\bopen|progress|\bactive|\bassign(?!ee)|\bwork|accept|take in charge|taken"
    r"|in bearbeitung|bearbeit|in corso"
    r"|en cours|abiert"
    r"|\baberto|apert|ouvert|in behandeling|presa in carico|triag"
    r"|investigat|\boffen|started|em andamento",
    Meaning.NEW: r"\bnew\b|creat|submit|register|logged|received|\bneue?[rs]?\b|nuov|nouveau|nuevo"
    r"|\bnovo|\bnieuw|erstellt|unassigned",
}
_PATTERNS: Final = {meaning: re.compile(pattern) for meaning, pattern in _SIGNS.items()}
_CUSTOMER: Final = re.compile(r"customer|client|user|requester|reporter|caller|visitor|contact|inbound|incoming|kunde")
_BOT: Final = re.compile(r"\bbot\b|robot|system|automat|trigger|workflow")
_AGENT: Final = re.compile(
    r"agent|assignee|staff|support|admin|operator|employee|outbound|outgoing|teammate|technician"
)


def meaning_of(value: str) -> Meaning | None:
    """The meaning of a value by its words, ``None`` if they tell nothing."""
    words = words_of(value)
    return next((meaning for meaning, pattern in _PATTERNS.items() if pattern.search(words)), None)


def actor_of(value: str) -> str | None:
    """Who acts under the name of a role: ``customer``, ``agent`` or ``bot``; ``None`` if it tells nothing."""
    words = words_of(value)
    for actor, pattern in (("bot", _BOT), ("agent", _AGENT), ("customer", _CUSTOMER)):
        if pattern.search(words):
            return actor
    return None
