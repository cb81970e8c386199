"""What frozen logs come to, so that nobody changes what an event contributes without raising the kind's version.

``python -m tests.contributions`` records it in ``tests/data/contributions.toml``, with ``--check`` it says whether that
is as recorded. A checkpoint that was written under another version is worked out anew; under the same one it is gone on
from, and would mix old contributions with new ones. A measure or stock that was not there before, or had other labels,
needs no new version. Neither does another log, a file of events in ``tests/data/golden``; those that are there never
change.
"""

from __future__ import annotations

import gzip
import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any, Final, NamedTuple

import orjson
from xxhash import xxh3_64_hexdigest

from stream.desks.kinds import KINDS
from stream.metrics.view import WINDOW_NAMES, WorkerView
from stream.sentiment.labelled import Columns, labelled_in
from stream.sentiment.training import trained
from stream.settings.settings import new_settings
from stream.state.measure import Contributed, Measure
from stream.state.stock import Stock
from stream.state.totals import WindowTotals
from stream.windows.sliding import WINDOWS
from tests.kinds.core_run import CoreRun

DATA: Final = Path(__file__).parent / "data"
LOGS: Final = DATA / "golden"
RECORDED: Final = DATA / "contributions.toml"
COMMAND: Final = "python -m tests.contributions"
NOTHING: Final = "nothing"
"""The digest of a measure that a log says nothing of."""

_SHIFTS: Final = ["09:00-17:00"]
_SETTINGS: Final = {
    "clock": {"mode": "event"},
    "calendar": {"time_zone": "Europe/Berlin", "monday": _SHIFTS, "tuesday": _SHIFTS, "thursday": _SHIFTS},
    "tickets": {"complaint_categories": ["billing"]},
}
_HEAD: Final = (
    f"# What the logs in tests/data/{LOGS.name} come to, by kind and measure. Written by `{COMMAND}`; do not edit.\n"
)


class Recorded(NamedTuple):
    """A kind's version of contributions, and digests of what each measure or stock with its labels came to, by log."""

    version: int
    digests: dict[str, str]


def records_of(log: Path) -> dict[str, list[str]]:
    """A log's records of each kind that it has any of."""
    names = {str(event.__struct_config__.tag): kind.name for kind in KINDS for event in kind.events}
    content = log.read_bytes()
    records: dict[str, list[str]] = {}
    for line in (gzip.decompress(content) if log.suffix == ".gz" else content).decode().splitlines():
        records.setdefault(names[orjson.loads(line)["type"]], []).append(line)
    return records


def worked_out() -> dict[str, Recorded]:
    """What the frozen logs come to now, by kind."""
    found = {kind.name: Recorded(kind.contributions, {}) for kind in KINDS}
    for log in sorted(LOGS.iterdir()):
        run = _new_run()
        for name, values in records_of(log).items():
            run.take(name, values)
        view = run.view()
        windows = {name: view.window(name) for name in WINDOW_NAMES}
        for kind in KINDS:
            digests = {_key(measure): _digest(measure, windows) for measure in kind.measures}
            digests |= {_key(stock): _digest_of_stock(stock, view) for stock in kind.stocks}
            found[kind.name].digests.update({f"{key} in {log.name}": digest for key, digest in digests.items()})
    return found


def recorded() -> dict[str, Recorded]:
    """What was recorded, by kind."""
    content = tomllib.loads(RECORDED.read_text("utf-8")) if RECORDED.is_file() else {}
    return {name: Recorded(kind["version"], kind["digests"]) for name, kind in content.items()}


def problems(before: Mapping[str, Recorded], now: Mapping[str, Recorded]) -> Iterator[str]:
    """For each kind of which something contributes otherwise under the same version, what to do."""
    for name, kind in now.items():
        old = before.get(name)
        if old is None or old.version != kind.version:
            continue
        changed = [key for key, digest in kind.digests.items() if old.digests.get(key, digest) != digest]
        if changed:
            yield (
                f"{name}: {', '.join(changed)} came to something else, but `contributions` is still {kind.version}:"
                f" raise it in stream/desks/{name}/definition.py and run `{COMMAND}`"
            )


def written(kinds: Mapping[str, Recorded]) -> str:
    """The text of the file."""
    tables = [
        f"\n[{name}]\nversion = {kind.version}\n\n[{name}.digests]\n"
        + "".join(f'"{key}" = "{digest}"\n' for key, digest in sorted(kind.digests.items()))
        for name, kind in kinds.items()
    ]
    return _HEAD + "".join(tables)


def main(arguments: Sequence[str]) -> int:
    """Record or check; the exit status."""
    now = worked_out()
    found = list(problems(recorded(), now))
    for problem in found:
        sys.stderr.write(f"{problem}\n")
    if found:
        return 1
    text = written(now)
    if "--check" not in arguments:
        RECORDED.write_text(text, "utf-8")
    elif not RECORDED.is_file() or RECORDED.read_text("utf-8") != text:
        sys.stderr.write(f"{RECORDED.name} is stale: run `{COMMAND}`\n")
        return 1
    return 0


def _new_run() -> CoreRun:
    """A run with a model of sentiment, trained with the texts made up for the tests."""
    with NamedTemporaryFile(suffix=".model") as file:
        file.write(_model())
        file.flush()
        return CoreRun(new_settings(**_SETTINGS, sentiment={"model": file.name, "survey_comments": True}), {})


@cache
def _model() -> bytes:
    with (DATA / "mentions_english.csv").open(encoding="utf-8", newline="") as lines:
        return trained(labelled_in(lines, Columns()).messages, seed=1).content


def _key(contributed: Contributed) -> str:
    return f"{contributed.name}({', '.join(contributed.labels)})"


def _digest(measure: Measure, windows: Mapping[str, WindowTotals]) -> str:
    found = {
        name: sorted(
            (values, total.count, total.sum, sorted(total.buckets.items()))
            for values, total in totals.get(measure.name, {}).items()
        )
        for name, totals in windows.items()
    }
    return _digest_of(found)


def _digest_of_stock(stock: Stock, view: WorkerView) -> str:
    found: dict[str, list[Any]] = {"now": sorted(view.levels().get(stock.name, {}).items())}
    # Of a stock that is windowed only the level is told.
    for shape in () if stock.windowed else WINDOWS:
        totals = view.stocks(shape.name).totals.get(stock.name, {})
        found[shape.name] = sorted(
            (values, total.before, total.integral) for values, total in totals.items() if total.before or total.integral
        )
    return _digest_of(found)


def _digest_of(found: Mapping[str, Sequence[Any]]) -> str:
    if not any(found.values()):
        return NOTHING
    return xxh3_64_hexdigest(orjson.dumps(found, option=orjson.OPT_SORT_KEYS))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
