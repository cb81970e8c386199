"""The composition root: puts desks, runtime, collector and Faust together."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, cast
from zoneinfo import ZoneInfo

import faust
from mode import get_logger
from prometheus_client import ProcessCollector

from schemas.events import SURVEYS_TOPIC, TICKETS_TOPIC
from stream.dead_letters.writing import DeadLetters
from stream.desks.surveys.desk import SurveyDesk
from stream.desks.tickets.desk import TicketDesk
from stream.desks.tickets.series import TicketSeriesTable
from stream.desks.tickets.sla.announced import Announced
from stream.desks.tickets.split_tickets import SplitTickets
from stream.metrics.collector import Vitals
from stream.metrics.view import WorkerView
from stream.runtime.disk.rocks_rows import RocksRows
from stream.runtime.faust.agents import add_agent
from stream.runtime.faust.flow_control import KeepingFlowControl
from stream.runtime.faust.processor import Processor
from stream.runtime.faust.recovery import StateTableManager
from stream.runtime.faust.state_table import StateFactory, StateTable
from stream.runtime.faust.transport import BatchTransport
from stream.runtime.kafka.broker import credentials_of, new_producer, new_restore_consumer
from stream.runtime.kafka.changelog import Changelog
from stream.runtime.kafka.clock_watch import BrokerTime, ClockWatch
from stream.runtime.kafka.consumer_group import committed_offsets
from stream.runtime.kafka.membership import Identity
from stream.runtime.kafka.sla_events import SlaEvents
from stream.runtime.kafka.topics import changelog_of
from stream.settings.kafka import KafkaSettings
from stream.settings.settings import Settings
from stream.state.checkpoint import Checkpoints
from stream.state.desk import Desk
from stream.state.labels import LabelBounds
from stream.state.partition import PartitionState
from stream.state.rows import MemoryRows, RowStore
from stream.web.server import WebServer
from stream.windows.clock import Clock, EventClock, WallClock
from stream.windows.local_days import LocalDays
from stream.windows.moments import HOUR, to_seconds
from stream.windows.series import SeriesRegistry

logger = get_logger(__name__)

SOURCE_TOPICS: Final = (TICKETS_TOPIC, SURVEYS_TOPIC)
"""The topics that a worker reads."""


NewDesk = Callable[[RowStore], Desk[Any]]


@dataclass(slots=True)
class Part:
    """All that belongs to one source topic."""

    topic: str
    table: StateTable
    processor: Processor


class Deskpulse:
    """A worker: the Faust app and what surrounds it.

    ``partitions`` is how many each source topic has, ``reachable`` names the brokers that answer at the start.
    ``failure`` is done, with an exception, as soon as something happened after which the worker must not
    go on.
    """

    def __init__(self, settings: Settings, partitions: Mapping[str, int], reachable: KafkaSettings) -> None:
        self.settings = settings
        self.reachable = reachable
        self.clock: Clock = EventClock() if settings.clock.mode == "event" else WallClock()
        self.registry = SeriesRegistry()
        self.bounds = LabelBounds(settings.labels.limit, settings.labels.allowed(), settings.labels.combinations)
        self.policies = settings.sla_policies
        categories = settings.ticket_rules.complaint_categories
        self._series = TicketSeriesTable(self.registry, self.bounds, categories, self.policies)
        self.announced = Announced(lambda attributes: self._series.series_for(attributes).labels)
        self.broker_time = BrokerTime()
        self._clock_watch = ClockWatch(self.clock, self.broker_time, settings.clock.skew_seconds)
        self.identity = Identity.own(settings.web.port)
        self.failure: asyncio.Future[None] | None = None
        self.split_tickets = SplitTickets()
        self._told_of_split = False
        self.rebuilds: Counter[str] = Counter(dict.fromkeys(SOURCE_TOPICS, 0))
        self.app = _new_app(settings, reachable, self.identity)
        self.app.flow_control = KeepingFlowControl()
        self._transport = BatchTransport(self.app.conf.broker_consumer, self.app, batched_topics=SOURCE_TOPICS)
        self._transport.drain = self.drain
        self.app.transport = self._transport
        tables = cast("StateTableManager", self.app.tables)
        tables.recovery.new_consumer = partial(new_restore_consumer, settings.kafka)
        tables.recovery.read_committed = partial(committed_offsets, settings.kafka)
        self.producer = new_producer(reachable)
        local_days = LocalDays(ZoneInfo(settings.clock.time_zone))
        checkpoints = Checkpoints(self.registry, self.bounds, settings.fingerprint)
        self.parts = [
            self._new_part(topic, partitions[topic], partial(self._new_state, topic, new_desk, local_days, checkpoints))
            for topic, new_desk in self._desks().items()
        ]
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
        for part in self.parts:
            part.table.drop([partition for partition, _ in part.table.states()])
        await self.producer.stop()
        await self.web.stop()

    def fail(self, error: BaseException) -> None:
        """Record the first thing after which the worker must not go on."""
        if self.failure is not None and not self.failure.done():
            self.failure.set_exception(error)

    async def drain(self) -> None:
        """Wait until everything taken in is durable."""
        for part in self.parts:
            await part.processor.drain()

    async def serve(self) -> None:
        """Let happen what is due by now, and announce it."""
        if not self.is_ready():
            return
        if self.clock.ticks and not await self._clock_watch.may_serve(self.parts[0].processor.append_marker):
            return
        for part in self.parts:
            await part.processor.serve()

    def look_for_split_tickets(self) -> None:
        """Look at some tickets without an opening; the first one whose id another partition knows is told."""
        desks = {
            number: state.desk
            for part in self.parts
            for number, state in part.table.states()
            if isinstance(state.desk, TicketDesk)
        }
        found = self.split_tickets.look(desks) if len(desks) > 1 or len(self.split_tickets) else None
        if found is not None and not self._told_of_split:
            self._told_of_split = True
            logger.warning(
                "Events of ticket %r came to partitions %d and %d of %s, where each part counts as a ticket of its own:"
                " publishers have to use the subject as the key; `deskpulse doctor --keys` looks at all tickets",
                *(found.subject, found.partition, found.other, TICKETS_TOPIC),
            )

    def is_ready(self) -> bool:
        """Whether the partitions of this worker are assigned and restored. Any thread may ask."""
        return bool(self.app.tables.actives_ready) and not self.app.rebalancing

    def lost_sources(self) -> list[str]:
        """Source topics of which this worker holds state but reads nothing, as when one was deleted."""
        if not self.is_ready():
            return []
        read = {tp.topic for tp in self.app.consumer.assignment()}
        return [part.topic for part in self.parts if part.topic not in read and any(part.table.states())]

    def view(self) -> WorkerView:
        """What the worker knows now."""
        states = [state for part in self.parts for _, state in part.table.states()]
        hours = self.settings.tickets.backlog_hours
        return WorkerView(states, self.registry, self.clock, None if hours is None else round(hours * HOUR))

    def vitals(self) -> Vitals:
        """How the worker is doing now."""
        vitals = Vitals(label_overflows=dict(self.bounds.overflows))
        events: Counter[tuple[str, str]] = Counter()
        dead_letters: Counter[tuple[str, str]] = Counter()
        last_event_at, lags, next_offsets, horizons, held = {}, {}, {}, {}, {}
        assigned = self.app.consumer.assignment() if self.is_ready() else frozenset()
        for part in self.parts:
            topic, processor = part.topic, part.processor
            events.update({(topic, outcome): count for outcome, count in processor.events.items()})
            dead_letters.update({(topic, reason): count for reason, count in processor.rejections.items()})
            if processor.last_event_at:
                last_event_at[topic] = processor.last_event_at
            states = dict(part.table.states())
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
        vitals.rebuilds, vitals.split_tickets = self.rebuilds, len(self.split_tickets)
        vitals.breaches, vitals.transitions = self.announced.breaches, self.announced.transitions
        return vitals

    def _desks(self) -> dict[str, NewDesk]:
        rules = self.settings.ticket_rules
        return {
            TICKETS_TOPIC: partial(TicketDesk, rules, self._series, policies=self.policies),
            SURVEYS_TOPIC: partial(SurveyDesk, self.settings.survey_rules, self.registry, self.bounds),
        }

    def _new_state(
        self, topic: str, new_desk: NewDesk, local_days: LocalDays, checkpoints: Checkpoints, partition: int, end: int
    ) -> PartitionState:
        desk = new_desk(self._new_rows(topic, partition, end))
        return PartitionState(desk, self.clock, local_days, self.settings.record_limits, checkpoints, self.registry)

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

    def _new_part(self, topic: str, partitions: int, new_state: StateFactory) -> Part:
        changelog = Changelog(self.producer, changelog_of(self.settings.kafka, topic), self.broker_time)
        table = StateTable(
            self.app, source_topic=topic, new_state=new_state, changelog=changelog, name=topic, partitions=partitions
        )
        self.app.tables.add(table)
        dead_letters = DeadLetters(self.producer, topic)
        limit = self.settings.rejection_limit
        events = SlaEvents(self.producer, f"deskpulse/{self.settings.kafka.group}", self.announced)
        processor = Processor(
            self.app, table, changelog, dead_letters, self.fail, rejection_limit=limit, sla_events=events
        )
        add_agent(self.app, topic, partitions, processor)
        return Part(topic, table, processor)


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
