from __future__ import annotations

from mode.utils.queues import ThrowableQueue

from stream.runtime.faust.flow_control import KeepingFlowControl


async def test_what_was_queued_while_the_flow_was_resumed_stays() -> None:
    flow = KeepingFlowControl()
    queue: ThrowableQueue[int] = ThrowableQueue(flow_control=flow, clear_on_resume=True)
    flow.resume()
    queue.force_put_nowait(1)
    flow.resume()

    assert queue.qsize() == 1
    assert flow.is_active()


async def test_giving_partitions_up_empties_the_queues() -> None:
    flow = KeepingFlowControl()
    queue: ThrowableQueue[int] = ThrowableQueue(flow_control=flow, clear_on_resume=True)
    queue.force_put_nowait(1)
    flow.clear()

    assert not queue.qsize()
