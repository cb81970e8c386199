"""What the events of SLA clocks come to, and what they should have come to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import msgspec

from schemas.events import SlaEvent, SlaRetracted
from tests.oracle import DEFAULT_POLICIES, compute_sla

_BREACH: Final = "/breach/"
_decode = msgspec.json.Decoder(SlaEvent).decode


@dataclass(slots=True)
class SlaVerdict:
    """``breaches_lost`` should have been announced and were not, ``breaches_doubled`` were and should not have been.

    ``retracted`` is how many events took another one back, ``breaches`` how many breaches there are.
    """

    breaches: int = 0
    breaches_lost: int = 0
    breaches_doubled: int = 0
    retracted: int = 0
    lines: list[str] = field(default_factory=list)


def standing(values: Iterable[bytes]) -> tuple[set[str], int]:
    """The ids that stand after the records of one partition, in their order, and how many retractions there were.

    The last mention of an id counts: what comes again after a crash is the end of what was written, in its order.
    """
    found: set[str] = set()
    retracted = 0
    for value in values:
        event = _decode(value)
        if isinstance(event, SlaRetracted):
            found.discard(event.data.retracts)
            retracted += 1
        else:
            found.add(event.id)
    return found, retracted


def judge_sla_events(tickets: Mapping[int, Sequence[bytes]], published: Mapping[int, Sequence[bytes]]) -> SlaVerdict:
    """Hold what was published under the default policies against the oracle, partition by partition.

    With the event clock a partition's deadlines pass with its own events, so each of them has a time of its own.
    """
    verdict = SlaVerdict()
    for number in sorted({*tickets, *published}):
        expected = {one.id for one in compute_sla(tickets.get(number, ()), DEFAULT_POLICIES).transitions}
        found, retracted = standing(published.get(number, ()))
        lost, doubled = expected - found, found - expected
        verdict.retracted += retracted
        verdict.breaches += sum(_BREACH in one for one in expected)
        verdict.breaches_lost += sum(_BREACH in one for one in lost)
        verdict.breaches_doubled += sum(_BREACH in one for one in doubled)
        verdict.lines += [f"helpdesk.sla[{number}] lacks {one}" for one in sorted(lost)]
        verdict.lines += [f"helpdesk.sla[{number}] has {one}" for one in sorted(doubled)]
    return verdict
