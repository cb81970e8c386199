"""What a query of a dashboard names, found without parsing it in full."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

FILLED: Final = {
    "__rate_interval": "1m",
    "__interval": "15s",
    "__range": "6h",
    "datasource": "prometheus",
    "job": "deskpulse",
    "window": "24h",
    "hours": "_seconds",
    "worker": "http://localhost:6066",
}
"""Values of variables with which a query can be run; those that are not here take everything."""

EVERYTHING: Final = ".*"

_VARIABLE: Final = re.compile(r"\$\{(\w+)\}|\$(\w+)")
_STRING: Final = re.compile(r'"(?:[^"\\]|\\.)*"')
_GROUPING: Final = re.compile(r"\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^()]*\)")
_SELECTOR: Final = re.compile(r"(?<![\w.])([A-Za-z_:][\w:]*)\s*(\{[^{}]*\})?(\s*\()?|(\{[^{}]*\})")
_RANGE: Final = re.compile(r"\[[^\]]*\]|\boffset\s+\S+")
_WORDS: Final = {"and", "or", "unless", "bool", "offset", "by", "without", "on", "ignoring"}


class Selector(NamedTuple):
    """A series that a query asks for, with what it asks of each label."""

    metric: str
    matchers: dict[str, str]


def variables_in(text: str) -> set[str]:
    """The variables that a text uses, Grafana's own among them."""
    return {braced or plain for braced, plain in _VARIABLE.findall(text)}


def filled(text: str, values: Mapping[str, str] | None = None) -> str:
    """A query with its variables filled in."""
    known = FILLED | dict(values or {})
    return _VARIABLE.sub(lambda found: known.get(found[1] or found[2], EVERYTHING), text)


def selectors_in(query: str) -> Iterator[Selector]:
    """The series that a query with no variables in it asks for."""
    bare = _RANGE.sub("", _GROUPING.sub("", query))
    strings: list[str] = []

    def taken(found: re.Match[str]) -> str:
        strings.append(found[0][1:-1])
        return f"@{len(strings) - 1}@"

    for name, of_name, call, nameless in _SELECTOR.findall(_STRING.sub(taken, bare)):
        if call or name.lower() in _WORDS:
            continue
        pairs = re.findall(r"(\w+)\s*(?:=~|!~|!=|=)\s*@(\d+)@", of_name or nameless)
        yield Selector(name, {label: strings[int(place)] for label, place in pairs})
