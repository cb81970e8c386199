"""Grafana's own JSON Schemas, which lie beside the repository and are not part of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final

from jsonschema import Draft7Validator

FOLDER: Final = Path(__file__).parents[2] / "../shared/grafana-schemas"
REQUIRED_VARIABLE: Final = "DESKPULSE_REQUIRE_GRAFANA_SCHEMAS"


class SchemasUnavailableError(Exception):
    """The schemas are not beside the repository; the message says where they were looked for."""


class GrafanaSchemas:
    """The schemas of dashboards, of each sort of panel, of queries and of units."""

    def __init__(self) -> None:
        if not (FOLDER / "dashboard.jsonschema.json").is_file():
            raise SchemasUnavailableError(f"Grafana's JSON Schemas are not in {FOLDER.resolve()}")

    def problems(self, dashboard: dict[str, Any]) -> Iterator[str]:
        """Where a dashboard, its panels and their queries are not as Grafana says, each with the reason."""
        yield from _problems("dashboard", "Dashboard", dashboard | {"panels": []}, str(dashboard.get("uid")))
        for panel in dashboard["panels"]:
            title, sort = str(panel.get("title")), panel["type"]
            yield from _problems("dashboard", "RowPanel" if sort == "row" else "Panel", panel, title)
            if sort == "row":
                continue
            yield from _problems(sort, "Options", panel["options"], f"{title}, options")
            defaults = panel["fieldConfig"]["defaults"]
            if custom := defaults.get("custom"):
                yield from _problems(sort, "FieldConfig", custom, f"{title}, fieldConfig")
            if defaults.get("unit") not in _units():
                yield f"{title}: {defaults.get('unit')!r} is no unit"
            for target in panel["targets"]:
                yield from _problems("prometheus", "Dataquery", target, f"{title}, query {target.get('refId')}")


def _problems(file: str, definition: str, content: object, where: str) -> Iterator[str]:
    path = FOLDER / f"{file}.jsonschema.json"
    if not path.is_file():
        yield f"{where}: there is no schema of {file}"
        return
    for error in _validator(path, definition).iter_errors(content):
        yield f"{where}, {'/'.join(map(str, error.absolute_path))}: {error.message[:300]}"


@cache
def _validator(path: Path, definition: str) -> Draft7Validator:
    content = json.loads(path.read_text("utf-8"))
    definitions = _with_any_as_any(content["definitions"])
    return Draft7Validator({"$ref": f"#/definitions/{definition}", "definitions": definitions})


def _with_any_as_any(schema: Any) -> Any:  # noqa: ANN401 - JSON of any shape
    """What Grafana's own types leave open, such as a matcher's options, is written down as an object without keys."""
    if isinstance(schema, dict):
        if schema.get("type") == "object" and schema.get("additionalProperties") == {}:
            return {}
        return {key: _with_any_as_any(value) for key, value in schema.items()}
    return [_with_any_as_any(each) for each in schema] if isinstance(schema, list) else schema


@cache
def _units() -> frozenset[str]:
    content = json.loads((FOLDER / "units.jsonschema.json").read_text("utf-8"))
    return frozenset(unit["const"] for unit in content["definitions"].values() if "const" in unit)
