"""What holds for every dashboard: rules, each with a name, that say what is wrong with one."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from colorsys import rgb_to_hls
from itertools import combinations
from typing import Any, Final, NamedTuple

from tests.monitoring.dashboards import Content, choices_of, panels_of
from tests.monitoring.promql import filled, selectors_in, variables_in

COLUMNS: Final = 24
DATASOURCE: Final = {"type": "prometheus", "uid": "${datasource}"}
WITHOUT_DATASOURCE: Final = ("text",)
RATES: Final = ("rate", "increase", "resets")
_RANGED: Final = re.compile(r"\b(rate|irate|increase|delta|idelta|resets|changes)\s*\([^()\[]*\[([^\]]*)\]")
_NAMED_RED_OR_GREEN: Final = re.compile(r'"((?:[a-z]+-)*(?:red|green)|continuous-(?:GrYlRd|RdYlGr|reds|greens))"')
_HEXADECIMAL: Final = re.compile(r'"#([0-9A-Fa-f]{6})"')
_RED_BELOW, _GREEN, _RED_FROM, _VIVID = 20, range(75, 165), 340, 0.3
"""Hues in degrees, and the saturation from which a colour is told by its hue."""


class Known(NamedTuple):
    """The series that there are: all by name, those of them that are counters, those that have a window."""

    series: frozenset[str]
    counters: frozenset[str]
    windowed: frozenset[str]


class Finding(NamedTuple):
    """What a rule has against a panel, or against a dashboard where there is no panel's title."""

    rule: str
    uid: str
    panel: str
    what: str


Complaint = tuple[str, str]
"""The title of a panel, or nothing, and what is wrong."""


def findings(dashboards: Sequence[Content], known: Known) -> list[Finding]:
    """All that the rules have against some dashboards."""
    found = [
        Finding(rule, str(dashboard.get("uid")), panel, what)
        for dashboard in dashboards
        for rule, check in RULES.items()
        for panel, what in check(dashboard, known)
    ]
    uids = Counter(str(dashboard.get("uid")) for dashboard in dashboards)
    found += [Finding("unique-uid", uid, "", f"{count} dashboards") for uid, count in uids.items() if count > 1]
    return found


def _has_uid(dashboard: Content, _known: Known) -> Iterator[Complaint]:
    if not re.fullmatch(r"[a-z0-9-]{1,40}", str(dashboard.get("uid") or "")):
        yield "", f"the uid is {dashboard.get('uid')!r}"


def _unique_ids(dashboard: Content, _known: Known) -> Iterator[Complaint]:
    for key in ("id", "title"):
        counts = Counter(panel.get(key) for panel in dashboard["panels"] if key == "id" or panel["type"] != "row")
        yield from (("", f"{count} panels have the {key} {value}") for value, count in counts.items() if count > 1)


def _no_overlap(dashboard: Content, _known: Known) -> Iterator[Complaint]:
    for one, other in combinations(dashboard["panels"], 2):
        a, b = one["gridPos"], other["gridPos"]
        apart_across = a["x"] + a["w"] <= b["x"] or b["x"] + b["w"] <= a["x"]
        apart_down = a["y"] + a["h"] <= b["y"] or b["y"] + b["h"] <= a["y"]
        if not (apart_across or apart_down):
            yield str(one["title"]), f"lies on {other['title']}"


def _within_the_grid(dashboard: Content, _known: Known) -> Iterator[Complaint]:
    for panel in dashboard["panels"]:
        place = panel["gridPos"]
        if place["x"] < 0 or place["w"] < 1 or place["h"] < 1 or place["x"] + place["w"] > COLUMNS:
            yield str(panel["title"]), f"is at {place}"


def _datasource(dashboard: Content, _known: Known) -> Iterator[Complaint]:
    for panel in panels_of(dashboard):
        if panel["type"] in WITHOUT_DATASOURCE:
            continue
        for user in (panel, *panel.get("targets", ())):
            if user.get("datasource") != DATASOURCE:
                yield panel["title"], f"asks {user.get('datasource')}"
    asking = [variable for variable in _variables(dashboard) if variable["type"] == "query"]
    for user in (*asking, *dashboard["annotations"]["list"]):
        if user.get("datasource") != DATASOURCE:
            yield "", f"{user['name']} asks {user.get('datasource')}"
    if not any(variable["type"] == "datasource" for variable in _variables(dashboard)):
        yield "", "there is no variable for the data source"


def _has(text: str) -> Callable[[Content, Known], Iterator[Complaint]]:
    def missing(dashboard: Content, _known: Known) -> Iterator[Complaint]:
        if not str(dashboard.get(text) or "").strip():
            yield "", f"the dashboard has no {text}"
        for panel in panels_of(dashboard):
            if not str(panel.get(text) or "").strip():
                yield str(panel.get("title")), f"has no {text}"

    return missing


def _unit(dashboard: Content, _known: Known) -> Iterator[Complaint]:
    for panel in panels_of(dashboard):
        if not panel["fieldConfig"]["defaults"].get("unit"):
            yield panel["title"], "has no unit"


def _empty_text(dashboard: Content, _known: Known) -> Iterator[Complaint]:
    for panel in panels_of(dashboard):
        if not panel["fieldConfig"]["defaults"].get("noValue"):
            yield panel["title"], "does not say what an empty panel means"


def _has_queries(dashboard: Content, _known: Known) -> Iterator[Complaint]:
    for panel in panels_of(dashboard):
        references = [target.get("refId") for target in panel.get("targets", ())]
        if not references or len(set(references)) < len(references) or None in references:
            yield panel["title"], f"has the queries {references}"
        if not all(target.get("expr") and target.get("legendFormat") for target in panel.get("targets", ())):
            yield panel["title"], "has a query without an expression or a legend"


def _variables_used(dashboard: Content, _known: Known) -> Iterator[Complaint]:
    elsewhere = {key: value for key, value in dashboard.items() if key != "templating"}
    for variable in _variables(dashboard):
        others = [other for other in _variables(dashboard) if other is not variable]
        if variable["name"] not in variables_in(json.dumps([elsewhere, others])):
            yield "", f"nothing uses the variable {variable['name']}"


def _variables_defined(dashboard: Content, _known: Known) -> Iterator[Complaint]:
    defined = {variable["name"] for variable in _variables(dashboard)}
    used = variables_in(json.dumps(dashboard))
    yield from (("", f"there is no variable {name}") for name in sorted(used - defined) if not name.startswith("__"))


def _rate_interval(dashboard: Content, _known: Known) -> Iterator[Complaint]:
    for title, query in _queries(dashboard):
        for function, over in _RANGED.findall(re.sub(r"\{[^{}]*\}", "", query)):
            if over != "$__rate_interval":
                yield title, f"takes {function} over {over}"


def _counters_under_rate(dashboard: Content, known: Known) -> Iterator[Complaint]:
    for title, query in _queries(dashboard):
        bare = re.sub(rf"\b({'|'.join(RATES)})\s*\([^()]*\)", "", filled(query))
        for selector in selectors_in(bare):
            if selector.metric in known.counters:
                yield title, f"shows the counter {selector.metric} as it is"


def _known_series(dashboard: Content, known: Known) -> Iterator[Complaint]:
    for hours in ("_seconds", "_business_seconds"):
        for title, query in _all_queries(dashboard):
            for selector in selectors_in(filled(query, {"hours": hours})):
                if selector.metric not in known.series:
                    yield title, f"asks for {selector.metric}, which there is not"


def _window_pinned(dashboard: Content, known: Known) -> Iterator[Complaint]:
    for title, query in _queries(dashboard):
        for selector in selectors_in(filled(query)):
            if selector.metric in known.windowed and "window" not in selector.matchers:
                yield title, f"adds all windows of {selector.metric} up"


def _one_installation(dashboard: Content, _known: Known) -> Iterator[Complaint]:
    for title, query in _queries(dashboard):
        for selector in selectors_in(query.replace("${hours}", "_seconds")):
            if selector.matchers.get("job") != "$job":
                yield title, f"mixes the installations in {selector.metric}"


def _no_red_and_green(dashboard: Content, _known: Known) -> Iterator[Complaint]:
    for panel in panels_of(dashboard):
        text = json.dumps(panel["fieldConfig"])
        found = _NAMED_RED_OR_GREEN.findall(text) + list(filter(_is_red_or_green, _HEXADECIMAL.findall(text)))
        if found:
            yield panel["title"], f"has the colours {found}"


def _is_red_or_green(color: str) -> bool:
    hue, _, saturation = rgb_to_hls(*(int(color[place : place + 2], 16) / 255 for place in (0, 2, 4)))
    degrees = round(hue * 360)
    return saturation > _VIVID and (degrees < _RED_BELOW or degrees in _GREEN or degrees >= _RED_FROM)


def _links(dashboard: Content, _known: Known) -> Iterator[Complaint]:
    tags = {tag for link in dashboard["links"] if link["type"] == "dashboards" for tag in link["tags"]}
    if not tags & {*dashboard["tags"]}:
        yield "", "does not link to the other dashboards"
    yield from (
        ("", f"the link {link['title']} forgets what is chosen") for link in dashboard["links"] if _forgets(link)
    )


def _forgets(link: Mapping[str, Any]) -> bool:
    return link["type"] == "dashboards" and not (link["includeVars"] and link["keepTime"])


def _annotations(dashboard: Content, _known: Known) -> Iterator[Complaint]:
    if not any(annotation.get("expr") for annotation in dashboard["annotations"]["list"]):
        yield "", "shows no breaches"


def _variables(dashboard: Mapping[str, Any]) -> list[Content]:
    found: list[Content] = dashboard["templating"]["list"]
    return found


def _queries(dashboard: Content) -> Iterator[tuple[str, str]]:
    for panel in panels_of(dashboard):
        yield from ((panel["title"], target.get("expr", "")) for target in panel.get("targets", ()))


def _all_queries(dashboard: Content) -> Iterator[tuple[str, str]]:
    yield from _queries(dashboard)
    yield from (("", annotation["expr"]) for annotation in dashboard["annotations"]["list"] if annotation.get("expr"))
    yield from (("", series) for series, _ in choices_of(dashboard))


RULES: Final[Mapping[str, Callable[[Content, Known], Iterator[Complaint]]]] = {
    "uid": _has_uid,
    "unique-ids": _unique_ids,
    "no-overlap": _no_overlap,
    "within-the-grid": _within_the_grid,
    "datasource": _datasource,
    "title": _has("title"),
    "description": _has("description"),
    "unit": _unit,
    "empty-text": _empty_text,
    "queries": _has_queries,
    "variables-used": _variables_used,
    "variables-defined": _variables_defined,
    "rate-interval": _rate_interval,
    "counters-under-rate": _counters_under_rate,
    "known-series": _known_series,
    "window-pinned": _window_pinned,
    "one-installation": _one_installation,
    "no-red-and-green": _no_red_and_green,
    "links": _links,
    "annotations": _annotations,
}
"""The rules by their names; ``unique-uid`` is about all dashboards together."""
