"""``python -m tests.bench.customers``: what many customers need in memory, and how fast they are restored.

The rows of made-up customers are written as their desk writes them, with the checkpoint that it makes over them; then
some customers come once more. What a compacted changelog keeps of that is restored in a process of its own, one
partition after the other, as a worker does once it has read its changelogs: from the checkpoint, and without it, as
after a change of the settings of customers. Seconds are those of one core, and reading from Kafka is not in them. The
last line is a JSON object.
"""

from __future__ import annotations

import argparse
import resource
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, Final

import msgspec

from stream.core import Core
from stream.runtime.garbage import relax_garbage_collection
from stream.runtime.kafka.changelog import ROW_BYTES
from stream.settings.settings import Settings, new_settings
from stream.state.checkpoint import Pace
from stream.state.partition import PartitionState
from stream.state.rows import ENTITY, KINDS, MARKER, MemoryRows, Row
from stream.windows.moments import MICROSECONDS
from tests.bench.made_up_customers import customers, subject_of, visit
from tests.bench.restart import Record, say

PARTITIONS: Final = 4
_RUN: Final = 5_000
_LENGTH: Final = struct.Struct("<I")
_SECONDS: Final = 1_800.0
_MEGABYTE: Final = 1_000_000
_OTHER_SETTINGS: Final = {"customers": {"funnel_days": 31}}
_NO_CHECKPOINT: Final = "--without-checkpoint"

_encode: Final = msgspec.msgpack.Encoder().encode
_decode_rows: Final = msgspec.msgpack.Decoder(list[Row]).decode


class Restored(msgspec.Struct, frozen=True):
    """What restoring took: to take the rows over, to work out what follows from them, and memory, rows included.

    ``customers_active`` is what the stock of that name then comes to.
    """

    load_seconds: float
    work_out_seconds: float
    bytes_per_customer: int
    customers_active: int


class Measured(msgspec.Struct, frozen=True):
    """What was measured of so many ``customers``, of whom some ``changed`` after the checkpoint.

    ``row_bytes`` are those of the key and value of a customer's row on average, ``event_microseconds`` what it takes
    to take in that a customer comes once more.
    """

    customers: int
    changed: int
    row_bytes: int
    checkpoint_megabytes: float
    event_microseconds: float
    from_checkpoint: Restored
    without_checkpoint: Restored


class Filling:
    """Writes the changelogs of made-up customers to files of a folder."""

    def __init__(self, folder: Path, changed: float) -> None:
        self._folder = folder
        self._changed = changed
        self.changed = self.row_bytes = self.checkpoint_bytes = 0
        self.seconds = 0.0

    def run(self, count: int) -> None:
        """Fill all partitions with so many customers in all."""
        for partition in range(PARTITIONS):
            state = self._filled(partition, count // PARTITIONS)
            with (self._folder / f"{partition}.rows").open("wb") as file:
                kinds = sorted(KINDS - {MARKER})
                _write(file, (Row(*row) for kind in kinds for row in state.rows.scan(kind)))
                _write(file, [state.marker()])
            say(f"filled partition {partition}")

    def _filled(self, partition: int, count: int) -> PartitionState:
        now = time.time_ns() // 1_000
        state = Core(Settings(), pace=Pace(least_events=1)).new_state("customers", MemoryRows())
        subjects = [subject_of(partition, number) for number in range(count)]
        found = zip(subjects, customers(count, partition, now), strict=True)
        rows = [Row(ENTITY + subject.encode(), _encode((customer, 0, ()))) for subject, customer in found]
        self.row_bytes += sum(len(key) + len(value or b"") for key, value in rows)
        _, claim = state.claimed_by(1)
        state.load(claim)
        state.load([*rows, state.marker()])
        state.loaded()
        self._change(state, subjects[:: max(1, round(1 / self._changed))], now)
        return state

    def _change(self, state: PartitionState, subjects: list[str], now: int) -> None:
        """Let customers come again. A checkpoint is made with the first of them, and no other one."""
        records = [Record(place, visit(subject, now)) for place, subject in enumerate(subjects)]
        rows = state.take_in(records[:1], wall_now=now, row_bytes=ROW_BYTES).rows
        if not state.desk.checkpoint:
            message = "a checkpoint is too large to be written"
            raise AssertionError(message)
        of_checkpoint = [row for row in rows if row.key[:1] not in (ENTITY, MARKER)]
        self.checkpoint_bytes += sum(len(key) + len(value or b"") for key, value in of_checkpoint)
        began = time.process_time()
        start = 1
        while start < len(records):
            start += state.take_in(records, wall_now=now, row_bytes=ROW_BYTES, start=start).consumed
        self.seconds += time.process_time() - began
        self.changed += len(records)


def measure(count: int, changed: float, folder: Path) -> Measured:
    """Fill the changelogs and restore from them, each time in a process of its own."""
    filling = Filling(folder, changed)
    filling.run(count)
    found = []
    for options in ((), (_NO_CHECKPOINT,)):
        command = [sys.executable, "-m", "tests.bench.customers", "--restore", str(folder), *options]
        output = subprocess.run(command, check=True, stdout=subprocess.PIPE, timeout=_SECONDS).stdout
        found.append(msgspec.json.decode(output, type=Restored))
    return Measured(
        count,
        filling.changed,
        filling.row_bytes // count,
        round(filling.checkpoint_bytes / _MEGABYTE, 1),
        round(filling.seconds * MICROSECONDS / filling.changed, 1),
        *found,
    )


def restore(folder: Path, core: Core) -> Restored:
    """Restore the partitions, one after the other, and hold them all."""
    relax_garbage_collection()
    states = []
    load_seconds = work_out_seconds = 0.0
    known = 0
    before = _resident()
    for path in sorted(folder.glob("*.rows")):
        state = core.new_state("customers", MemoryRows())
        for rows in _read(path):
            began = time.process_time()
            state.load(rows)
            load_seconds += time.process_time() - began
        began = time.process_time()
        state.loaded()
        work_out_seconds += time.process_time() - began
        known += sum(1 for _ in state.rows.keys(ENTITY))
        states.append(state)
    held = (_resident() - before) // known
    active = core.view({"customers": states}).levels()["customers_active"][()]
    return Restored(round(load_seconds, 2), round(work_out_seconds, 2), held, active)


def _write(file: BinaryIO, rows: Iterable[Row]) -> None:
    run: list[Row] = []
    for row in rows:
        run.append(row)
        if len(run) == _RUN:
            _write_run(file, run)
            run = []
    _write_run(file, run)


def _write_run(file: BinaryIO, rows: list[Row]) -> None:
    content = _encode(rows)
    file.write(_LENGTH.pack(len(content)))
    file.write(content)


def _read(path: Path) -> Iterator[list[Row]]:
    with path.open("rb") as file:
        while head := file.read(_LENGTH.size):
            yield _decode_rows(file.read(_LENGTH.unpack(head)[0]))


def _resident() -> int:
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * resource.getpagesize()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.customers")
    parser.add_argument("--customers", type=int, default=50_000)
    parser.add_argument("--changed", type=float, default=0.1, help="which part of them comes after the checkpoint")
    parser.add_argument("--restore", type=Path, help=argparse.SUPPRESS)
    parser.add_argument(_NO_CHECKPOINT, action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.restore:
        settings = new_settings(**_OTHER_SETTINGS) if arguments.without_checkpoint else Settings()
        print(msgspec.json.encode(restore(arguments.restore, Core(settings))).decode())
        return
    with tempfile.TemporaryDirectory(prefix="deskpulse-customers-") as folder:
        measured = measure(arguments.customers, arguments.changed, Path(folder))
    print(msgspec.json.encode(measured).decode())


if __name__ == "__main__":
    main()
