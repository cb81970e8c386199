"""``python -m tests.bench.customers``: what many customers need in memory, and how fast they are restored.

The rows of made-up customers are written as their desk writes them, with the checkpoint that it makes over them, and
then some customers come once more. What a compacted changelog keeps of that is restored in a process of its own, one
partition after the other, as a worker does once it has read its changelogs: from the checkpoint, and without it, as
if the settings of customers had changed. Reading from Kafka is not in the seconds. The last line is a JSON object.
"""

from __future__ import annotations

import argparse
import cProfile
import resource
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import msgspec

from stream.core import Core
from stream.runtime.garbage import relax_garbage_collection
from stream.runtime.kafka.changelog import ROW_BYTES
from stream.settings.settings import Settings, new_settings
from stream.state.checkpoint import Pace
from stream.state.partition import PartitionState
from stream.state.rows import CHECKPOINT, ENTITY, KINDS, MARKER, MemoryRows, Row
from tests.bench.made_up_customers import customers, subject_of, visit
from tests.bench.restart import Record

_RUN: Final = 5_000
_LENGTH: Final = struct.Struct("<I")
_SECONDS: Final = 1_800.0
_OTHER_SETTINGS: Final = {"customers": {"funnel_days": 31}}
_MEGABYTE: Final = 1_000_000

_encode: Final = msgspec.msgpack.Encoder().encode
_decode_rows: Final = msgspec.msgpack.Decoder(list[Row]).decode


class Restored(msgspec.Struct, frozen=True):
    """What restoring took: the seconds of taking the rows over and of working out what follows, and bytes of memory.

    ``customers_active`` is the level that the stock of that name then has.
    """

    load_seconds: float
    work_out_seconds: float
    rows_bytes: int
    bytes: int
    customers_active: int


class Measured(msgspec.Struct, frozen=True):
    """What was measured of so many ``customers`` in so many ``partitions``, of whom some ``changed``."""

    customers: int
    partitions: int
    changed: int
    row_bytes: int
    """Of a customer, key and value."""
    checkpoint_megabytes: float
    """Of all partitions; 0 if a partition wrote none because it was too large."""
    event_microseconds: float
    """To take in that a customer comes once more."""
    from_checkpoint: Restored
    without_checkpoint: Restored


class Filling(msgspec.Struct):
    """What came of filling the changelogs."""

    row_bytes: int = 0
    checkpoint_bytes: int = 0
    changed: int = 0
    seconds: float = 0.0


def fill(folder: Path, count: int, partitions: int, changed: float) -> Filling:
    """Write the changelogs of the partitions to files."""
    filling = Filling()
    for partition in range(partitions):
        state = _filled(partition, count // partitions, changed, filling)
        with (folder / f"{partition}.rows").open("wb") as file:
            rows = (Row(*row) for kind in sorted(KINDS - {MARKER}) for row in state.rows.scan(kind))
            run: list[Row] = []
            for row in rows:
                run.append(row)
                if len(run) == _RUN:
                    _write(file.write, run)
                    run = []
            _write(file.write, [*run, state.marker()])
        say(f"filled partition {partition}")
    return filling


def _write(write, rows) -> None:
    content = _encode(rows)
    write(_LENGTH.pack(len(content)))
    write(content)


def _filled(partition: int, count: int, changed: float, filling: Filling) -> PartitionState:
    now = time.time_ns() // 1_000
    state = Core(Settings(), pace=Pace(least_events=1)).new_state("customers", MemoryRows())
    encoded = msgspec.msgpack.Encoder().encode
    rows = []
    for number, customer in enumerate(customers(count, partition, now)):
        row = Row(ENTITY + subject_of(partition, number).encode(), encoded((customer, 0, ())))
        filling.row_bytes += len(row.key) + len(row.value or b"")
        rows.append(row)
    _, claim = state.claimed_by(1)
    state.load(claim)
    state.load([*rows, state.marker()])
    state.loaded()
    before = state.desk.checkpoint
    step = max(1, round(1 / changed)) if changed else count
    records = [
        Record(place, visit(subject_of(partition, number), now))
        for place, number in enumerate(range(0, count, step))
    ]
    outcome = state.take_in(records[:1], wall_now=now, row_bytes=ROW_BYTES)
    if state.desk.checkpoint > before:
        filling.checkpoint_bytes += sum(
            len(row.key) + len(row.value or b"") for row in outcome.rows if row.key[:1] not in (ENTITY, MARKER)
        )
    else:
        say(f"partition {partition} writes no checkpoint, for it is too large")
    began = time.process_time()
    start = 1
    while start < len(records):
        start += state.take_in(records, wall_now=now, row_bytes=ROW_BYTES, start=start).consumed
    filling.seconds += time.process_time() - began
    filling.changed += len(records)
    return state


def restore(folder: Path, *, checkpoint: bool, profile: bool) -> Restored:
    """Restore the partitions, one after the other, and hold them all."""
    core = Core(Settings() if checkpoint else new_settings(**_OTHER_SETTINGS))
    relax_garbage_collection()
    states = []
    profiler = cProfile.Profile() if profile else None
    load_seconds = work_out_seconds = 0.0
    rows_bytes = 0
    before = _resident()
    for path in sorted(folder.glob("*.rows")):
        state = core.new_state("customers", MemoryRows())
        resident = _resident()
        for rows in _read(path):
            began = time.process_time()
            state.load(rows)
            load_seconds += time.process_time() - began
        rows_bytes += _resident() - resident
        began = time.process_time()
        if profiler is not None:
            profiler.enable()
        state.loaded()
        if profiler is not None:
            profiler.disable()
        work_out_seconds += time.process_time() - began
        states.append(state)
    resident = _resident() - before
    if profiler is not None:
        profiler.dump_stats(folder.parent / "customers.profile")
    active = core.view({"customers": states}).levels()["customers_active"][()]
    return Restored(round(load_seconds, 2), round(work_out_seconds, 2), rows_bytes, resident, active)


def _read(path: Path) -> Iterator[list[Row]]:
    with path.open("rb") as file:
        while head := file.read(_LENGTH.size):
            yield _decode_rows(file.read(_LENGTH.unpack(head)[0]))


def _resident() -> int:
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * resource.getpagesize()


def say(what: str) -> None:
    """Tell how far it has come."""
    sys.stderr.write(f"{what}\n")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.customers")
    parser.add_argument("--customers", type=int, default=50_000)
    parser.add_argument("--partitions", type=int, default=4)
    parser.add_argument("--changed", type=float, default=0.1)
    parser.add_argument("--profile", action="store_true")
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--restore", type=Path)
    parser.add_argument("--without-checkpoint", action="store_true")
    arguments = parser.parse_args()
    if arguments.restore:
        found = restore(arguments.restore, checkpoint=not arguments.without_checkpoint, profile=arguments.profile)
        print(msgspec.json.encode(found).decode())
        return
    with tempfile.TemporaryDirectory(prefix="deskpulse-customers-") as name:
        folder = arguments.keep or Path(name)
        folder.mkdir(exist_ok=True)
        filling = fill(folder, arguments.customers, arguments.partitions, arguments.changed)
        found = []
        for options in ([], ["--without-checkpoint"]):
            command = [sys.executable, "-m", "tests.bench.customers", "--restore", str(folder), *options]
            output = subprocess.run(command, check=True, stdout=subprocess.PIPE, timeout=_SECONDS).stdout
            found.append(msgspec.json.decode(output, type=Restored))
    result = Measured(
        arguments.customers, arguments.partitions, filling.changed, filling.row_bytes // arguments.customers,
        round(filling.checkpoint_bytes / _MEGABYTE, 1), round(filling.seconds * 1e6 / filling.changed, 1), *found,
    )
    print(msgspec.json.encode(result).decode())


if __name__ == "__main__":
    main()
