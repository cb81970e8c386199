"""What prometheus-client exports about the worker's process, as far as dashboards show it."""

from __future__ import annotations

from typing import Final

from stream.state.metric import PREFIX, Metric, MetricType

START: Final = Metric(
    f"{PREFIX}process_start_time_seconds", MetricType.GAUGE, (), "When the process of the worker started."
)
MEMORY: Final = Metric(
    f"{PREFIX}process_resident_memory_bytes", MetricType.GAUGE, (), "Memory that the process of the worker holds."
)
CPU: Final = Metric(
    f"{PREFIX}process_cpu_seconds", MetricType.COUNTER, (), "Processor time that the worker has used, in seconds."
)

PROCESS: Final = (START, MEMORY, CPU)
