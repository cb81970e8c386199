"""An agent takes the batches of a topic, one after the other, to the topic's processor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stream.runtime.faust.transport import Batch, BatchSchema

if TYPE_CHECKING:
    import faust
    from faust.types import StreamT

    from stream.runtime.faust.processor import Processor

QUEUED_BATCHES = 8
"""Batches that may wait for the agent before fetching pauses."""


def add_agent(app: faust.App, topic: str, partitions: int, processor: Processor) -> None:
    """Add the agent of a source topic to the app."""
    source = app.topic(topic, schema=BatchSchema(), partitions=partitions, maxsize=QUEUED_BATCHES)

    async def take_batches(stream: StreamT[Batch]) -> None:
        async for event in stream.events():
            await processor.run(event)

    app.agent(source, name=f"deskpulse.{topic}")(take_batches)
