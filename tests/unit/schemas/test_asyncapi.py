"""The AsyncAPI document is one, and complete.

``asyncapi-3.1.0.json`` is the schema that the AsyncAPI Initiative publishes for its documents (Apache-2.0).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from aiokafka import ConsumerRecord

from schemas.json_schema import event_type
from stream.dead_letters.letter import Letter, Origin, Root, receipt_headers
from stream.dead_letters.writing import headers_of
from stream.generated.__main__ import ROOT
from stream.generated.files import PUBLISHED, READ
from stream.state.records import Rejection
from stream.state.rejection import Reason

SCHEMAS = ROOT / "schemas"
BY_TOPIC = {**READ, **PUBLISHED}


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    loaded = yaml.safe_load((SCHEMAS / "asyncapi.yaml").read_text("utf-8"))
    assert isinstance(loaded, dict)
    return loaded


def references(part: object) -> Iterator[str]:
    if isinstance(part, dict):
        for key, value in part.items():
            if key == "$ref":
                yield value
            elif key != "examples":
                yield from references(value)
    elif isinstance(part, list):
        for value in part:
            yield from references(value)


def resolve(document: Any, pointer: str) -> Any:  # noqa: ANN401 - what a pointer points at may be anything
    for token in pointer.removeprefix("#/").split("/"):
        document = document[token.replace("~1", "/").replace("~0", "~")]
    return document


def test_it_is_valid_asyncapi(document: dict[str, Any]) -> None:
    schema = json.loads((Path(__file__).parent / "asyncapi-3.1.0.json").read_text("utf-8"))
    assert list(jsonschema.Draft7Validator(schema).iter_errors(document)) == []


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    found = set(references(document))
    assert found
    for reference in found:
        if reference.startswith("#/"):
            assert resolve(document, reference) is not None
        else:
            assert (SCHEMAS / reference).is_file(), reference


def test_each_topic_has_a_channel_and_one_for_its_dead_letters(document: dict[str, Any]) -> None:
    addresses = {channel["address"]: channel for channel in document["channels"].values()}
    assert set(addresses) == {
        *PUBLISHED,
        *(name for topic in READ for name in (topic, f"{topic}-dlt")),
    }
    for address, channel in addresses.items():
        assert channel["bindings"]["kafka"]["topic"] == address


@pytest.mark.parametrize("topic", BY_TOPIC)
def test_a_channel_carries_the_events_of_its_topic(document: dict[str, Any], topic: str) -> None:
    (channel,) = (channel for channel in document["channels"].values() if channel["address"] == topic)
    messages = [resolve(document, message["$ref"]) for message in channel["messages"].values()]
    assert [message["name"] for message in messages] == [event_type(event) for event in BY_TOPIC[topic]]
    for message in messages:
        assert message["payload"]["schema"]["$ref"] == f"json/{message['name']}.json"
        assert message["bindings"]["kafka"]["key"]["type"] == "string"
        assert [example["name"] for example in message["examples"]] == ["full", "minimal"]


def test_operations_use_messages_of_their_own_channel(document: dict[str, Any]) -> None:
    used = set()
    for operation in document["operations"].values():
        channel = operation["channel"]["$ref"]
        used.add(channel)
        for message in operation["messages"]:
            assert message["$ref"].startswith(f"{channel}/messages/")
    assert used == {f"#/channels/{name}" for name in document["channels"]}


def test_the_headers_of_a_dead_letter_are_those_that_are_written(document: dict[str, Any]) -> None:
    record: ConsumerRecord[bytes, bytes] = ConsumerRecord("t", 0, 7, 1700, 0, b"k", b"v", None, 1, 1, ())
    written = headers_of(Rejection(record, Reason.NOT_JSON, "no JSON"), record)
    assert document["components"]["messages"]["deadLetter"]["headers"]["required"] == [name for name, _ in written]


def test_the_headers_of_a_note_about_a_replay_are_those_that_are_written(document: dict[str, Any]) -> None:
    origin = Origin("helpdesk.tickets", 0, 1)
    letter = Letter("helpdesk.tickets-dlt", 0, 0, 0, origin, 0, Root(origin, 0), 0, "invalid", "", 2, omitted=False)
    written = [name for name, _ in receipt_headers(letter)]

    assert document["components"]["messages"]["replayNote"]["headers"]["required"] == written
