"""Runs the core of whatever copy of the code is found first: takes a request as JSON, answers as JSON.

The request names ``settings``, over an event clock, and the ``records`` of each kind as texts, taken in by runs of so
many as ``run`` says; a checkpoint is written after ``events_between`` of them. The rows of a state are read from the
file ``rows_from`` before, and written to ``rows_to`` after.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec
import orjson
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import generate_latest
from rich.console import Console

import stream
from schemas.asyncapi import events_of
from stream.cli.snapshot import table_of
from stream.core import Core
from stream.generated.files import PUBLISHED, READ
from stream.generated.tables import events_table, metrics_table, settings_table
from stream.metrics.catalogue import CATALOGUE
from stream.metrics.collector import HelpdeskCollector, Vitals
from stream.metrics.final_numbers import daily_numbers, final_numbers
from stream.metrics.view import WINDOW_NAMES, WorkerView
from stream.monitoring.dashboards.dashboard_files import dashboard_files
from stream.monitoring.recording import duration_groups, recording_groups
from stream.runtime.kafka.topics import planned_topics
from stream.settings.monitoring import MonitoringSettings
from stream.settings.settings import Settings, new_settings
from stream.state.checkpoint import Pace
from stream.state.fingerprint import fingerprint
from stream.state.partition import PartitionState
from stream.state.rows import CHECKPOINT, DEPARTED, ENTITY, SINCE, STOCK, MemoryRows, Row, subject_in

_RUN: Final = 500
_CLOCK: Final = {"mode": "event"}
_UNLIMITED: Final = 1 << 40


class _Record(NamedTuple):
    offset: int
    value: bytes | None


class CoreRun:
    """A core with one partition of each kind, as the request wants it, and the rows that it writes."""

    def __init__(self, settings: Settings, asked: dict[str, Any]) -> None:
        pace = Pace(asked.get("events_between", 1_000_000), bytes_an_event=1 << 30)
        self.core = Core(settings, "deskpulse/test", pace=pace)
        self.states = {name: self.core.new_state(name, MemoryRows()) for name in self.core.desks}
        self.rows: dict[str, list[Row]] = {name: [] for name in self.states}
        self.rejected: list[str] = []
        self._run: int = asked.get("run", _RUN)

    def load(self, rows: dict[str, list[Row]]) -> None:
        """Start from the rows of each kind."""
        for name, state in self.states.items():
            state.load(rows.get(name, ()))
            state.loaded()
            self.rows[name] += rows.get(name, ())

    def take(self, name: str, values: list[str]) -> None:
        """Take in the records of a kind, and let happen what is due by then."""
        state = self.states[name]
        first = state.applied_offset + 1
        records = [_Record(offset, value.encode()) for offset, value in enumerate(values, first)]
        for start in range(0, len(records), self._run):
            outcome = state.take_in(records[start : start + self._run], wall_now=1 << 61, row_bytes=_UNLIMITED)
            self.rejected += [f"{rejection.reason}: {rejection.detail}" for rejection in outcome.rejections]
            self.rows[name] += outcome.rows
            state.went_out(len(outcome.outgoing))
        advanced = state.advance(caught_up=True)
        self.rows[name] += advanced.rows
        state.went_out(len(advanced.outgoing))

    def view(self) -> WorkerView:
        """What is known now."""
        return self.core.view({name: [state] for name, state in self.states.items()})

    def numbers(self) -> dict[str, Any]:
        """The final numbers with their parts, and those of each day."""
        view = self.view()
        return final_numbers(view, parts=True) | daily_numbers(view)

    def scrape(self) -> str:
        """The metrics in Prometheus' text."""
        registry = CollectorRegistry()
        view = self.view()
        registry.register(HelpdeskCollector(lambda: view, Vitals))
        return generate_latest(registry).decode()


def _kinds_of_rows(state: PartitionState) -> dict[str, int]:
    kinds = {"checkpoint": (CHECKPOINT,), "departed": (DEPARTED, SINCE), "entity": (ENTITY,), "stock": (STOCK,)}
    return {name: sum(1 for kind in of_name for _ in state.desk.rows.keys(kind)) for name, of_name in kinds.items()}


def _table(numbers: dict[str, Any]) -> str:
    console = Console(width=200, record=True, file=Path("/dev/null").open("w", encoding="utf-8"))  # noqa: SIM115
    console.print(table_of(numbers, WINDOW_NAMES))
    return console.export_text()


def main() -> None:
    """Answer the request on the standard input."""
    asked: dict[str, Any] = orjson.loads(sys.stdin.buffer.read())
    settings = new_settings(**{"clock": _CLOCK} | asked.get("settings", {}))
    worker = CoreRun(settings, asked)
    if "rows_from" in asked:
        worker.load(msgspec.msgpack.decode(Path(asked["rows_from"]).read_bytes(), type=dict[str, list[Row]]))
    for name, values in asked.get("records", {}).items():
        worker.take(name, values)
    if "rows_to" in asked:
        Path(asked["rows_to"]).write_bytes(msgspec.msgpack.encode(worker.rows))
    again = CoreRun(settings, asked)
    again.load(worker.rows)
    numbers = worker.numbers()
    answer: dict[str, Any] = {
        "code": str(Path(stream.__file__).parent),
        "rejected": worker.rejected,
        "numbers": numbers,
        "restored": again.numbers(),
        "rows": {name: _kinds_of_rows(state) for name, state in worker.states.items()},
        "subjects": {
            name: [subject_in(key).decode() for key in state.desk.rows.keys(ENTITY)]
            for name, state in worker.states.items()
        },
        "fingerprints": {kind.name: fingerprint(kind, settings).hex() for kind in settings.kinds},
        "overflows": dict(worker.core.bounds.overflows),
    }
    if asked.get("everything"):
        answer |= {
            "scrape": worker.scrape(),
            "table": _table(numbers),
            "catalogue": [metric.name for metric in CATALOGUE],
            "rules": {
                group.name: [rule.name for rule in group.rules] for group in (*recording_groups(), *duration_groups())
            },
            "dashboards": dashboard_files(MonitoringSettings()),
            "reference": events_table(events_of(READ, PUBLISHED)) + metrics_table() + settings_table(),
            "sources": settings.source_topics,
            "topics": [
                topic.name for source in settings.source_topics for topic in planned_topics(settings.kafka, source, 1)
            ],
        }
    sys.stdout.buffer.write(orjson.dumps(answer))


if __name__ == "__main__":
    main()
