"""JSON Schema 2020-12 of an event, made from its struct.

The schemas are closed: they are what a sender is tested against, and a sender has no reason to write a field
that nobody knows. Readers stay open and skip what they do not know.
"""

from __future__ import annotations

import inspect
from typing import Any, Final

import msgspec

from schemas.events import Envelope

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


def event_type(event: type[Envelope]) -> str:
    """The CloudEvents ``type`` of a struct, for instance ``helpdesk.ticket.opened.v1``.

    Raises ``TypeError`` for a struct that has no such tag.
    """
    tag = event.__struct_config__.tag
    if not isinstance(tag, str):
        raise TypeError(f"{event.__name__} has no tag: no event can be of its type")
    return tag


def summary(struct: type[msgspec.Struct]) -> str:
    """The first paragraph of a struct's docstring on one line."""
    return _prose(struct.__doc__ or "").split("\n\n", maxsplit=1)[0].replace("\n", " ")


def schema_of(event: type[Envelope]) -> dict[str, Any]:
    """The schema of an event's whole JSON text, complete in itself."""
    _, parts = msgspec.json.schema_components([event], ref_template="#/$defs/{name}")
    schemas = {name: _finished(part) for name, part in parts.items()}
    root = schemas.pop(event.__name__)
    return {"$schema": DIALECT, "$id": f"urn:deskpulse:event:{event_type(event)}", **root, "$defs": schemas}


def _finished(part: dict[str, Any]) -> dict[str, Any]:
    finished: dict[str, Any] = {}
    for key, value in part.items():
        match key, value:
            case "description", str():
                finished[key] = _prose(value)
            case "properties", dict():
                finished[key] = {name: _finished(member) for name, member in value.items()}
            case "anyOf", list():
                finished[key] = [_finished(member) for member in value]
            case "enum", [only]:
                finished["const"] = only
            case "required", []:
                pass
            case _:
                finished[key] = value
    if finished.get("type") == "object":
        finished["additionalProperties"] = False
    return finished


def _prose(docstring: str) -> str:
    return inspect.cleandoc(docstring).replace("``", "`")
