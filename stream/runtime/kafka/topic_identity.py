"""The id that Kafka gives to a topic when it is created, which tells it from another one of the same name."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import Any, Final, NamedTuple
from uuid import UUID

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.protocol.api import Request, RequestStruct, Response
from aiokafka.protocol.metadata import MetadataRequest_v5
from aiokafka.protocol.types import Boolean, CompactArray, CompactString, Int16, Int32, Schema, TaggedFields

_METADATA: Final = 3
_NO_ID: Final = UUID(int=0)


class FoundTopic(NamedTuple):
    """A topic as the brokers describe it: its partitions, and its id, ``None`` from brokers that give none."""

    partitions: int
    topic_id: UUID | None = None


async def describe_topics(admin: AIOKafkaAdminClient, names: Sequence[str]) -> dict[str, FoundTopic]:
    """Those of the topics that exist, by name; the question creates none. Raises the client's ``KafkaError``."""
    response = await admin._send_request(_Topics(names))  # noqa: SLF001 - the client asks for no ids
    answer: dict[str, Any] = response.to_object()
    return {
        topic["topic"]: FoundTopic(len(topic["partitions"]), topic.get("topic_id"))
        for topic in answer["topics"]
        if not topic["error_code"]
    }


class _TopicId:
    """A UUID as the protocol has it: 16 bytes, zero for none."""

    @classmethod
    def encode(cls, value: UUID | None) -> bytes:
        return (value or _NO_ID).bytes

    @classmethod
    def decode(cls, data: BytesIO) -> UUID | None:
        topic_id = UUID(bytes=data.read(16))
        return None if topic_id == _NO_ID else topic_id

    @classmethod
    def repr(cls, value: UUID | None) -> str:
        return str(value)


class _MetadataResponse_v10(Response):  # type: ignore[misc]  # noqa: N801 - named as the client names the others
    API_KEY = _METADATA
    API_VERSION = 10
    SCHEMA = Schema(
        ("throttle_time_ms", Int32),
        (
            "brokers",
            CompactArray(
                ("node_id", Int32),
                ("host", CompactString("utf-8")),
                ("port", Int32),
                ("rack", CompactString("utf-8")),
                ("tags", TaggedFields),
            ),
        ),
        ("cluster_id", CompactString("utf-8")),
        ("controller_id", Int32),
        (
            "topics",
            CompactArray(
                ("error_code", Int16),
                ("topic", CompactString("utf-8")),
                ("topic_id", _TopicId),
                ("is_internal", Boolean),
                (
                    "partitions",
                    CompactArray(
                        ("error_code", Int16),
                        ("partition", Int32),
                        ("leader", Int32),
                        ("leader_epoch", Int32),
                        ("replicas", CompactArray(Int32)),
                        ("isr", CompactArray(Int32)),
                        ("offline_replicas", CompactArray(Int32)),
                        ("tags", TaggedFields),
                    ),
                ),
                ("authorized_operations", Int32),
                ("tags", TaggedFields),
            ),
        ),
        ("authorized_operations", Int32),
        ("tags", TaggedFields),
    )


class _MetadataRequest_v10(RequestStruct):  # type: ignore[misc]  # noqa: N801 - named as the client names the others
    API_KEY = _METADATA
    API_VERSION = 10
    FLEXIBLE_VERSION = True
    RESPONSE_TYPE = _MetadataResponse_v10
    SCHEMA = Schema(
        (
            "topics",
            CompactArray(("topic_id", _TopicId), ("name", CompactString("utf-8")), ("tags", TaggedFields)),
        ),
        ("allow_auto_topic_creation", Boolean),
        ("include_cluster_authorized_operations", Boolean),
        ("include_topic_authorized_operations", Boolean),
        ("tags", TaggedFields),
    )


class _Topics(Request[MetadataRequest_v5 | _MetadataRequest_v10]):  # type: ignore[misc]
    """Asks for topics without creating them: with their ids where the broker has version 10, Kafka 2.8 and later."""

    API_KEY = _METADATA

    def __init__(self, names: Sequence[str]) -> None:
        self._names = list(names)

    def build(self, request_struct_class: Any) -> Any:
        if request_struct_class is _MetadataRequest_v10:
            return request_struct_class([(None, name, {}) for name in self._names], False, False, False, {})
        return request_struct_class(self._names, False)
