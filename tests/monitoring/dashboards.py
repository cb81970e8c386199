"""The dashboards as they are deployed, and what their panels ask of Prometheus."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from tests.monitoring.configuration import DEPLOY

Content = dict[str, Any]
"""A dashboard, a panel, or a part of them, as JSON."""

_LABEL_VALUES: Final = re.compile(r"label_values\((.*), (\w+)\)")
FOLDER: Final = DEPLOY / "grafana" / "dashboards"


class Asked(NamedTuple):
    """A query of a panel, with its variables as they are."""

    uid: str
    panel: str
    title: str
    reference: str
    expression: str


def deployed() -> list[Content]:
    """All dashboards in the order of their files' names."""
    return [json.loads(path.read_text("utf-8")) for path in sorted(FOLDER.glob("*.json"))]


def panels_of(dashboard: Mapping[str, Any]) -> list[Content]:
    """All panels but the headings."""
    return [panel for panel in dashboard.get("panels", ()) if panel.get("type") != "row"]


def queries_of(dashboards: Sequence[Content]) -> Iterator[Asked]:
    """Every query of every panel."""
    for dashboard in dashboards:
        for panel in panels_of(dashboard):
            for target in panel.get("targets", ()):
                yield Asked(
                    dashboard["uid"], panel["type"], panel["title"], target.get("refId", ""), target.get("expr", "")
                )


def choices_of(dashboard: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The series and the label whose values each variable lets the reader choose from."""
    for variable in dashboard["templating"]["list"]:
        if variable["type"] == "query" and (found := _LABEL_VALUES.fullmatch(variable["query"])):
            yield found[1], found[2]
