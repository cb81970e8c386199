"""The composition root: puts the kinds' desks, runtime, collector and Faust together."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import cast

import faust
from mode import get_logger
from prometheus_client import ProcessCollector

from stream.core import Core, KindDesks
from stream.dead_letters.writing import DeadLetters
from stream.metrics.collector import Vitals
from stream.metrics.view import WorkerView
from stream.runtime.disk.rocks_rows import RocksRows
from stream.runtime.faust.agents import add_agent
from stream.runtime.faust.flow_control import KeepingFlowControl
from stream.runtime.faust.processor import Processor
from stream.runtime.faust.recovery import StateTableManager
from stream.runtime.faust.state_table import StateTable
from stream.runtime.faust.transport import BatchTransport
from stream.runtime.kafka.broker import credentials_of, new_producer, new_restore_consumer
from stream.runtime.kafka.changelog import Changelog
from stream.runtime.kafka.clock_watch import BrokerTime, ClockWatch
from stream.runtime.kafka.consumer_group import committed_offsets
from stream.runtime.kafka.membership import Identity
from stream.runtime.kafka.publishing import Publisher
from stream.runtime.kafka.topics import changelog_of
from stream.settings.kafka import KafkaSettings
from stream.settings.settings import Settings
from stream.state.kind import DeskGroup, Kind
from stream.state.partition import PartitionState
from stream.state.rows import MemoryRows, RowStore
from stream.web.server import WebServer
from stream.windows.moments import to_seconds

logger = get_logger(__name__)


@dataclass(slots=True)
class Intake:
    """All that belongs to one kind of entities."""

    kind: Kind
    group: DeskGroup
    table: StateTable
    processor: Processor

    @property
    def topic(self) -> str:
        """The source topic."""
        return self.kind.topic


class Deskpulse:
    """A worker: the Faust app and what surrounds it.

    ``partitions`` is how many each source topic has, ``reachable`` names the brokers that answer at the start.
    ``failure`` is done, with an exception, as soon as something happened after which the worker must not
    go on.
    """

    def __init__(self, settings: Settings, partitions: Mapping[str, int], reachable: KafkaSettings) -> None:
        self.settings = settings
        self.reachable = reachable
        self.kinds = settings.kinds
        self._source = f"deskpulse/{settings.kafka.group}"
        self.core = Core(settings, self._source)
        self.clock = self.core.clock
        self.broker_time = BrokerTime()
        self._clock_watch = ClockWatch(self.clock, self.broker_time, settings.clock.skew_seconds)
        self.identity = Identity.own(settings.web.port)
        self.failure: asyncio.Future[None] | None = None
        self.rebuilds: Counter[str] = Counter(dict.fromkeys(settings.source_topics, 0))
        self.app = _new_app(settings, reachable, self.identity)
        self.app.flow_control = KeepingFlowControl()
        self._transport = BatchTransport(self.app.conf.broker_consumer, self.app, batched_topics=settings.source_topics)
        self._transport.drain = self.drain
        self.app.transport = self._transport
        tables = cast("StateTableManager", self.app.tables)
        tables.recovery.new_consumer = partial(new_restore_consumer, settings.kafka)
        tables.recovery.read_committed = partial(committed_offsets, settings.kafka)
        self.producer = new_producer(reachable)
        self.intakes = [self._new_intake(desks, partitions[desks.kind.topic]) for desks in self.core.desks.values()]
        self.web = WebServer(settings.web, self, [ProcessCollector(namespace="helpdesk", registry=None)])

    async def start(self) -> None:
        """Serve, connect and join the group; returns once the Faust app runs."""
        self.failure = asyncio.get_running_loop().create_future()
        await self.web.start()
        await self.producer.start()
        await self.app.start()

    async def stop(self) -> None:
        """Not ready any more; drain, append, commit, leave the group."""
        self.web.stopping = True
        await self.app.stop()
        for intake in self.intakes:
            intake.table.drop([partition for partition, _ in intake.table.states()])
        await self.producer.stop()
        await self.web.stop()

    def fail(self, error: BaseException) -> None:
        """Record the first thing after which the worker must not go on."""
        if self.failure is not None and not self.failure.done():
            self.failure.set_exception(error)

    async def drain(self) -> None:
        """Wait until everything taken in is durable."""
        for intake in self.intakes:
            await intake.processor.drain()

    async def advance(self) -> None:
        """Move the windows to now; let happen what is due by now, and publish it."""
        if not self.is_ready():
            return
        for intake in self.intakes:
            for _, state in intake.table.states():
                state.move_windows()
        if self.clock.ticks and not await self._clock_watch.may_advance(self.intakes[0].processor.append_marker):
            return
        for intake in self.intakes:
            await intake.processor.advance()

    def look_around(self) -> None:
        """Let the desks look at what takes too long to be seen all at once."""
        for intake in self.intakes:
            intake.group.look_around({number: state.desk for number, state in intake.table.states()})

    def is_ready(self) -> bool:
        """Whether the partitions of this worker are assigned and restored. Any thread may ask."""
        return bool(self.app.tables.actives_ready) and not self.app.rebalancing

    def lost_sources(self) -> list[str]:
        """Source topics of which this worker holds state but reads nothing, as when one was deleted."""
        if not self.is_ready():
            return []
        read = {tp.topic for tp in self.app.consumer.assignment()}
        return [intake.topic for intake in self.intakes if intake.topic not in read and any(intake.table.states())]

    def view(self) -> WorkerView:
        """What the worker knows now."""
        return self.core.view(
            {intake.kind.name: [state for _, state in intake.table.states()] for intake in self.intakes}
        )

    def vitals(self) -> Vitals:
        """How the worker is doing now."""
        vitals = Vitals(label_overflows=dict(self.core.bounds.overflows))
        events: Counter[tuple[str, str]] = Counter()
        dead_letters: Counter[tuple[str, str]] = Counter()
        last_event_at, lags, next_offsets, horizons, held = {}, {}, {}, {}, {}
        assigned = self.app.consumer.assignment() if self.is_ready() else frozenset()
        for intake in self.intakes:
            topic, processor = intake.topic, intake.processor
            events.update({(topic, outcome): count for outcome, count in processor.events.items()})
            dead_letters.update({(topic, reason): count for reason, count in processor.rejections.items()})
            if processor.last_event_at:
                last_event_at[topic] = processor.last_event_at
            states = dict(intake.table.states())
            held[topic] = len(states)
            for number, state in states.items():
                next_offsets[topic, number] = state.applied_offset + 1
                if state.desk.horizon > 0:
                    horizons[topic, number] = state.desk.horizon
                tp = faust.types.TP(topic, number)
                end = self.app.consumer.highwater(tp) if tp in assigned else None
                if end is not None:
                    lags[topic, number] = max(0, end - state.applied_offset - 1)
        vitals.events, vitals.dead_letters = events, dead_letters
        vitals.last_event_at, vitals.lags, vitals.partitions = last_event_at, lags, held
        vitals.next_offsets, vitals.horizons = next_offsets, horizons
        vitals.clock_stepped, vitals.clock_ahead = to_seconds(self.clock.stepped), self.broker_time.ahead
        vitals.rebuilds = self.rebuilds
        vitals.counted = [samples for intake in self.intakes for samples in intake.group.counted()]
        return vitals

    def _new_rows(self, topic: str, partition: int, end: int) -> RowStore:
        if self.settings.store == "memory":
            return MemoryRows()
        return RocksRows(
            self.settings.data_dir,
            *self.settings.store_names,
            f"{topic}-{partition}",
            end=end,
            rebuilding=partial(self._note_rebuild, topic),
        )

    def _note_rebuild(self, topic: str) -> None:
        self.rebuilds[topic] += 1

    def _new_intake(self, desks: KindDesks, partitions: int) -> Intake:
        kind, settings = desks.kind, self.settings
        topic = kind.topic

        def new_state(partition: int, end: int) -> PartitionState:
            return self.core.new_state(kind.name, self._new_rows(topic, partition, end))

        changelog = Changelog(self.producer, changelog_of(settings.kafka, topic), self.broker_time)
        table = StateTable(
            self.app, source_topic=topic, new_state=new_state, changelog=changelog, name=topic, partitions=partitions
        )
        self.app.tables.add(table)
        processor = Processor(
            self.app,
            table,
            changelog,
            DeadLetters(self.producer, topic),
            self.fail,
            rejection_limit=settings.rejection_limit,
            publisher=Publisher(self.producer, self._source) if kind.published else None,
        )
        add_agent(self.app, topic, partitions, processor)
        return Intake(kind, desks.group, table, processor)


class FolderlessApp(faust.App):
    """A Faust app that leaves nothing on disk, for the state tables are not Faust's own."""

    def _create_directories(self) -> None:
        pass


def _new_app(settings: Settings, kafka: KafkaSettings, identity: Identity) -> faust.App:
    return FolderlessApp(
        kafka.group,
        broker=[f"kafka://{address.strip()}" for address in kafka.bootstrap_servers.split(",")],
        broker_client_id=identity.client_id,
        broker_credentials=credentials_of(kafka),
        store="memory://",
        TableManager=StateTableManager,
        table_standby_replicas=0,
        stream_wait_empty=False,  # the consumer drains by itself, and a batch that failed never ends
        topic_disable_leader=True,
        topic_allow_declare=False,  # they are there by now, and a worker may have no right to create any
        topic_replication_factor=kafka.replication_factor,
        web_enabled=False,
        broker_max_poll_records=kafka.max_poll_records,
        broker_session_timeout=kafka.session_timeout_seconds,
        broker_heartbeat_interval=kafka.session_timeout_seconds / 4,
        broker_commit_interval=1.0,
        consumer_auto_offset_reset="earliest",
        consumer_group_instance_id=settings.instance_id,
        consumer_max_fetch_size=4 * 1024 * 1024,
    )
