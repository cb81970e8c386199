"""``python -m tests.fuzz --seed N --inputs M``: feeds hostile inputs to all that takes some, and reports what broke."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence

from tests.fuzz.run import TARGETS, fuzz

_SHOWN = 20


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the fuzzer; the exit status is 1 if something was found."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--seed", type=int, default=1, help="the same seed makes the same inputs")
    parser.add_argument("--inputs", type=int, default=100_000, help="how many inputs")
    parser.add_argument("--only", choices=[target.name for target in TARGETS], help="feed only this target")
    parser.add_argument("--seconds", type=float, default=3_600, help="end after so long, with fewer inputs")
    options = parser.parse_args(arguments)
    started = time.monotonic()
    report = fuzz(options.seed, options.inputs, only=options.only, until=started + options.seconds)
    for finding in report.findings[:_SHOWN]:
        sys.stdout.write("\n".join(finding.lines()) + "\n")
    seconds = time.monotonic() - started
    for name, (inputs, spent) in report.spent.items():
        sys.stdout.write(f"{name}: {inputs} inputs in {spent:.1f} s, {inputs / max(spent, 1e-9):.0f} inputs/s\n")
    summary = {
        "seed": options.seed,
        "inputs": report.inputs,
        "findings": len(report.findings),
        "seconds": round(seconds, 1),
        "inputs_per_second": round(report.inputs / max(seconds, 1e-9)),
    }
    sys.stdout.write(json.dumps(summary) + "\n")
    return 1 if report.findings else 0


if __name__ == "__main__":
    sys.exit(main())
