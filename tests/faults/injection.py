"""Makes planned faults happen."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any, Final

from aiokafka.errors import KafkaError

from tests.faults.accidents import fill_disk, scrape_storm
from tests.faults.fleet import Fleet, Member, Say
from tests.faults.operator import Operator
from tests.faults.plan import Fault, PlannedFault
from tests.kafka.cluster import KafkaCluster

# Longer than all workers are stopped while topics grow, or a changelog is lost.
_TARGET_SECONDS: Final = 180.0
_SHORTEST_DOWN: Final = 0.1
_LONGEST_DOWN: Final = 4.0
_SHORTEST_FREEZE: Final = 1.1
_LONGEST_FREEZE: Final = 2.0
_LONGEST_CUT: Final = 1.6
# Kafka takes no record that is an hour ahead.
_LEAST_AHEAD: Final = 5
_MOST_AHEAD: Final = 3_000
_LOOKS: Final = 100
_DISK_SECONDS: Final = 30.0
_DAMAGE_ATTEMPTS: Final = 4
_SHORTEST_GROWTH: Final = 1.0
_LONGEST_GROWTH: Final = 8.0


@dataclass(slots=True)
class Injection:
    """Makes faults happen to a fleet and its cluster; at most one broker is down at a time.

    ``session`` is the workers' session timeout in seconds, ``done`` counts the faults that happened. Without an
    ``operator`` no changelog is deleted, and no topic grows.
    """

    cluster: KafkaCluster
    fleet: Fleet
    source: str
    changelog: str
    session: float
    say: Say
    operator: Operator | None = None
    done: Counter[Fault] = field(default_factory=Counter)
    _broker: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def run(self, schedule: list[PlannedFault]) -> None:
        """Begin each fault at its moment, whether those before it have ended or not; return when all have ended."""
        started = time.monotonic()
        async with asyncio.TaskGroup() as faults:
            for fault in schedule:
                await asyncio.sleep(max(0.0, started + fault.at - time.monotonic()))
                faults.create_task(self._inject(fault))

    async def _inject(self, fault: PlannedFault) -> None:
        acts: dict[Fault, Callable[[PlannedFault], Coroutine[Any, Any, bool]]] = {
            Fault.KILL: self._kill,
            Fault.TERMINATE: self._terminate,
            Fault.FREEZE: self._freeze,
            Fault.LEAVE: self._leave,
            Fault.JOIN: self._join,
            Fault.CUT: self._cut,
            Fault.BROKER: self._kill_broker,
            Fault.SOURCE_LEADER: self._kill_leader,
            Fault.CHANGELOG_LEADER: self._kill_leader,
            Fault.CLOCK: self._set_clock,
            Fault.DAMAGE: self._damage,
            Fault.DISK: self._fill_disk,
            Fault.HUNG_BROKER: self._hang_broker,
            Fault.SCRAPES: self._scrape,
            Fault.CHANGELOG_LOST: self._lose_changelog,
            Fault.GROWN: self._grow,
        }
        if await acts[fault.kind](fault):
            self.done[fault.kind] += 1
        else:
            self.say(f"nobody there for: {fault.kind}")

    async def _kill(self, fault: PlannedFault) -> bool:
        async with self.fleet.take(fault.target, _TARGET_SECONDS) as member:
            if member is None:
                return False
            self.say(f"kill -9 {member.name}")
            member.wanted = False
            await member.process.kill()
            await asyncio.sleep(_between(_SHORTEST_DOWN, _LONGEST_DOWN, fault.length))
            await self.fleet.launch(member)
        return True

    async def _terminate(self, fault: PlannedFault) -> bool:
        async with self.fleet.take(fault.target, _TARGET_SECONDS) as member:
            if member is None:
                return False
            self.say(f"SIGTERM {member.name}")
            await self.fleet.end(member)
            await asyncio.sleep(_between(_SHORTEST_DOWN, _LONGEST_DOWN, fault.length))
            await self.fleet.launch(member)
        return True

    async def _freeze(self, fault: PlannedFault) -> bool:
        async with self.fleet.take(fault.target, _TARGET_SECONDS) as member:
            if member is None:
                return False
            seconds = _between(_SHORTEST_FREEZE, _LONGEST_FREEZE, fault.length) * self.session
            self.say(f"SIGSTOP {member.name} for {seconds:.1f} s")
            member.process.freeze()
            try:
                await asyncio.sleep(seconds)
            finally:
                member.process.thaw()
        return True

    async def _leave(self, fault: PlannedFault) -> bool:
        async with self.fleet.take(fault.target, _TARGET_SECONDS, self._may_leave) as member:
            if member is None:
                return False
            self.say(f"{member.name} leaves")
            await self.fleet.end(member)
        return True

    async def _join(self, fault: PlannedFault) -> bool:
        async with self.fleet.take(fault.target, _TARGET_SECONDS, lambda member: not member.wanted) as member:
            if member is None:
                return False
            self.say(f"{member.name} joins")
            await self.fleet.launch(member)
        return True

    async def _cut(self, fault: PlannedFault) -> bool:
        async with self.fleet.take(fault.target, _TARGET_SECONDS) as member:
            if member is None:
                return False
            seconds = _between(_SHORTEST_DOWN, _LONGEST_CUT * self.session, fault.length)
            self.say(f"the connections of {member.name} cut for {seconds:.1f} s")
            await member.link.cut()
            try:
                await asyncio.sleep(seconds)
            finally:
                await member.link.heal()
        return True

    async def _set_clock(self, fault: PlannedFault) -> bool:
        async with self.fleet.take(fault.target, _TARGET_SECONDS) as member:
            if member is None or member.machine is None:
                return False
            ahead = round(_between(_LEAST_AHEAD, _MOST_AHEAD, fault.length))
            self.say(f"the clock of {member.name} is {ahead} s ahead")
            member.machine.clock.set_ahead(ahead)
            try:
                await asyncio.sleep(_between(_SHORTEST_DOWN, _LONGEST_DOWN, fault.length))
            finally:
                member.machine.clock.set_ahead(0)
        return True

    async def _damage(self, fault: PlannedFault) -> bool:
        async with self.fleet.take(fault.target, _TARGET_SECONDS, _is_on_disk) as member:
            if member is None or member.machine is None:
                return False
            for _attempt in range(_DAMAGE_ATTEMPTS):
                # Its state is in memory, and reaches the disk when it ends, unless it held nothing yet.
                await self.fleet.end(member)
                damaged = member.machine.damage_state(fault.length)
                await self.fleet.launch(member)
                if damaged is not None:
                    self.say(f"SIGTERM {member.name}, a byte of {damaged} flipped")
                    return True
                await asyncio.sleep(_LONGEST_DOWN)
        return False

    async def _fill_disk(self, fault: PlannedFault) -> bool:
        async with self.fleet.take(fault.target, _TARGET_SECONDS, _is_on_disk) as member:
            if member is None or member.process.pid is None:
                return False
            self.say(f"the disk of {member.name} is full")
            if member.process.status is None:
                fill_disk(member.process.pid)
                await asyncio.sleep(_between(_SHORTEST_DOWN, _LONGEST_DOWN, fault.length))
                await self.fleet.end(member)
            await self.fleet.launch(member)
            fill_disk(member.process.pid)
            for _look in range(round(_DISK_SECONDS / _SHORTEST_DOWN)):
                if member.process.status is not None:
                    break
                await asyncio.sleep(_SHORTEST_DOWN)
            noticed = member.process.status
            self.say(f"{member.name} ended with status {noticed} on its full disk, which has room again")
            if noticed is None:
                await self.fleet.end(member)
            await self.fleet.launch(member)
        return noticed is not None

    async def _hang_broker(self, fault: PlannedFault) -> bool:
        async with self.fleet.take(fault.target, _TARGET_SECONDS) as member:
            if member is None or member.machine is None:
                return False
            self.say(f"SIGTERM {member.name}, whose first broker hangs")
            await self.fleet.end(member)
            member.machine.silent.hang()
            try:
                await self.fleet.launch(member)
                await asyncio.sleep(_between(_SHORTEST_DOWN, _LONGEST_DOWN, fault.length))
            finally:
                member.machine.silent.heal()
        return True

    async def _scrape(self, fault: PlannedFault) -> bool:
        async with self.fleet.take(fault.target, _TARGET_SECONDS) as member:
            if member is None or member.machine is None:
                return False
            seconds = _between(_SHORTEST_DOWN, _LONGEST_DOWN, fault.length)
            answers = await scrape_storm(member.process.url, seconds)
            self.say(f"{answers} scrapes of {member.name} in {seconds:.1f} s")
        return answers > 0

    async def _kill_broker(self, fault: PlannedFault) -> bool:
        async with self._broker:
            numbers = sorted(self.cluster.brokers)
            await self._broker_down(numbers[int(fault.target * len(numbers))], "", fault.length)
        return True

    async def _kill_leader(self, fault: PlannedFault) -> bool:
        topic = self.source if fault.kind is Fault.SOURCE_LEADER else self.changelog
        async with self._broker:
            try:
                places = await self.cluster.places(topic)
            except KafkaError as error:
                self.say(f"who leads {topic} is not to be found out: {error!r}")
                return False
            led = sorted(item for item in places.items() if item[1].leader > 0)
            (_, partition), place = led[int(fault.target * len(led))]
            await self._broker_down(place.leader, f", the leader of {topic}[{partition}]", fault.length)
        return True

    async def _lose_changelog(self, _: PlannedFault) -> bool:
        if self.operator is None:
            return False
        async with self.fleet.take_all(_TARGET_SECONDS) as members, self._broker:
            if not members:
                return False
            self.say(f"{self.changelog} deleted while no worker runs, and its state rebuilt")
            async with self.cluster.admin() as admin:
                await admin.delete_topics([self.changelog])
                for _look in range(_LOOKS):
                    if self.changelog not in await admin.list_topics():
                        break
                    await asyncio.sleep(_SHORTEST_DOWN)
            await self.operator.rebuild()
        return True

    async def _grow(self, fault: PlannedFault) -> bool:
        if self.operator is None:
            return False
        # The brokers stay: a record that waits for one of them may come later than any settling.
        async with self.fleet.take_all(_TARGET_SECONDS) as members, self._broker:
            if not members:
                return False
            self.say("the source topics are given more partitions while no worker runs")
            await self.operator.grow(_between(_SHORTEST_GROWTH, _LONGEST_GROWTH, fault.length))
        return True

    def _may_leave(self, member: Member) -> bool:
        """Whether there is still a worker with its state on disk afterwards, as there is before."""
        others = [other for other in self.fleet.running if other is not member]
        return member.wanted and (not member.on_disk or any(other.on_disk for other in others))

    async def _broker_down(self, number: int, what: str, length: float) -> None:
        broker = self.cluster.brokers[number]
        self.say(f"kill -9 broker {number}{what}")
        await asyncio.to_thread(broker.kill)
        await asyncio.sleep(_between(_SHORTEST_DOWN, _LONGEST_DOWN, length))
        await asyncio.to_thread(broker.start)
        # With another one down before this one is in sync again, nothing could be acknowledged.
        await self.cluster.until_replicated()


def _is_on_disk(member: Member) -> bool:
    return member.wanted and member.on_disk


def _between(shortest: float, longest: float, share: float) -> float:
    return shortest + share * (longest - shortest)
