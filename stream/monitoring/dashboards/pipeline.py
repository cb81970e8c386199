"""What dashboards show of the workers themselves."""

from __future__ import annotations

from typing import Final

from stream.state.figure import Figure, Statistic
from stream.state.panel import Form, Good, Page, Panel, PanelRow, Target, Unit

_WORKER: Final = ("instance",)
_NOTHING_READ: Final = "No records have been taken in"
_TALL: Final = 10
"""In rows of the grid: the legend of each partition of four topics needs them."""

_FLOW: Final = PanelRow(
    Page.PIPELINE,
    "Events",
    (
        Panel("Lag", (Figure("consumer_lag_records"),), Form.NUMBER, target=Target("lag", Good.AT_MOST), width=6),
        Panel(
            "Since the last record",
            (Figure("last_event_timestamp_seconds", Statistic.AGE),),
            Form.NUMBER,
            Unit.SECONDS,
            target=Target("silence_seconds", Good.AT_MOST),
            empty=_NOTHING_READ,
            width=6,
        ),
        Panel(
            "Since the newest event",
            (Figure("watermark_timestamp_seconds", Statistic.AGE),),
            Form.NUMBER,
            Unit.SECONDS,
            empty=_NOTHING_READ,
            width=6,
        ),
        Panel(
            "Share of dead letters now",
            (Figure("dead_letters_per_event", by=("topic",)),),
            Form.NUMBER,
            Unit.RATIO,
            target=Target("dead_letters", Good.AT_MOST),
            empty="No dead letters",
            width=6,
        ),
        Panel(
            "Events by outcome",
            (Figure("events", Statistic.RATE, ("outcome",)),),
            Form.AREAS,
            Unit.PER_SECOND,
            empty=_NOTHING_READ,
        ),
        Panel(
            "Events by topic",
            (Figure("events", Statistic.RATE, ("topic",)),),
            Form.AREAS,
            Unit.PER_SECOND,
            empty=_NOTHING_READ,
        ),
        Panel(
            "Lag by topic",
            (Figure("consumer_lag_records", by=("topic",)),),
            target=Target("lag", Good.AT_MOST),
            height=_TALL,
        ),
        Panel(
            "Lag by partition", (Figure("consumer_lag_records", by=("topic", "partition")),), Form.AREAS, height=_TALL
        ),
        Panel(
            "Since the last record, by topic",
            (Figure("last_event_timestamp_seconds", Statistic.AGE, ("topic",)),),
            unit=Unit.SECONDS,
            target=Target("silence_seconds", Good.AT_MOST),
            empty=_NOTHING_READ,
        ),
        Panel(
            "Dead letters by reason",
            (Figure("dead_letters", by=("topic", "reason")),),
            Form.COLUMNS,
            empty="No dead letters",
        ),
        Panel(
            "Share of dead letters",
            (Figure("dead_letters_per_event", by=("topic",)),),
            unit=Unit.RATIO,
            target=Target("dead_letters", Good.AT_MOST),
            empty="No dead letters",
        ),
        Panel(
            "Labels folded into other",
            (Figure("label_overflows", by=("label",)),),
            Form.COLUMNS,
            empty="No label has too many values",
        ),
    ),
)

_WORKERS: Final = PanelRow(
    Page.PIPELINE,
    "Workers",
    (
        Panel(
            "Workers",
            (Figure("build", Statistic.LARGEST, ("instance", "version", "clock"), legend="up"),),
            Form.TABLE,
            empty="No worker is scraped",
        ),
        Panel("Partitions by worker", (Figure("partitions_held", by=("instance", "topic")),), Form.AREAS),
        Panel(
            "Time since the start",
            (Figure("process_start_time_seconds", Statistic.AGE, _WORKER),),
            unit=Unit.SECONDS,
            description="A fall to zero is a restart.",
        ),
        Panel(
            "Copies of the state rebuilt",
            (Figure("state_rebuilds", by=("topic",)),),
            Form.COLUMNS,
            empty="No copy was damaged",
        ),
        Panel(
            "Cost of a scrape",
            (Figure("collect_duration_seconds", Statistic.LARGEST, _WORKER),),
            unit=Unit.SECONDS,
        ),
        Panel("Processor", (Figure("process_cpu_seconds", Statistic.RATE, _WORKER),), unit=Unit.RATIO),
        Panel("Memory", (Figure("process_resident_memory_bytes", by=_WORKER),), unit=Unit.BYTES),
        Panel(
            "Clock",
            (
                Figure("clock_step_seconds", Statistic.LARGEST, _WORKER, legend="{{instance}}, stepped by"),
                Figure("clock_ahead_seconds", Statistic.LARGEST, _WORKER, legend="{{instance}}, ahead of Kafka by"),
            ),
            unit=Unit.SECONDS,
            empty="No worker compares its clock",
        ),
    ),
)

PANELS: Final = (_FLOW, _WORKERS)
