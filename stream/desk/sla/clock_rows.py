"""The open clocks in a ticket's row: as much as the agenda needs to know without a replay."""

from __future__ import annotations

from collections.abc import Iterable
from struct import Struct
from typing import Final

from stream.desk.sla.agenda import ClockState, Place, place_of
from stream.desk.sla.clock import NEVER
from stream.desk.sla.policy import Terms
from stream.desk.ticket_series import TicketSeries

_CLOCK: Final = Struct(">BBQQ")
_STATES: Final = tuple(ClockState)
_CODES: Final = {state: code for code, state in enumerate(_STATES)}
_NO_DUE: Final = NEVER


def encode_places(places: Iterable[Place]) -> bytes:
    """The open clocks that stand at these places."""
    return b"".join(
        _CLOCK.pack(key.metric, _CODES[key.state], moment, _NO_DUE if due is None else due)
        for key, _, moment, due in places
    )


def decode_places(clocks: bytes, series: TicketSeries, terms: Terms, served: int) -> list[Place]:
    """The places of a row's clocks, the ticket being under ``terms``, once all before ``served`` has happened."""
    found = []
    for metric, code, alarm, stored_due in _CLOCK.iter_unpack(clocks):
        target = terms.targets[metric]
        if target is None or terms.policy is None:
            continue
        state = _STATES[code]
        due = None if stored_due == _NO_DUE else stored_due
        moment = alarm
        if state is ClockState.ACTIVE and moment < served and due is not None and moment < due:
            state, moment = ClockState.AT_RISK, due
        if moment < served:
            state, moment = ClockState.BREACHED, NEVER
        found.append(place_of(series, terms.policy, metric, target, state, moment, due))
    return found
