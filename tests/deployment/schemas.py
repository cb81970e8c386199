"""JSON Schemas in the form that kubeconform reads, one file a kind, made of what the tools' packages hold."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import yaml

_REFERENCE: Final = re.compile(r'"(?:/api/)?_definitions\.json#/\$defs/')
_DEFINITIONS: Final = "$defs"


def core_schemas(folder: Path) -> dict[str, str]:
    """The schemas of Kubernetes' own kinds by file name, each with the definitions that it refers to.

    ``folder`` is one of the strict ones of the package kubernetes-validate, in which the files refer to each other by
    addresses on the web.
    """
    definitions = _read(folder / "_definitions.json")[_DEFINITIONS]
    schemas = {}
    for path in sorted(folder.glob("*-v*.json")):
        schema = _read(path)
        if "x-kubernetes-group-version-kind" not in schema:
            continue
        schema.pop("$id", None)
        schemas[path.name] = json.dumps({**schema, _DEFINITIONS: _needed(schema, definitions)})
    return schemas


def custom_schemas(text: str) -> dict[str, str]:
    """The schemas of the kinds that a file of CustomResourceDefinitions adds, by file name; nothing else is allowed."""
    schemas = {}
    for definition in yaml.safe_load_all(text):
        spec = definition["spec"]
        group = spec["group"].partition(".")[0]
        for version in spec["versions"]:
            name = f"{spec['names']['kind'].lower()}-{group}-{version['name']}.json"
            schema = version["schema"]["openAPIV3Schema"]
            schema["properties"]["metadata"] = {"type": "object"}
            schemas[name] = json.dumps(_strict(schema))
    return schemas


def _read(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(_REFERENCE.sub(r'"#/$defs/', path.read_text("utf-8")))
    return content


def _needed(schema: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    needed: dict[str, Any] = {}
    left = list(_references(schema))
    while left:
        name = left.pop()
        if name not in needed:
            needed[name] = definitions[name]
            left.extend(_references(definitions[name]))
    return needed


def _references(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(reference := value.get("$ref"), str):
            yield reference.removeprefix("#/$defs/")
        for part in value.values():
            yield from _references(part)
    elif isinstance(value, list):
        for part in value:
            yield from _references(part)


def _strict(value: Any) -> Any:  # noqa: ANN401 - any part of a schema
    if isinstance(value, list):
        return [_strict(part) for part in value]
    if not isinstance(value, dict):
        return value
    strict = {key: _strict(part) for key, part in value.items()}
    if isinstance(value.get("properties"), dict) and "type" in value and "additionalProperties" not in value:
        strict["additionalProperties"] = bool(value.get("x-kubernetes-preserve-unknown-fields"))
    return strict
