from __future__ import annotations

from typing import Final, cast
from uuid import UUID

import pytest
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.protocol.api import Request, Response

from stream.runtime.kafka.topic_identity import FoundTopic, describe_topics

ID = UUID("01234567-89ab-cdef-0123-456789abcdef")
PARTITIONS: Final[list[object]] = [(0, number, 1, 0, [1], [1], [], {}) for number in range(4)]
WITH_IDS: Final[list[object]] = [
    (0, "helpdesk.tickets", ID, False, PARTITIONS, 0, {}),
    (3, "helpdesk.calls", None, False, [], 0, {}),
]
WITHOUT: Final[list[object]] = [
    (0, "helpdesk.tickets", False, [(0, 0, 1, [1], [1], [])]),
    (3, "helpdesk.calls", False, []),
]
ANSWERS: Final[dict[int, tuple[object, ...]]] = {
    10: (0, [], "cluster", 1, WITH_IDS, 0, {}),
    5: (0, [], "cluster", 1, WITHOUT),
}


class Broker:
    """Answers the requests of an admin client in the newest version up to ``newest`` that the client has."""

    def __init__(self, newest: int) -> None:
        self.newest = newest
        self.asked: list[bytes] = []

    async def _send_request(self, request: Request) -> Response:
        prepared = request.prepare({request.API_KEY: (0, self.newest)})
        self.asked.append(prepared.encode())
        answer = prepared.RESPONSE_TYPE
        return answer.decode(answer(*ANSWERS[prepared.API_VERSION]).encode())


@pytest.mark.parametrize("newest, found", [(13, FoundTopic(4, ID)), (10, FoundTopic(4, ID)), (9, FoundTopic(1))])
async def test_topics_have_ids_where_the_broker_gives_them(newest: int, found: FoundTopic) -> None:
    broker = Broker(newest)

    topics = await describe_topics(cast("AIOKafkaAdminClient", broker), ["helpdesk.tickets", "helpdesk.calls"])

    assert topics == {"helpdesk.tickets": found}
    assert all(b"helpdesk.calls" in request for request in broker.asked)
