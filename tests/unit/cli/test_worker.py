from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import pytest

from stream.app import Deskpulse
from stream.cli import worker as worker_module
from stream.cli.worker import _explained
from stream.runtime.kafka.fencing import FencedError
from stream.runtime.kafka.membership import Identity
from stream.runtime.kafka.topic_watch import ChangedTopicError, TopicWatch
from stream.settings.kafka import KafkaSettings
from stream.settings.settings import Settings

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


async def test_a_worker_that_was_fenced_off_names_the_setting_and_who_has_its_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def found(_kafka: KafkaSettings, instance: str | None, own: Identity) -> str:
        return f"kafka.instance_id {instance!r} is in use by the worker beside {own.host}"

    monkeypatch.setattr(worker_module, "explain_fencing", found)
    settings = Settings(kafka=KafkaSettings(instance_id="desk-1"))
    fenced = cast("Deskpulse", SimpleNamespace(settings=settings, identity=Identity("here", 6066, 7, 8)))

    assert await _explained(fenced, FencedError("C[0] was claimed by another worker"), Watch(None)) == (
        "FencedError: C[0] was claimed by another worker;"
        " kafka.instance_id 'desk-1' is in use by the worker beside here"
    )
