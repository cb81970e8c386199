from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from tests.faults import fleet as fleet_module
from tests.faults.fleet import Fleet, Member, supervised
from tests.kafka.link import Link


@dataclass(slots=True)
class FakeProcess:
    """Runs, or has ended with a status; ``told`` is what was done to it."""

    status: int | None = None
    told: list[str] = field(default_factory=list)
    pid: int | None = None
    url: str = ""

    async def launch(self) -> None:
        self.told.append("launched")
        self.status = None

    async def kill(self) -> None:
        self.status = -9

    async def stop(self) -> int:
        self.status = 0
        return 0

    def freeze(self) -> None:
        self.told.append("frozen")

    def thaw(self) -> None:
        self.told.append("thawed")

    def log(self) -> str:
        return "something\ndeskpulse: KafkaError\n"


@pytest.fixture
def process(monkeypatch: pytest.MonkeyPatch) -> FakeProcess:
    monkeypatch.setattr(fleet_module, "_POLL_SECONDS", 0.001)
    monkeypatch.setattr(fleet_module, "_RESTART_SECONDS", 0.001)
    return FakeProcess()


@pytest.fixture
def fleet(process: FakeProcess) -> Iterator[Fleet]:
    link = Link("WORKER", 1)
    yield Fleet([Member("worker", process, link, wanted=True)], lambda _: None)
    link.release()


async def watched(fleet: Fleet) -> None:
    """Let the supervisor look many times."""
    async with supervised(fleet):
        for _ in range(20):
            await asyncio.sleep(0.002)


async def test_a_worker_that_ends_by_itself_is_noted_with_its_last_words_and_started_again(
    fleet: Fleet, process: FakeProcess
) -> None:
    process.status = 1
    await watched(fleet)

    assert fleet.failures == ["worker ended with status 1: deskpulse: KafkaError"]
    assert process.told == ["launched"]


@pytest.mark.parametrize("state", [{"wanted": False, "taken": False}, {"wanted": True, "taken": True}])
async def test_a_worker_that_was_ended_on_purpose_is_left_alone(
    fleet: Fleet, process: FakeProcess, state: dict[str, bool]
) -> None:
    process.status = -9
    fleet.members[0].wanted, fleet.members[0].taken = state["wanted"], state["taken"]
    await watched(fleet)

    assert fleet.failures == []
    assert process.told == []


async def test_only_one_fault_at_a_time_takes_a_worker(fleet: Fleet) -> None:
    async with fleet.take(0.5, 1.0) as first:
        assert first is fleet.members[0]
        async with fleet.take(0.5, 0.01) as second:
            assert second is None

    assert not fleet.members[0].taken


async def test_a_worker_is_not_wanted_any_more_once_it_was_told_to_end(fleet: Fleet) -> None:
    await fleet.end(fleet.members[0])

    assert fleet.running == []
    assert fleet.failures == []


async def test_all_workers_are_ended_while_they_are_taken_together_and_then_go_on(
    fleet: Fleet, process: FakeProcess
) -> None:
    async with fleet.take_all(1.0) as members:
        assert members == list(fleet.members)
        assert (process.status, fleet.running) == (0, [])
        async with fleet.take(0.5, 0.01) as another:
            assert another is None

    assert process.told == ["launched"]
    assert fleet.running == members
    assert not members[0].taken


async def test_a_fault_takes_only_a_worker_that_suits(fleet: Fleet) -> None:
    async with fleet.take(0.5, 0.01, lambda member: member.on_disk) as nobody:
        assert nobody is None

    fleet.members[0].on_disk = True
    async with fleet.take(0.5, 1.0, lambda member: member.on_disk) as member:
        assert member is fleet.members[0]


async def test_no_further_worker_is_taken_once_all_are_to_be_taken_together(fleet: Fleet) -> None:
    link = Link("OTHER", 1)
    other = Member("other", FakeProcess(), link, wanted=True)
    both = Fleet([*fleet.members, other], lambda _: None)

    async def together() -> list[Member]:
        async with both.take_all(10.0) as members:
            return members

    async with both.take(0.0, 1.0) as first:
        gathering = asyncio.create_task(together())
        await asyncio.sleep(0)
        async with both.take(0.5, 0.01) as second:
            assert (first, second) == (fleet.members[0], None)
    assert await gathering == list(both.members)
    link.release()


async def test_nobody_is_taken_together_while_a_fault_has_one_in_hand(fleet: Fleet, process: FakeProcess) -> None:
    async with fleet.take(0.5, 1.0), fleet.take_all(0.01) as members:
        assert members == []

    assert process.told == []
