"""What a settings file says of opening hours and policies.

Files are taken to be right; what is wrong in one comes out as a ``KeyError`` or ``ValueError`` at best.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final, NamedTuple

from tests.oracle.opening_hours import OpeningHours
from tests.oracle.sla_policies import (
    DEFAULT_POLICIES,
    Policies,
    Policy,
    SlaAttributes,
    TargetChoice,
    TargetRule,
)

_UNITS: Final = {"d": 86_400_000_000, "h": 3_600_000_000, "m": 60_000_000, "s": 1_000_000}
_PART_OF_A_SPAN: Final = re.compile(r"([\d.]+)([dhms])")
_NO_CALENDAR: Final = "none"
_USUAL_CALENDAR: Final = "default"
_ALL_OTHERS: Final = "other"

_Table = Mapping[str, Any]


class SaidInFile(NamedTuple):
    """The opening hours of the section ``calendar``, and the policies."""

    calendar: OpeningHours | None
    policies: Policies


def read_settings(text: str) -> SaidInFile:
    """What a settings file in TOML says, with the default policies if it has none."""
    document = tomllib.loads(text)
    sla = document.get("sla", {})
    calendar = OpeningHours.of_table(document.get("calendar", {}))
    by_name = {name: OpeningHours.of_table(table) for name, table in sla.get("calendars", {}).items()}
    reader = _PolicyReader({_USUAL_CALENDAR: calendar, _NO_CALENDAR: None} | by_name)
    return SaidInFile(calendar, tuple(map(reader.policy, sla.get("policies", ()))) or DEFAULT_POLICIES)


@dataclass(frozen=True, slots=True)
class _PolicyReader:
    """Reads policies that name calendars."""

    calendars: Mapping[str, OpeningHours | None]

    def policy(self, table: _Table) -> Policy:
        usual = table.get("calendar", _NO_CALENDAR)
        return Policy(
            table["name"],
            {name: frozenset(value.casefold() for value in values) for name, values in table.get("match", {}).items()},
            {metric: self._rule_or_choice(said, usual) for metric, said in table["targets"].items()},
        )

    def _rule_or_choice(self, said: str | _Table, usual: str) -> TargetRule | TargetChoice:
        attribute = None if isinstance(said, str) else next((key for key in said if key in SlaAttributes._fields), None)
        if isinstance(said, str) or attribute is None:
            return self._rule(said, usual)
        rules = {value.casefold(): self._rule(rule, usual) for value, rule in said[attribute].items()}
        otherwise = rules.pop(_ALL_OTHERS, None)
        return TargetChoice(attribute, rules, otherwise)

    def _rule(self, said: str | _Table, usual: str) -> TargetRule:
        table: _Table = {"within": said} if isinstance(said, str) else said
        return TargetRule(
            _span(table["within"]),
            self.calendars[table.get("calendar", usual)],
            frozenset(table["pause"]) if "pause" in table else None,
            _span(table["at_risk"]) if "at_risk" in table else None,
        )


def _span(text: str) -> int:
    parts = _PART_OF_A_SPAN.findall(text)
    return round(sum(Fraction(number) * _UNITS[unit] for number, unit in parts))
