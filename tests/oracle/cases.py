"""The worked cases: stories of tickets and surveys with their numbers, by hand, in ``tests/data/cases``.

How a case is written stands in the ``README.md`` there.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from typing import Any, Final

from tests.oracle.agents import AgentSettings
from tests.oracle.calls import CallSettings
from tests.oracle.case_events import event_of, kind_of
from tests.oracle.case_numbers import Numbers, numbers_of
from tests.oracle.customers import CustomerSettings
from tests.oracle.opening_hours import OpeningHours
from tests.oracle.records import EPOCH, MICROSECOND
from tests.oracle.reviews import ReviewSettings
from tests.oracle.settings import OracleSettings
from tests.oracle.sla_cases import calendar_of, lines_of, span_of

_TABLES: Final = Path(__file__).parents[1] / "data" / "cases"
_START: Final = (datetime(2024, 3, 4, 12, tzinfo=UTC) - EPOCH) // MICROSECOND
_SUBJECTS: Final = re.compile(r"([A-Z])-(\d+)(?:\.\.(\d+))?")
_KEYS: Final = frozenset({"name", "why", "each", "settings", "history", "look", "rejected", "numbers"})
_SETTINGS: Final = {"complaint_categories", "ces_inverted", "first_contact_rule", "first_contact_days"}
_OF_CALLS: Final = {"within", "headline", "abandoned"}
_SPANS_OF_CALLS: Final = {"short_abandon": ("short_abandon_seconds", 1), "cut_off": ("cut_off_hours", 3_600)}
_SPANS_OF_CUSTOMERS: Final = {
    "active_after_purchase": "active_after_purchase_days",
    "funnel_within": "funnel_days",
    "journey_cut_off": "cut_off_days",
}
_SPANS: Final = {"first_contact_limit": "fcr_closed_within_seconds", "backlog": "backlog_threshold_seconds"}
_USUAL: Final = {"survey": "S", "agent": "A"}
_MICROSECONDS_OF_A_SECOND: Final = 1_000_000
_SECONDS_OF_A_DAY: Final = 86_400


@dataclass(frozen=True, slots=True)
class Case:
    """One worked case: the records of each kind as they arrive, and the ``numbers`` that follow.

    ``now`` is when is asked; ``None`` stands for the highest time of all events. ``rejected`` is how many of the
    records have no effect at all, since nobody can know what they mean.
    """

    name: str
    why: str
    tickets: tuple[bytes, ...]
    surveys: tuple[bytes, ...]
    calls: tuple[bytes, ...]
    agents: tuple[bytes, ...]
    mentions: tuple[bytes, ...]
    customers: tuple[bytes, ...]
    reviews: tuple[bytes, ...]
    settings: OracleSettings
    now: datetime | None
    rejected: int
    numbers: Numbers

    @property
    def events(self) -> tuple[bytes, ...]:
        """The records of all topics."""
        return (
            *self.tickets,
            *self.surveys,
            *self.calls,
            *self.agents,
            *self.mentions,
            *self.customers,
            *self.reviews,
        )

    def __str__(self) -> str:
        return self.name


def read_cases() -> list[Case]:
    """All cases of all tables, those for ``each`` of some words one by one.

    Raises ``ValueError``, ``KeyError`` or ``AssertionError`` where a table is not written as its README says.
    """
    return [case for path in sorted(_TABLES.glob("*.toml")) for case in _cases_in(path)]


def _cases_in(path: Path) -> Iterator[Case]:
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    calendars = {name: calendar_of(entry) for name, entry in table.get("calendars", {}).items()}
    for entry in table["case"]:
        assert entry.keys() <= _KEYS, entry
        for words, number in _each_of(entry):
            name = f"{entry['name']} ({words or 'nothing'})" if "each" in entry else entry["name"]
            replaced = {
                "history": entry["history"].replace("{}", words),
                "numbers": entry["numbers"].replace("{}", number),
            }
            yield _case_of(entry | replaced | {"name": name}, calendars)


def _each_of(entry: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What stands for ``{}`` in history and numbers."""
    each = entry.get("each", {"": ""})
    assert "each" not in entry or "{}" in entry["history"], entry
    return iter(each.items()) if isinstance(each, dict) else product(each, [""])


def _case_of(entry: Mapping[str, Any], calendars: Mapping[str, OpeningHours]) -> Case:
    events = list(_events_of(entry["history"]))
    look = entry.get("look")
    return Case(
        name=entry["name"],
        why=entry.get("why", ""),
        tickets=tuple(event for event, kind in events if kind == "ticket"),
        surveys=tuple(event for event, kind in events if kind == "survey"),
        calls=tuple(event for event, kind in events if kind == "call"),
        agents=tuple(event for event, kind in events if kind == "agent"),
        mentions=tuple(event for event, kind in events if kind == "mention"),
        customers=tuple(event for event, kind in events if kind == "customer"),
        reviews=tuple(event for event, kind in events if kind == "review"),
        settings=_settings_of(entry.get("settings", {}), calendars),
        now=None if look is None else EPOCH + _moment_of(look) * MICROSECOND,
        rejected=entry.get("rejected", 0),
        numbers=numbers_of(entry["numbers"]),
    )


def _events_of(history: str) -> Iterator[tuple[bytes, str]]:
    for line in lines_of(history):
        moment, *words = line.split()
        found = _SUBJECTS.fullmatch(words[0])
        if found is not None:
            words = words[1:]
        usual = _USUAL.get(kind_of(words[0], ""), "T")
        letter, first, last = (usual, 1, None) if found is None else found.groups()
        for number in range(int(first), int(last or first) + 1):
            subject = f"{letter}-{number}"
            yield event_of(words, subject, _moment_of(moment)), kind_of(words[0], subject)


def _moment_of(text: str) -> int:
    if "T" in text:
        return (datetime.fromisoformat(text) - EPOCH) // MICROSECOND
    return _START - span_of(text[1:]) if text.startswith("-") else _START + span_of(text)


def _settings_of(said: Mapping[str, Any], calendars: Mapping[str, OpeningHours]) -> OracleSettings:
    of_calls = _OF_CALLS | _SPANS_OF_CALLS.keys()
    others = {"calendar", "silence", "self_reviews"}
    assert said.keys() <= _SETTINGS | _SPANS.keys() | of_calls | _SPANS_OF_CUSTOMERS.keys() | others, said
    chosen: dict[str, Any] = {
        name.replace("first_contact", "fcr"): tuple(value) if isinstance(value, list) else value
        for name, value in said.items()
        if name in _SETTINGS
    }
    chosen |= {
        name: span_of(said[spoken]) / _MICROSECONDS_OF_A_SECOND for spoken, name in _SPANS.items() if spoken in said
    }
    if "calendar" in said:
        chosen["calendar"] = calendars[said["calendar"]]
    calls: dict[str, Any] = {
        name: tuple(said[name]) if name == "within" else said[name] for name in _OF_CALLS & said.keys()
    }
    calls |= {
        name: span_of(said[spoken]) / _MICROSECONDS_OF_A_SECOND / unit
        for spoken, (name, unit) in _SPANS_OF_CALLS.items()
        if spoken in said
    }
    agents = AgentSettings()
    if "silence" in said:
        agents = AgentSettings(silence_hours=span_of(said["silence"]) / _MICROSECONDS_OF_A_SECOND / 3_600)
    customers = {
        name: span_of(said[spoken]) / _MICROSECONDS_OF_A_SECOND / _SECONDS_OF_A_DAY
        for spoken, name in _SPANS_OF_CUSTOMERS.items()
        if spoken in said
    }
    return OracleSettings(
        **chosen,
        calls=CallSettings(**calls),
        agents=agents,
        customers=CustomerSettings(**customers),
        reviews=ReviewSettings(self_reviews=said.get("self_reviews", False)),
    )
