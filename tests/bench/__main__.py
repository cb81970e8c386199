"""``python -m tests.bench``: measures deskpulse on this machine.

Needs Java and Maven, as all tests on a real Kafka do, and takes some three minutes. The last line of the output
is a JSON object. The exit status is 1 if results differ from what they must be, or if a measurement failed.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import sys
import time
from functools import partial
from typing import Final

from aiokafka.errors import KafkaError
from rich.console import Console

from stream.cli.snapshot import WorkerUnreachableError
from tests.bench.benchmark import Plan, measure_all, on_filled_topics
from tests.bench.changelog_stamps import StampError
from tests.bench.equality import ResultsDifferError
from tests.bench.processes import ProcessFailedError
from tests.bench.worker_profile import profile_worker
from tests.kafka.broker import KafkaStartError
from tests.kafka.jars import KafkaUnavailableError
from tests.stoppable import stoppable

_WIDTH: Final = 120
_FAILURES: Final = (
    ProcessFailedError,
    WorkerUnreachableError,
    StampError,
    KafkaStartError,
    KafkaUnavailableError,
    KafkaError,
)


def main() -> int:
    """Run the benchmark; return the exit status."""
    arguments = _arguments()
    console = Console(width=_WIDTH)
    # That a new topic has no leader yet is worth a warning to aiokafka; it tries again.
    logging.getLogger("aiokafka").setLevel(logging.ERROR)
    began = time.monotonic()

    def say(what: str) -> None:
        sys.stderr.write(f"{time.monotonic() - began:6.1f} s  {what}\n")

    plan = Plan(arguments.events, arguments.rounds, arguments.faust_seconds, arguments.delay_seconds)
    try:
        if arguments.profile:
            asyncio.run(stoppable(on_filled_topics(plan.events, say, partial(profile_worker, console))))
        else:
            results = asyncio.run(stoppable(measure_all(plan, say)))
            results.print_table(console)
            print(results.as_json())
    except ResultsDifferError as error:
        print(f"RESULTS DIFFER: {error}", file=sys.stderr)
    except _FAILURES as error:
        print(f"the benchmark failed: {error}", file=sys.stderr)
    except TimeoutError:
        print("the benchmark failed: something took too long, see the last line above", file=sys.stderr)
    except (KeyboardInterrupt, asyncio.CancelledError):
        print("interrupted", file=sys.stderr)
    else:
        return 0
    return 1


def _arguments() -> argparse.Namespace:
    defaults = Plan()
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="Measure deskpulse on this machine.")
    parser.add_argument("--events", type=positive, default=defaults.events, help="about how many events of history")
    parser.add_argument("--rounds", type=positive, default=defaults.rounds, help="runs of worker and raw loop, in turn")
    parser.add_argument("--faust-seconds", type=float, default=defaults.faust_seconds, help="time for plain Faust")
    parser.add_argument("--delay-seconds", type=float, default=defaults.delay_seconds, help="time of steady events")
    parser.add_argument("--profile", action="store_true", help="only show where the worker's time goes")
    return parser.parse_args()


def positive(text: str) -> int:
    """The number, at least 1, in an argument; raises ``ValueError``. Argparse names it in its complaint."""
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number


if __name__ == "__main__":
    status = main()
    sys.stdout.flush()
    sys.stderr.flush()
    # The interpreter's own end lets the database's bindings write to the terminal after the last line of the results.
    os._exit(status)
