"""A worker of plain Faust, in the way its documentation shows, as a peer of deskpulse under the same faults.

``python -m tests.faults.plain_worker ADDRESSES FOLDER INSTANCE``. Agents, tables and rules are those of the
benchmark; sessions are as short and members as static as those of the deskpulse workers.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, Final

import faust
from faust.types import StreamT, TableT, TopicT

from schemas.events import SURVEYS_TOPIC, TICKETS_TOPIC
from tests.bench.plain_faust import Rule
from tests.bench.plain_rules import Facts, take_survey_event, take_ticket_event
from tests.faults.setting import PARTITIONS, SESSION_SECONDS

APP: Final = "plain-faust"
"""The app's id: its consumer group and the prefix of its changelogs."""

TOTALS_CHANGELOG: Final = f"{APP}-totals-changelog"

_MINUTE: Final = 60_000_000

TotalKey = tuple[str | int, ...]
"""Measure, labels, minute and partition."""

Totals = dict[TotalKey, tuple[int, int]]
"""Count and duration (microseconds) by key."""

RULES: Final[dict[str, Rule]] = {TICKETS_TOPIC: take_ticket_event, SURVEYS_TOPIC: take_survey_event}


def changes(rule: Rule, entity: Facts, event: Facts, partition: int) -> list[tuple[TotalKey, int, int]]:
    """Bring an entity up to date; return which totals that changes by what count and duration."""
    return [
        (
            (contribution.measure, *contribution.labels, contribution.at // _MINUTE, partition),
            contribution.amount,
            contribution.duration,
        )
        for contribution in rule(entity, event)
    ]


def new_app(addresses: str, folder: Path, instance: str) -> faust.App:
    """The app."""
    app = faust.App(
        APP,
        broker=[f"kafka://{address}" for address in addresses.split(",")],
        store="memory://",
        datadir=folder,
        topic_partitions=PARTITIONS,
        topic_replication_factor=3,
        value_serializer="json",
        web_enabled=False,
        consumer_auto_offset_reset="earliest",
        consumer_group_instance_id=instance,
        broker_session_timeout=SESSION_SECONDS,
        broker_heartbeat_interval=SESSION_SECONDS / 4,
    )
    totals = app.Table("totals", default=lambda: (0, 0))
    for topic, name in ((TICKETS_TOPIC, "tickets"), (SURVEYS_TOPIC, "surveys")):
        _add_agent(app, app.topic(topic), app.Table(name, default=dict), totals, RULES[topic])
    return app


def _add_agent(app: faust.App, topic: TopicT, entities: TableT[Any, Any], totals: TableT[Any, Any], rule: Rule) -> None:
    async def take_events(stream: StreamT[Facts]) -> None:
        async for event in stream.events():
            subject = event.value["subject"]
            entity = entities[subject]
            for key, amount, duration in changes(rule, entity, event.value, event.message.partition):
                count, total = totals[key]
                totals[key] = count + amount, total + duration
            entities[subject] = entity

    app.agent(topic, name=f"plain.{topic}")(take_events)


if __name__ == "__main__":
    faust.Worker(new_app(sys.argv[1], Path(sys.argv[2]), sys.argv[3]), loglevel="WARNING").execute_from_commandline()
