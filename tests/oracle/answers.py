"""The oracle's computation: a log goes into tables, the snapshot that deskpulse should show comes out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from tests.oracle.kind import Rows
from tests.oracle.kinds import KINDS
from tests.oracle.moments import EPOCH, MICROSECOND, text_of
from tests.oracle.records import rows_of
from tests.oracle.settings import OracleSettings
from tests.oracle.sla import SlaAnswer, sla_of
from tests.oracle.sla_policies import Policies
from tests.oracle.windows import windows_at

DEFAULT_SETTINGS: Final = OracleSettings()


def compute(
    events: Iterable[bytes], *, now: datetime | None = None, settings: OracleSettings = DEFAULT_SETTINGS
) -> dict[str, Any]:
    """Return the snapshot, with the parts, that deskpulse should show after these events.

    ``events`` are raw JSON records of all topics, in any order and with repetitions; records that
    deskpulse would dead-letter without looking at a wall clock are ignored. ``now`` is the time at which
    the windows end; ``None`` stands for the event clock, the highest event time. With neither a ``now``
    nor a valid event the snapshot's ``now`` is ``None`` and nothing counts.

    Durations are in seconds. Quantiles are the exact nearest-rank values.

    Raises ``ValueError`` when ``now`` has no time zone.
    """
    if now is not None and now.tzinfo is None:
        message = f"now is {now.isoformat()}, expected a time with a zone"
        raise ValueError(message)
    rows = list(rows_of(events))
    newest = max((row["moment"] for row in rows), default=None)
    moment = newest if now is None else (now - EPOCH) // MICROSECOND
    by_kind: dict[str, Rows] = {kind.name: [row for row in rows if row["kind"] == kind.name] for kind in KINDS}
    answers = [kind.numbers(by_kind, settings.section(kind.settings_type), moment or 0) for kind in KINDS]
    return {
        "now": None if moment is None else text_of(moment),
        "clock": "event" if now is None else "wall",
        "state": _together(state for state, _ in answers),
        "windows": {
            window.name: _together(windows.get(window.name, {}) for _, windows in answers)
            for window in windows_at(moment or 0)
        },
    }


def compute_sla(events: Iterable[bytes], policies: Policies, now: int | None = None) -> SlaAnswer:
    """The answer about service levels for a log of raw records, in any order and with repetitions.

    ``now`` is in microseconds since the epoch; ``None`` stands for the highest event time. What a clock does by
    itself, to be at risk or to breach, it has done once ``now`` is later.
    """
    rows = list(rows_of(events))
    return sla_of(rows, policies, max((row["moment"] for row in rows), default=0) if now is None else now)


def _together(answers: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """The numbers of several kinds, with the parts of all of them."""
    found = list(answers)
    parts = {measure: of_measure for numbers in found for measure, of_measure in numbers.get("parts", {}).items()}
    return {name: number for numbers in found for name, number in numbers.items()} | {"parts": parts}
