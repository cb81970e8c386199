"""What Prometheus answers to the queries of a dashboard, as Grafana asks them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final

from tests.monitoring.promql import filled
from tests.pictures.dashboards import Dashboard
from tests.pictures.store import Store
from tests.pictures.story import COARSE, DAY, END, FINE, JOB

WIDTH: Final = 1600
"""That of a page, in pixels."""

THEMES: Final = ("light", "dark")

_SCRAPES_IN_A_RATE: Final = 4

Answers = dict[str, dict[str, list[dict[str, Any]]]]


async def page_of(dashboard: Dashboard, store: Store) -> dict[str, Any]:
    """What the renderer is given, without the theme."""
    step = FINE if dashboard.span <= DAY else COARSE
    begin = END - dashboard.span
    answers: Answers = {}
    for panel in dashboard.panels:
        answers[str(panel["id"])] = of_panel = {}
        for target in panel["targets"]:
            expression = _filled_in(target["expr"], dashboard, step)
            if target.get("instant"):
                found = await store.at(expression, END)
                of_panel[target["refId"]] = [
                    {"metric": series["metric"], "values": [series["value"]]} for series in found
                ]
            else:
                of_panel[target["refId"]] = await store.over_time(expression, begin, END, step)
    return {
        "dashboard": dashboard.definition,
        "choices": list(_choices(dashboard)),
        "answers": answers,
        "from": _seconds(begin),
        "to": _seconds(END),
        "step": step.total_seconds(),
        "width": WIDTH,
    }


def _choices(dashboard: Dashboard) -> Iterator[dict[str, str]]:
    """What is chosen in the variables, in words."""
    asked = {"datasource": "Prometheus", "job": JOB}
    for variable in dashboard.definition["templating"]["list"]:
        name = variable["name"]
        text = variable.get("current", {}).get("text", asked.get(name, ""))
        yield {"label": variable.get("label", name), "value": text if isinstance(text, str) else ", ".join(text)}


def _filled_in(expression: str, dashboard: Dashboard, step: timedelta) -> str:
    rate = max(_SCRAPES_IN_A_RATE * FINE, step + FINE)
    known = dashboard.variables | {
        "job": JOB,
        "__rate_interval": _length(rate),
        "__interval": _length(step),
        "__range": _length(dashboard.span),
    }

    return filled(expression, known)


def _length(span: timedelta) -> str:
    return f"{span.total_seconds():.0f}s"


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())
