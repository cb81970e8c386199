"""The open clocks in a ticket's row: as much as the agenda needs to know without a replay."""

from __future__ import annotations

from collections.abc import Iterable
from struct import Struct
from typing import Final

from stream.desks.tickets.series import TicketSeries
from stream.desks.tickets.sla.agenda import ClockState, Place, place_of, state_of
from stream.desks.tickets.sla.clock import NEVER, SlaClock
from stream.desks.tickets.sla.policy import Terms

_CLOCK: Final = Struct(">BBQQ")
_STATES: Final = tuple(ClockState)
_CODES: Final = {state: code for code, state in enumerate(_STATES)}
_NO_DUE: Final = NEVER


def encode_clocks(clocks: Iterable[SlaClock]) -> bytes:
    """The open clocks of a ticket that have a target."""
    encoded = b""
    for clock in clocks:
        if clock.target is not None:
            due = clock.due
            encoded += _CLOCK.pack(clock.metric, _CODES[state_of(clock)], clock.alarm, _NO_DUE if due is None else due)
    return encoded


def decode_places(clocks: bytes, series: TicketSeries, terms: Terms, advanced_to: int) -> list[Place]:
    """The places of a row's clocks, the ticket being under ``terms``, once all before ``advanced_to`` has happened."""
    found = []
    for metric, code, alarm, stored_due in _CLOCK.iter_unpack(clocks):
        target = terms.targets[metric]
        if target is None or terms.policy is None:
            continue
        state = _STATES[code]
        due = None if stored_due == _NO_DUE else stored_due
        moment = alarm
        if state is ClockState.ACTIVE and moment < advanced_to and due is not None and moment < due:
            state, moment = ClockState.AT_RISK, due
        if moment < advanced_to:
            state, moment = ClockState.BREACHED, NEVER
        found.append(place_of(series, terms.policy, metric, target, state, moment, due))
    return found
