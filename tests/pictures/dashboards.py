"""The dashboards as they are deployed, and which series and rules their queries need."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Final, NamedTuple

import yaml

from tests.monitoring.configuration import DEPLOY
from tests.monitoring.dashboards import Content, deployed, panels_of
from tests.monitoring.promql import filled

_NAME: Final = re.compile(r"[a-z_]+(?::[a-z_0-9]+)+|helpdesk_[a-z_]+")
_SINCE: Final = re.compile(r"now-(\d+)([hd])")
_UNITS: Final = {"h": "hours", "d": "days"}


class Rule(NamedTuple):
    """A recording rule."""

    record: str
    expression: str


class Dashboard:
    """A dashboard: ``definition`` is what Grafana is given."""

    def __init__(self, definition: Content) -> None:
        self.definition = definition
        self.name = str(definition["uid"]).removeprefix("deskpulse-")

    @property
    def span(self) -> timedelta:
        """How far back it looks."""
        found = _SINCE.fullmatch(self.definition["time"]["from"])
        assert found, self.definition["time"]
        return timedelta(**{_UNITS[found[2]]: int(found[1])})

    @property
    def panels(self) -> list[Content]:
        """All panels but the headings of rows."""
        return panels_of(self.definition)

    @property
    def variables(self) -> dict[str, str]:
        """What is chosen at first in the variables that are no queries; the others take everything."""
        chosen = {}
        for variable in self.definition["templating"]["list"]:
            value = variable.get("current", {}).get("value")
            if isinstance(value, str):
                chosen[variable["name"]] = value
        return chosen


def dashboards() -> list[Dashboard]:
    """All of them."""
    return [Dashboard(definition) for definition in deployed()]


def rules_for(longer_than: timedelta) -> list[Rule]:
    """The recording rules that dashboards need which look back longer than this, each after those that it needs."""
    names = _names(longer_than)
    return [rule for rule in _rules() if rule.record in names]


def sampled_names(longer_than: timedelta) -> frozenset[str]:
    """The names of the samples that dashboards need which look back longer than this."""
    return frozenset(name for name in _names(longer_than) if ":" not in name)


def _names(longer_than: timedelta) -> set[str]:
    wanted = {name for dashboard in dashboards() if dashboard.span > longer_than for name in _asked_for(dashboard)}
    for rule in reversed(_rules()):
        if rule.record in wanted:
            wanted.update(_NAME.findall(rule.expression))
    return wanted


def _asked_for(dashboard: Dashboard) -> Iterator[str]:
    for panel in dashboard.panels:
        for target in panel["targets"]:
            yield from _NAME.findall(filled(target["expr"], dashboard.variables))


def _rules() -> list[Rule]:
    """All recording rules, in the order of their dependencies."""
    found: dict[str, Rule] = {}
    for path in sorted((DEPLOY / "prometheus" / "rules").glob("*.yml")):
        for group in yaml.safe_load(path.read_text("utf-8"))["groups"]:
            found |= {rule["record"]: Rule(rule["record"], rule["expr"]) for rule in group["rules"] if "record" in rule}
    ordered: dict[str, Rule] = {}

    def put(rule: Rule) -> None:
        for name in _NAME.findall(rule.expression):
            if name in found and name not in ordered and name != rule.record:
                put(found[name])
        ordered[rule.record] = rule

    for rule in found.values():
        put(rule)
    return list(ordered.values())
