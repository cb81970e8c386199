from __future__ import annotations

import asyncio

from stream.runtime.faust.cancellation import LoudTasks, TaskVanishedError


class Patient(LoudTasks):
    """Waits for something that may be cancelled."""

    def __init__(self) -> None:
        super().__init__()
        self.awaited: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def patience(self) -> None:
        await self.awaited


async def test_a_task_whose_awaited_future_is_cancelled_crashes_its_service() -> None:
    service = Patient()
    await service.start()
    task = service.add_future(service.patience())
    await asyncio.sleep(0)
    service.awaited.cancel()
    await asyncio.wait([task])

    assert isinstance(service.crash_reason, TaskVanishedError)
    assert "Patient" in str(service.crash_reason)


async def test_a_task_that_is_cancelled_itself_ends_in_peace() -> None:
    service = Patient()
    await service.start()
    task = service.add_future(service.patience())
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait([task])

    assert service.crash_reason is None
    await service.stop()


async def test_a_service_that_stops_ends_its_tasks_in_peace() -> None:
    service = Patient()
    await service.start()
    service.add_future(service.patience())
    await asyncio.sleep(0)
    await service.stop()

    assert service.crash_reason is None
