"""What the benchmark found, for people and for scripts."""

from __future__ import annotations

from dataclasses import dataclass, field
from statistics import median

import orjson
from rich.console import Console
from rich.table import Table

from tests.bench.percentiles import percentile
from tests.bench.scrape import SIZES, Scrape
from tests.bench.sla import SlaSpeed

_SCRAPE_SIZE = sorted(SIZES)[1]


@dataclass(slots=True)
class Results:
    """All measurements. Speeds are in events a second, one for each run; delays are in seconds."""

    events: int = 0
    worker: list[float] = field(default_factory=list)
    worker_without_sla: list[float] = field(default_factory=list)
    raw_loop: list[float] = field(default_factory=list)
    plain_faust: float = 0.0
    plain_faust_events: int = 0
    scrapes: list[Scrape] = field(default_factory=list)
    delays: list[float] = field(default_factory=list)
    sla: SlaSpeed = field(default_factory=SlaSpeed)

    def as_json(self) -> str:
        """One line of JSON; speeds in events a second, scrapes and delays in milliseconds."""
        worker, raw_loop = median(self.worker), median(self.raw_loop)
        scrape = _near(self.scrapes, _SCRAPE_SIZE)
        return orjson.dumps(
            {
                "worker_events_per_second": round(worker),
                "raw_loop_events_per_second": round(raw_loop),
                "plain_faust_events_per_second": round(self.plain_faust),
                "scrape_ms": round(scrape.milliseconds, 1),
                "scrape_series": scrape.series,
                "event_to_gauge_p99_ms": round(1_000 * percentile(self.delays, 0.99), 1),
                "event_to_gauge_p50_ms": round(1_000 * percentile(self.delays, 0.5), 1),
                "worker_to_plain_faust_ratio": round(worker / self.plain_faust, 1),
                "worker_to_raw_loop_ratio": round(worker / raw_loop, 3),
                "worker_without_sla_events_per_second": round(median(self.worker_without_sla)),
                "worker_to_worker_without_sla_ratio": round(worker / median(self.worker_without_sla), 3),
                "sla_clocks": self.sla.clocks,
                "sla_timer_turn_ms": round(self.sla.turn_milliseconds, 2),
                "sla_timer_turn_longest_ms": round(self.sla.longest_milliseconds, 2),
                "deadlines_per_second": round(self.sla.deadlines_per_second),
                "events": self.events,
                "worker_runs": [round(speed) for speed in self.worker],
                "raw_loop_runs": [round(speed) for speed in self.raw_loop],
                "plain_faust_events": self.plain_faust_events,
                "scrapes": [{"series": found.series, "ms": round(found.milliseconds, 1)} for found in self.scrapes],
            }
        ).decode()

    def print_table(self, console: Console) -> None:
        """The table for people."""
        worker, raw_loop = median(self.worker), median(self.raw_loop)
        table = Table(title=f"deskpulse on this machine, {self.events:,} events, equal results", title_justify="left")
        for column in ("what", "median", "against the worker", "each"):
            table.add_column(column, justify="left" if column == "what" else "right")
        for name, speed, runs in (
            ("worker, durable, all metrics", worker, self.worker),
            ("the same without SLA", median(self.worker_without_sla), self.worker_without_sla),
            ("raw consumer loop, orjson, a dict", raw_loop, self.raw_loop),
            (f"plain Faust, {self.plain_faust_events:,} events", self.plain_faust, [self.plain_faust]),
        ):
            each = ", ".join(f"{run:,.0f}" for run in runs)
            table.add_row(name, f"{speed:,.0f} events/s", f"{speed / worker:.3g} x", each)
        table.add_section()
        for scrape in self.scrapes:
            table.add_row(f"scrape of {scrape.series:,} series", f"{scrape.milliseconds:.1f} ms")
        table.add_section()
        turn = f"{self.sla.turn_milliseconds:.2f} ms, at most {self.sla.longest_milliseconds:.2f} ms"
        table.add_row(f"a turn of the timer, {self.sla.clocks:,} clocks", turn)
        table.add_row("deadlines in business time", f"{self.sla.deadlines_per_second:,.0f} a second")
        table.add_section()
        for share in (0.5, 0.99):
            table.add_row(f"event to gauge, p{share * 100:g}", f"{1_000 * percentile(self.delays, share):.1f} ms")
        console.print(table)


def _near(scrapes: list[Scrape], size: int) -> Scrape:
    return min((scrape for scrape in scrapes if scrape.series >= size), key=lambda scrape: scrape.series)
