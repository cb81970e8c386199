"""Where the worker's time goes, by cProfile.

cProfile watches the main thread only. Faust runs the consumer's client in a thread of its own, whose work
(reading sockets, decompressing, parsing record batches) is missing here but takes its share of the same
interpreter lock. It also makes calls dearer than they are, so only the order and the shares count.
"""

from __future__ import annotations

from pathlib import Path
from pstats import Stats
from typing import Final

from rich.console import Console
from rich.table import Table

from tests.bench.filled_topics import FilledTopics
from tests.bench.worker_process import started_worker

_ROWS: Final = 30


async def profile_worker(console: Console, topics: FilledTopics, folder: Path) -> None:
    """Run the worker under the profiler and print the functions that it spends the most time in."""
    path = folder / "worker.profile"
    async with started_worker(topics, "profiled", folder, ("-m", "cProfile", "-o", str(path))) as worker:
        await worker.until_committed()
    table = Table(title=f"The worker's main thread over {topics.total:,} events, start included", title_justify="left")
    for column in ("function", "own us/event", "with callees", "calls/event"):
        table.add_column(column, justify="left" if column == "function" else "right")
    found: dict[tuple[str, int, str], tuple[int, int, float, float, object]] = vars(Stats(str(path)))["stats"]
    longest = sorted(found.items(), key=lambda item: item[1][2], reverse=True)[:_ROWS]
    for (file, line, name), (_, calls, own, with_callees, _) in longest:
        microseconds = (seconds * 1e6 / topics.total for seconds in (own, with_callees))
        where = "/".join(Path(file).parts[-2:])
        table.add_row(
            f"{where}:{line} {name}", *(f"{each:.2f}" for each in microseconds), f"{calls / topics.total:.2f}"
        )
    console.print(table)
