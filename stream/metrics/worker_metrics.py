"""What a worker exports about itself, whatever kinds of entities it takes in."""

from __future__ import annotations

from typing import Final

from stream.state.metric import PREFIX, Metric, MetricType

EVENTS: Final = Metric(
    f"{PREFIX}events",
    MetricType.COUNTER,
    ("topic", "outcome"),
    "Records processed, each under one outcome: applied, duplicate (known already), replayed (below the marker), "
    "rejected, refused (valid, but too late or beyond what a ticket takes; dead-lettered as well), or set aside "
    "when it came: unopened (its ticket's opening is not known yet), before_opening, "
    "after_resolution (pending or hold of a ticket that is over), void (its ticket is merged or deleted),"
    " beyond_windows (the state of an agent that is older than all windows).",
)
DEAD_LETTERS: Final = Metric(
    f"{PREFIX}dead_letters", MetricType.COUNTER, ("topic", "reason"), "Records written to the dead-letter topic."
)
STATE_REBUILDS: Final = Metric(
    f"{PREFIX}state_rebuilds",
    MetricType.COUNTER,
    ("topic",),
    "Copies of a partition's state on disk that were damaged, set aside and rebuilt from the changelog.",
)
LABEL_OVERFLOWS: Final = Metric(
    f"{PREFIX}label_overflows",
    MetricType.COUNTER,
    ("label",),
    "Label values folded into `other` because of the bound on distinct values.",
)
LAST_EVENT: Final = Metric(
    f"{PREFIX}last_event_timestamp_seconds", MetricType.GAUGE, ("topic",), "When this worker last took records in."
)
WATERMARK: Final = Metric(
    f"{PREFIX}watermark_timestamp_seconds", MetricType.GAUGE, (), "The highest event time seen in the partitions held."
)
CONSUMER_LAG: Final = Metric(
    f"{PREFIX}consumer_lag_records",
    MetricType.GAUGE,
    ("topic", "partition"),
    "Records of the source topic that this worker has not taken in yet.",
)
PARTITIONS: Final = Metric(
    f"{PREFIX}partitions_held", MetricType.GAUGE, ("topic",), "Partitions that this worker holds."
)
CLOCK_STEP: Final = Metric(
    f"{PREFIX}clock_step_seconds",
    MetricType.GAUGE,
    (),
    "By how much the machine's clock has stepped since the worker started, against its monotonic clock.",
)
CLOCK_AHEAD: Final = Metric(
    f"{PREFIX}clock_ahead_seconds",
    MetricType.GAUGE,
    (),
    "How far the machine's clock was ahead of the brokers' at the last append to a changelog that they stamp.",
)
COLLECT_DURATION: Final = Metric(
    f"{PREFIX}collect_duration_seconds",
    MetricType.GAUGE,
    (),
    "How long it took to compute the metrics of this scrape.",
)
BUILD: Final = Metric(
    f"{PREFIX}build", MetricType.INFO, ("version", "clock"), "The version of deskpulse and its clock."
)

WORKER: Final = (
    EVENTS,
    DEAD_LETTERS,
    STATE_REBUILDS,
    LABEL_OVERFLOWS,
    LAST_EVENT,
    WATERMARK,
    CONSUMER_LAG,
    PARTITIONS,
    CLOCK_STEP,
    CLOCK_AHEAD,
    COLLECT_DURATION,
    BUILD,
)
