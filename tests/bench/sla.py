"""How long a turn of the SLA's timer takes, and how fast deadlines are worked out.

The turn is that of a partition with many running clocks, of which a few fall due in each turn, as in a busy
helpdesk: what is timed is all that the worker does for it but the append and the events' way to Kafka, which do not
hold its loop up. A deadline is worked out in the business calendar of a week with split and overnight shifts.
"""

from __future__ import annotations

import time
from random import Random
from statistics import median
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

import orjson

from stream.core import Core
from stream.desks.tickets.sla.settings import PolicySettings, SlaSettings, TargetSettings
from stream.runtime.garbage import relax_garbage_collection
from stream.runtime.kafka.changelog import ROW_BYTES
from stream.settings.settings import new_settings
from stream.state.partition import PartitionState
from stream.state.rows import MemoryRows
from stream.windows.business_calendar import BusinessCalendar, Shift
from stream.windows.clock import WallClock
from stream.windows.moments import DAY, HOUR, MICROSECONDS, MINUTE, to_text

CLOCKS: Final = 100_000

_TURNS: Final = 60
_DUE_IN_A_TURN: Final = 20
_DEADLINES: Final = 100_000
_RUN: Final = 500
_BEGIN: Final = 1_780_000_000 * MICROSECONDS


class SlaSpeed(NamedTuple):
    """``clocks`` that run, the median and the longest turn in milliseconds, and deadlines a second."""

    clocks: int = 0
    turn_milliseconds: float = 0.0
    longest_milliseconds: float = 0.0
    deadlines_per_second: float = 0.0


class _Record(NamedTuple):
    offset: int
    value: bytes


def measure_sla(clocks: int = CLOCKS) -> SlaSpeed:
    """Measure both."""
    relax_garbage_collection()
    turns = _timed_turns(clocks)
    return SlaSpeed(clocks, 1_000 * median(turns), 1_000 * max(turns), _deadlines_per_second())


def _timed_turns(clocks: int) -> list[float]:
    now = _BEGIN
    clock = WallClock(lambda: now * 1_000)
    target = TargetSettings(within="1d", at_risk="1h")
    policy = PolicySettings(name="day", targets={"first_reply": target})
    core = Core(new_settings(sla=SlaSettings(policies=(policy,))), clock=clock)
    state = core.new_state("tickets", MemoryRows())
    # So many that some come at risk, and some are breached, in each of the turns below.
    spacing = MICROSECONDS // _DUE_IN_A_TURN
    records = [_Record(number, _opening(number, _BEGIN - number * spacing)) for number in range(clocks)]
    for start in range(0, clocks, _RUN):
        outcome = state.take_in(records[start : start + _RUN], wall_now=now, row_bytes=ROW_BYTES)
        state.went_out(len(outcome.outgoing))
    turns = []
    now = _BEGIN + DAY - HOUR - clocks * spacing // 2
    _turn(state)
    for _ in range(_TURNS):
        now += MICROSECONDS
        began = time.perf_counter()
        _turn(state)
        turns.append(time.perf_counter() - began)
    return turns


def _turn(state: PartitionState) -> None:
    more = True
    while more:
        outcome = state.advance(caught_up=True)
        more = outcome.more
        state.went_out(len(outcome.outgoing))


def _opening(number: int, moment: int) -> bytes:
    return orjson.dumps(
        {
            "specversion": "1.0",
            "id": f"{number}",
            "source": "/bench/sla",
            "subject": f"ticket-{number}",
            "type": "helpdesk.ticket.opened.v1",
            "time": to_text(moment),
            "data": {"channel": "email", "priority": "normal", "team": f"team {number % 7}"},
        }
    )


def _deadlines_per_second() -> float:
    week = [(Shift(8 * 60, 12 * 60), Shift(13 * 60, 17 * 60 + 30))] * 4 + [(Shift(22 * 60, 30 * 60),), (), ()]
    calendar = BusinessCalendar(ZoneInfo("Europe/Berlin"), week)
    random = Random(1)
    questions = [(_BEGIN + random.randrange(365 * DAY), random.randrange(MINUTE, 20 * HOUR)) for _ in range(_DEADLINES)]
    for start, span in questions[:1_000]:
        calendar.after(start, span)
    began = time.perf_counter()
    for start, span in questions:
        calendar.after(start, span)
    return _DEADLINES / (time.perf_counter() - began)
