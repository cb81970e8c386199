"""``python -m tests.faults``: kills, freezes and cuts off workers and brokers under load, and checks the numbers.

Needs Java and Maven, as all tests on a real Kafka do. What happens is printed as it happens; the last line of the
output is a JSON object. The exit status is 1 unless every number and every dead letter is right. With ``--peer``
plain Faust is put to the same test instead, and its exit status says only that it was.
"""

from __future__ import annotations

import argparse
import asyncio
import dataclasses
import logging
import os
import random
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

import orjson
from aiokafka.errors import KafkaError

from stream.runtime.kafka.reachability import BrokerUnreachableError
from tests.bench.__main__ import positive
from tests.faults.operator import OperatorError
from tests.faults.peer import PeerResult, run_peer
from tests.faults.plan import Plan
from tests.faults.run import Result, RunError, run
from tests.kafka.broker import KafkaStartError
from tests.kafka.jars import KafkaUnavailableError
from tests.stoppable import stoppable

LIMIT_SECONDS: Final = 900.0
"""How long a run may take; it is given up then."""

_QUICK: Final = {"events": 40_000, "faults": 20, "seconds": 80.0}
_LINES: Final = 40
_FAILURES: Final = (
    RunError,
    OperatorError,
    KafkaUnavailableError,
    KafkaStartError,
    KafkaError,
    BrokerUnreachableError,
    OSError,
)


def main() -> int:
    """Run the suite; return the exit status."""
    arguments = _arguments()
    # That a broker is gone is worth many warnings to aiokafka; it tries again.
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    began = time.monotonic()

    def say(what: str) -> None:
        print(f"{time.monotonic() - began:6.1f} s  {what}", flush=True)

    seed = random.SystemRandom().randrange(1_000_000) if arguments.seed is None else arguments.seed
    try:
        # Nothing happens to a machine or a topic of plain Faust's, so that both can be compared.
        plan = Plan(
            seed, arguments.events, arguments.faults, arguments.seconds, arguments.store, accidents=not arguments.peer
        )
    except ValueError as error:
        print(f"the failure suite cannot run: {error}", file=sys.stderr)
        return 2
    folder = Path(tempfile.mkdtemp(prefix="deskpulse-faults-"))
    say(f"seed {seed}: {plan.events:,} events and {plan.faults} faults in {plan.seconds:g} s")
    try:
        if arguments.peer:
            return _compared(
                plan,
                asyncio.run(stoppable(run_peer(plan, folder, say), LIMIT_SECONDS)),
                folder,
                time.monotonic() - began,
            )
        result = asyncio.run(stoppable(run(plan, folder, say), LIMIT_SECONDS))
    # Before the others, for it is an OSError too.
    except* TimeoutError:
        print(f"the failure suite took more than {LIMIT_SECONDS:g} s, see the last line above", file=sys.stderr)
    except* _FAILURES as failed:
        for failure in failed.exceptions:
            print(f"the failure suite did not come to a verdict: {failure}", file=sys.stderr)
    except* (KeyboardInterrupt, asyncio.CancelledError):
        print("interrupted", file=sys.stderr)
    else:
        return _concluded(plan, result, folder, time.monotonic() - began)
    print(f"the logs are in {folder}", file=sys.stderr, flush=True)
    print(orjson.dumps({"verdict": None, "seed": seed, "seconds": round(time.monotonic() - began, 1)}).decode())
    return 1


def _concluded(plan: Plan, result: Result, folder: Path, seconds: float) -> int:
    lines = result.verdict.lines
    for line in lines[:_LINES]:
        print(f"WRONG: {line}")
    if len(lines) > _LINES:
        print(f"and {len(lines) - _LINES} more")
    if lines:
        print(f"the logs are in {folder}")
    else:
        shutil.rmtree(folder, ignore_errors=True)
    answer = {
        "faults": result.faults,
        "events": result.events,
        "lost": result.verdict.lost,
        "doubled": result.verdict.doubled,
        "lost_of": result.verdict.lost_of,
        "doubled_of": result.verdict.doubled_of,
        "dead_letters_missing": result.dead_letters_missing,
        "breaches_lost": result.sla.breaches_lost,
        "breaches_doubled": result.sla.breaches_doubled,
        "seconds": round(seconds, 1),
        "seed": plan.seed,
        "store": plan.store,
        "kinds": result.kinds,
        "wrong": len(lines),
        "breaches": result.sla.breaches,
        "retracted": result.sla.retracted,
        "worker_failures": result.worker_failures,
        "stuck_workers": result.stuck_workers,
        "copies_made_anew": result.copies_made_anew,
    }
    sys.stdout.flush()
    print(orjson.dumps(answer).decode(), flush=True)
    return 1 if lines else 0


def _compared(plan: Plan, result: PeerResult, folder: Path, seconds: float) -> int:
    shutil.rmtree(folder, ignore_errors=True)
    answer = {"peer": "plain Faust", "seed": plan.seed, "seconds": round(seconds, 1), **dataclasses.asdict(result)}
    print(orjson.dumps(answer).decode(), flush=True)
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.faults", description="Let workers and brokers fail under load, and check the numbers."
    )
    plan = Plan(0)
    parser.add_argument("--seed", type=int, help="draws the log and the faults; by default another one each time")
    parser.add_argument("--events", type=positive, help=f"how many events to publish, by default {plan.events:,}")
    parser.add_argument("--faults", type=positive, help=f"how many faults, by default {plan.faults}")
    parser.add_argument("--seconds", type=float, help=f"over how many seconds, by default {plan.seconds:g}")
    parser.add_argument(
        "--store",
        choices=("mixed", "memory", "rocksdb"),
        default=plan.store,
        help="where the state is, by default with every other worker on disk",
    )
    parser.add_argument("--quick", action="store_true", help="a small run of less than three minutes")
    parser.add_argument("--peer", action="store_true", help="the same faults for plain Faust, for comparison")
    arguments = parser.parse_args()
    defaults = {"events": plan.events, "faults": plan.faults, "seconds": plan.seconds} | (
        _QUICK if arguments.quick else {}
    )
    for name, default in defaults.items():
        if getattr(arguments, name) is None:
            setattr(arguments, name, default)
    return arguments


if __name__ == "__main__":
    status = main()
    sys.stdout.flush()
    sys.stderr.flush()
    # As in the benchmark: the database's bindings write to the terminal when the interpreter ends.
    os._exit(status)
