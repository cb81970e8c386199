from __future__ import annotations

from typing import cast

from stream.app import Deskpulse
from stream.cli.worker import _explained
from stream.runtime.kafka.topic_watch import ChangedTopicError, TopicWatch

NO_WORKER = cast("Deskpulse", None)
"""Nothing is asked of the worker but after a fencing."""


class Watch(TopicWatch):
    def __init__(self, seen: str | None) -> None:
        self.seen = seen

    async def look(self) -> str | None:
        return self.seen


async def test_what_became_of_a_topic_comes_before_the_error_that_followed_from_it() -> None:
    error = OSError("not the leader")

    assert await _explained(NO_WORKER, error, Watch("T was deleted")) == "T was deleted (OSError: not the leader)"
    assert await _explained(NO_WORKER, error, Watch(None)) == "OSError: not the leader"
    assert await _explained(NO_WORKER, ChangedTopicError("T was deleted"), Watch("T was deleted")) == "T was deleted"
