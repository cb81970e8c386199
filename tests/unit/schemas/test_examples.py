"""Golden examples, structs and JSON Schemas say the same about every event."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import jsonschema
import msgspec
import pytest

from schemas.asyncapi import events_of
from schemas.events import Envelope
from schemas.golden import FULL, MINIMAL
from schemas.json_schema import event_type
from stream.generated.__main__ import ROOT
from stream.generated.files import PUBLISHED, READ

SCHEMAS = ROOT / "schemas"
EVENTS = list(events_of(READ, PUBLISHED))
LABELS = ["full", "minimal"]

each_event = pytest.mark.parametrize("event", EVENTS, ids=event_type)
each_label = pytest.mark.parametrize("label", LABELS)


def validator(event: type[Envelope]) -> jsonschema.Draft202012Validator:
    schema = json.loads((SCHEMAS / f"json/{event_type(event)}.json").read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER)


def example(event: type[Envelope], label: str) -> dict[str, Any]:
    written: dict[str, dict[str, Any]] = json.loads((SCHEMAS / f"examples/{event_type(event)}.json").read_text("utf-8"))
    assert list(written) == LABELS
    return written[label]


def objects_in(schema: object) -> Iterator[dict[str, Any]]:
    if isinstance(schema, dict):
        if schema.get("type") == "object":
            yield schema
        for part in schema.values():
            yield from objects_in(part)


def test_every_event_has_one_pair_of_examples() -> None:
    assert [type(event) for event in FULL] == EVENTS
    assert [type(event) for event in MINIMAL] == EVENTS


@each_event
@each_label
def test_an_example_decodes_to_what_was_written(event: type[Envelope], label: str) -> None:
    decoded = msgspec.json.decode(json.dumps(example(event, label)), type=event)
    assert decoded in (FULL if label == "full" else MINIMAL)


@each_event
@each_label
def test_an_example_is_valid(event: type[Envelope], label: str) -> None:
    assert list(validator(event).iter_errors(example(event, label))) == []


@each_event
def test_the_full_example_has_every_field(event: type[Envelope]) -> None:
    schema = validator(event).schema
    assert isinstance(schema, dict)
    full = example(event, "full")
    assert set(full) == set(schema["properties"])
    data = schema["$defs"][schema["properties"]["data"]["$ref"].rpartition("/")[2]]
    assert set(full["data"]) == set(data["properties"])


@each_event
def test_schemas_are_closed_and_described(event: type[Envelope]) -> None:
    schema = validator(event).schema
    assert isinstance(schema, dict)
    objects = list(objects_in(schema))
    assert len(objects) == 1 + len(schema["$defs"])
    for found in objects:
        assert found["additionalProperties"] is False
        assert found["title"]
        assert found["description"]
        assert "``" not in found["description"]


@each_event
def test_an_unknown_field_is_invalid_to_write_but_skipped_by_readers(event: type[Envelope]) -> None:
    for place in ((), ("data",)):
        value = copy.deepcopy(example(event, "full"))
        target = value
        for key in place:
            target = target[key]
        target["mood"] = {"of": ["the", "day"]}
        assert not validator(event).is_valid(value)
        assert msgspec.json.decode(json.dumps(value), type=event) in FULL


@each_event
@pytest.mark.parametrize("field", ["specversion", "type", "id", "source", "subject", "time"])
def test_a_required_attribute_may_not_be_left_out(event: type[Envelope], field: str) -> None:
    value = example(event, "full")
    del value[field]
    assert not validator(event).is_valid(value)
    if field != "type":  # a struct by itself takes its own type for granted, a union of them does not
        with pytest.raises(msgspec.ValidationError):
            msgspec.json.decode(json.dumps(value), type=event)


@pytest.mark.parametrize("time", ["yesterday", "2026-03-02", "2026-03-02T10:14:07", "2026-13-02T10:14:07Z", 1772442847])
def test_a_time_that_is_no_moment_is_refused_by_both(time: object) -> None:
    event = EVENTS[0]
    value = {**example(event, "full"), "time": time}
    assert not validator(event).is_valid(value)
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(json.dumps(value), type=event)
