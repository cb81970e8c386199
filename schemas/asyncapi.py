"""The AsyncAPI 3.1 document: the topics that deskpulse reads and writes, and the messages on them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from schemas.events import Envelope
from schemas.golden import examples_of
from schemas.json_schema import event_type, summary

KAFKA_BINDING_VERSION: Final = "0.5.0"
SCHEMA_FORMAT: Final = "application/schema+json;version=draft-2020-12"
DEAD_LETTER_SUFFIX: Final = "-dlt"

EventsByTopic = Mapping[str, tuple[type[Envelope], ...]]
"""The events that a topic carries, by topic."""

_DEAD_LETTER_HEADERS: Final = {
    "deskpulse.reason": "Why the record could not be used, one word.",
    "deskpulse.detail": "What is wrong with it, for a person.",
    "deskpulse.topic": "The topic that it came from.",
    "deskpulse.partition": "The partition that it came from, a decimal number.",
    "deskpulse.offset": "Its offset there, a decimal number.",
    "deskpulse.timestamp": "Its Kafka timestamp in milliseconds since the Unix epoch, a decimal number.",
}
_VALUE_OMITTED: Final = {
    "deskpulse.value-omitted": "Only where the broker refused the value as too large: its size in bytes.",
}
_REPLAY_HEADERS: Final = {
    "deskpulse.replay-count": "How many times the record was sent again by now, a decimal number.",
    "deskpulse.replay-origin": "The record that was rejected first, as topic:partition:offset.",
    "deskpulse.replay-timestamp": "Its Kafka timestamp in milliseconds since the Unix epoch, a decimal number.",
}


def events_of(read: EventsByTopic, published: EventsByTopic) -> tuple[type[Envelope], ...]:
    """The events of all topics, those that are read first."""
    return tuple(event for topics in (read, published) for events in topics.values() for event in events)


def document(version: str, read: EventsByTopic, published: EventsByTopic) -> dict[str, Any]:
    """The whole document; ``version`` is that of deskpulse, and the schemas are in ``json/`` beside it.

    ``read`` has the events of each topic that deskpulse reads, ``published`` those of each topic that it writes for
    others.
    """
    return {
        "asyncapi": "3.1.0",
        "info": {
            "title": "deskpulse",
            "version": version,
            "description": (
                "Helpdesk events as CloudEvents 1.0 in structured JSON. `(source, id)` is the idempotency key,\n"
                "`subject` is the id of the entity and the Kafka key, `time` is when it happened. Events may come\n"
                "late, twice and out of order. Readers skip fields that they do not know; a breaking change is a\n"
                "new type that ends in `.vN`.\n"
            ),
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/cloudevents+json",
        "servers": {
            "kafka": {
                "host": "{broker}",
                "protocol": "kafka",
                "description": "Any broker that speaks Kafka's protocol.",
                "variables": {"broker": {"default": "localhost:9092", "description": "Host and port."}},
            }
        },
        "channels": dict(_channels(read, published)),
        "operations": dict(_operations(read, published)),
        "components": {
            "messages": {
                **{_message_name(event): _message(event) for event in events_of(read, published)},
                "deadLetter": _dead_letter(),
                "replayNote": _replay_note(),
            }
        },
    }


def _channels(read: EventsByTopic, published: EventsByTopic) -> Iterator[tuple[str, dict[str, Any]]]:
    for topic, events in read.items():
        yield _channel_name(topic), _channel(topic, f"{_channel_name(topic).capitalize()} of the helpdesk", events)
        yield (
            f"{_channel_name(topic)}DeadLetters",
            {
                "address": f"{topic}{DEAD_LETTER_SUFFIX}",
                "title": f"Dead letters of {topic}",
                "description": f"Records of `{topic}` that could not be used, as they were.",
                "messages": {name: _component(name) for name in ("deadLetter", "replayNote")},
                "bindings": _channel_bindings(f"{topic}{DEAD_LETTER_SUFFIX}"),
            },
        )
    for topic, events in published.items():
        yield _channel_name(topic), _channel(topic, "What happens to the clocks of service levels", events)


def _channel(topic: str, title: str, events: Iterable[type[Envelope]]) -> dict[str, Any]:
    return {
        "address": topic,
        "title": title,
        "description": "Events of one entity have one key and so one partition.",
        "messages": {_message_name(event): _component(_message_name(event)) for event in events},
        "bindings": _channel_bindings(topic),
    }


def _operations(read: EventsByTopic, published: EventsByTopic) -> Iterator[tuple[str, dict[str, Any]]]:
    for topic, events in read.items():
        channel = _channel_name(topic)
        yield (
            f"receive{channel.capitalize()}",
            {
                "action": "receive",
                "channel": {"$ref": f"#/channels/{channel}"},
                "summary": f"The worker reads the events on {topic}.",
                "bindings": {
                    "kafka": {
                        "groupId": {"type": "string", "description": "The id of the deskpulse installation."},
                        "bindingVersion": KAFKA_BINDING_VERSION,
                    }
                },
                "messages": [{"$ref": f"#/channels/{channel}/messages/{_message_name(event)}"} for event in events],
            },
        )
        yield (
            f"send{channel.capitalize()}DeadLetters",
            {
                "action": "send",
                "channel": {"$ref": f"#/channels/{channel}DeadLetters"},
                "summary": f"The worker sets aside what it cannot use of {topic}.",
                "messages": [{"$ref": f"#/channels/{channel}DeadLetters/messages/deadLetter"}],
            },
        )
    for topic, events in published.items():
        channel = _channel_name(topic)
        yield (
            f"send{channel.capitalize()}",
            {
                "action": "send",
                "channel": {"$ref": f"#/channels/{channel}"},
                "summary": f"The worker publishes on {topic}; after a crash it may repeat an event with its id.",
                "messages": [{"$ref": f"#/channels/{channel}/messages/{_message_name(event)}"} for event in events],
            },
        )


def _message(event: type[Envelope]) -> dict[str, Any]:
    name = event_type(event)
    return {
        "name": name,
        "title": event.__name__,
        "summary": summary(event),
        "contentType": "application/cloudevents+json",
        "payload": {"schemaFormat": SCHEMA_FORMAT, "schema": {"$ref": f"json/{name}.json"}},
        "bindings": _message_bindings("The event's `subject`."),
        "examples": [{"name": label, "payload": payload} for label, payload in examples_of(event).items()],
    }


def _dead_letter() -> dict[str, Any]:
    return {
        "name": "deadLetter",
        "title": "DeadLetter",
        "summary": "A record that could not be used.",
        "description": "Key, value and headers are those of the original record; the headers below are added.",
        "contentType": "application/octet-stream",
        "headers": {
            "type": "object",
            "properties": {
                name: {"type": "string", "description": description}
                for name, description in (_DEAD_LETTER_HEADERS | _VALUE_OMITTED).items()
            },
            "required": list(_DEAD_LETTER_HEADERS),
        },
        "payload": {"description": "The original value, byte for byte."},
        "bindings": _message_bindings("The original key, byte for byte."),
    }


def _replay_note() -> dict[str, Any]:
    return {
        "name": "replayNote",
        "title": "ReplayNote",
        "summary": "A note that a dead letter was sent to its topic again.",
        "description": "Written by `deskpulse dlt replay`. The record that is sent has the same headers.",
        "headers": {
            "type": "object",
            "properties": {
                name: {"type": "string", "description": description} for name, description in _REPLAY_HEADERS.items()
            },
            "required": list(_REPLAY_HEADERS),
        },
        "payload": {"type": "null", "description": "None."},
        "bindings": _message_bindings("The key of the dead letter."),
    }


def _channel_bindings(topic: str) -> dict[str, Any]:
    return {
        "kafka": {
            "topic": topic,
            "topicConfiguration": {"cleanup.policy": ["delete"]},
            "bindingVersion": KAFKA_BINDING_VERSION,
        }
    }


def _message_bindings(key: str) -> dict[str, Any]:
    return {"kafka": {"key": {"type": "string", "description": key}, "bindingVersion": KAFKA_BINDING_VERSION}}


def _component(message: str) -> dict[str, str]:
    return {"$ref": f"#/components/messages/{message}"}


def _channel_name(topic: str) -> str:
    return topic.removeprefix("helpdesk.")


def _message_name(event: type[Envelope]) -> str:
    return event.__name__[0].lower() + event.__name__[1:]
