"""The SLA clocks of a ticket as JSON."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from stream.desks.tickets.attributes import Attributes
from stream.desks.tickets.sla.explanation import ClockReading, tried_policies
from stream.desks.tickets.sla.policy import Policies
from stream.windows.moments import to_seconds, to_text


def explained(
    ticket: str, attributes: Attributes, policies: Policies, readings: Iterable[ClockReading], now: int
) -> dict[str, Any]:
    """What ``deskpulse sla explain`` shows; moments in RFC 3339, spans in seconds."""
    return {
        "ticket": ticket,
        "now": to_text(now),
        "attributes": attributes._asdict(),
        "policies": [
            {"policy": trial.policy, "failing": trial.failing, "found": trial.found, "wanted": list(trial.wanted)}
            for trial in tried_policies(policies, attributes)
        ],
        "clocks": [_clock(reading) for reading in readings],
    }


def _clock(reading: ClockReading) -> dict[str, Any]:
    return {
        "sla": reading.sla,
        "number": reading.number,
        "state": reading.state,
        "policy": reading.policy,
        "target_seconds": to_seconds(reading.target),
        "elapsed_seconds": to_seconds(reading.elapsed),
        "due": _moment(reading.due),
        "breached_at": _moment(reading.breached_at),
        "begun": to_text(reading.begun),
        "ended": _moment(reading.ended),
        "reason": reading.reason,
        "stretches": [
            {
                "start": to_text(stretch.start),
                "end": to_text(stretch.end),
                "running": stretch.running,
                "counted_seconds": to_seconds(stretch.counted),
                "ended_by": stretch.ended_by,
            }
            for stretch in reading.stretches
        ],
    }


def _moment(moment: int | None) -> str | None:
    return None if moment is None else to_text(moment)
