"""How a call went, as the log of a telephone says it: answered, passed on, lost, or left to a machine."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

from stream.feeds.suggestion.columns import Column, words_of

_MOSTLY: Final = 0.8
_TELEPHONE: Final = re.compile(
    r"\b(?:talk|ivr|acd|dnis|voice ?mail|ring(?:ing)? time|telefonat)\b"
    r"|\bcall (?:date|start|end|duration|length|type|status|result|outcome|disposition)\b"
)
_CALL: Final = re.compile(r"\b(?:calls?|anruf|chiamat[ae]|appels?|llamadas?)\b")
_OF_A_CALL: Final = re.compile(r"\b(?:end|ended|answer(?:ed)?|wait|waiting|duration|disposition|hang ?up)\b")
_NAMED: Final = re.compile(r"\b(?:disposition|outcome|result|status|state|reason|ergebnis|esito|résultat)\b")


class Outcome(Enum):
    """How a call went."""

    LOST = "lost"
    VOICEMAIL = "voicemail"
    TRANSFERRED = "transferred"
    ANSWERED = "answered"


_SIGNS: Final = {
    Outcome.LOST: r"\baband|\bno answer|\bun ?answered|\bnot answered|\bmissed|\bh[au]ng ?up|\bdropped|\bdisconnect"
    r"|\bbusy|\bfail|\bcancel|\bdeclined|\breject|\blost\b|\bno agent|\btimed? ?out|abgebrochen|verpasst|abbandon"
    r"|\bpers[ao]\b|perdu",
    Outcome.VOICEMAIL: r"voice ?mail|answering machine|anrufbeantworter|messagerie|segreteria",
    Outcome.TRANSFERRED: r"\btransfer|\bforwarded|weitergeleitet|trasferit|transféré",
    Outcome.ANSWERED: r"\banswered|\bhandled|\bcomplete|\bconnected|\bpicked up|\bserved\b|\bsuccess|angenommen"
    r"|beantwortet|rispost|répondu",
}
_PATTERNS: Final = {outcome: re.compile(pattern) for outcome, pattern in _SIGNS.items()}


@dataclass(frozen=True, slots=True)
class CallOutcomes:
    """The column that says how calls went, and its values by what they mean; those of ``None`` are unknown."""

    column: Column
    values: Mapping[Outcome | None, Sequence[str]]

    def of(self, *outcomes: Outcome) -> list[str]:
        """The values with these meanings."""
        return [value for outcome in outcomes for value in self.values.get(outcome, ())]


def is_log_of_calls(columns: Sequence[Column]) -> bool:
    """Whether the columns are named like those of a telephone; some desks call a ticket a call, too."""
    if any(column.matches(_TELEPHONE) for column in columns):
        return True
    return any(column.matches(_CALL) for column in columns) and any(column.matches(_OF_A_CALL) for column in columns)


def outcomes_of_calls(columns: Sequence[Column]) -> CallOutcomes | None:
    """The column that tells calls that were answered from those that were lost; ``None`` if there is none."""
    found = [outcomes for column in columns if column.is_choice and (outcomes := _outcomes(column)) is not None]
    return max(found, key=lambda outcomes: outcomes.column.matches(_NAMED), default=None)


def outcome_of(value: str) -> Outcome | None:
    """How a call went by the words of a value; ``None`` if they tell nothing."""
    words = words_of(value)
    return next((outcome for outcome, pattern in _PATTERNS.items() if pattern.search(words)), None)


def _outcomes(column: Column) -> CallOutcomes | None:
    values: defaultdict[Outcome | None, list[str]] = defaultdict(list)
    for value, _ in column.counts.most_common():
        values[outcome_of(value)].append(value)
    unknown = sum(column.counts[value] for value in values[None])
    if unknown > (1 - _MOSTLY) * len(column.values):
        return None
    outcomes = CallOutcomes(column, values)
    told = outcomes.of(Outcome.LOST) and outcomes.of(Outcome.ANSWERED, Outcome.TRANSFERRED)
    return outcomes if told else None
