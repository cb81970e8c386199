"""The worked cases: stories of all kinds with their numbers, by hand, in ``tests/data/cases``.

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

from tests.oracle.case_events import event_of, kind_of
from tests.oracle.case_numbers import Numbers, numbers_of
from tests.oracle.case_text import lines_of, span_of
from tests.oracle.kinds import KINDS
from tests.oracle.moments import EPOCH, MICROSECOND
from tests.oracle.opening_hours import OpeningHours
from tests.oracle.settings import OracleSettings
from tests.oracle.sla_cases import calendar_of

_TABLES: Final = Path(__file__).parents[1] / "data" / "cases"
_START: Final = (datetime(2024, 3, 4, 12, tzinfo=UTC) - EPOCH) // MICROSECOND
_SUBJECTS: Final = re.compile(r"([A-Z])-(\d+)(?:\.\.(\d+))?")
_KEYS: Final = frozenset({"name", "why", "each", "settings", "history", "look", "rejected", "numbers"})


@dataclass(frozen=True, slots=True)
class Case:
    """One worked case: the records of each kind, by its name, as they arrive, and the ``numbers`` that follow.

    ``now`` is when is asked; ``None`` stands for the highest time of all events. ``rejected`` is how many of the
    records have no effect at all, since nobody can know what they mean.
    """

    name: str
    why: str
    events_by_kind: Mapping[str, tuple[bytes, ...]]
    settings: OracleSettings
    now: datetime | None
    rejected: int
    numbers: Numbers

    @property
    def events(self) -> tuple[bytes, ...]:
        """The records of all topics."""
        return tuple(event for events in self.events_by_kind.values() for event in events)

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
        events_by_kind={kind.name: tuple(event for event, name in events if name == kind.name) for kind in KINDS},
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
        letter, first, last = (kind_of(words[0]).letters[0], 1, None) if found is None else found.groups()
        for number in range(int(first), int(last or first) + 1):
            subject = f"{letter}-{number}"
            yield event_of(words, subject, _moment_of(moment)), kind_of(words[0], subject).name


def _moment_of(text: str) -> int:
    if "T" in text:
        return (datetime.fromisoformat(text) - EPOCH) // MICROSECOND
    return _START - span_of(text[1:]) if text.startswith("-") else _START + span_of(text)


def _settings_of(said: Mapping[str, Any], calendars: Mapping[str, OpeningHours]) -> OracleSettings:
    assert said.keys() <= {word for kind in KINDS for word in kind.said}, said
    if "calendar" in said:
        said = {**said, "calendar": calendars[said["calendar"]]}
    return OracleSettings(*(kind.settings_said(said) for kind in KINDS))
