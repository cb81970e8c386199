"""What the events of SLA clocks come to, and what they should have come to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Final

import msgspec

from schemas.events import SlaEvent, SlaRetracted
from stream.runtime.kafka.placement import partition_of
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


def in_order(published: Mapping[int, Sequence[bytes]], partitions: Sequence[int]) -> Iterator[bytes]:
    """The records of all partitions, those of each ticket in the order in which they were written.

    ``partitions`` is how many there were, one after the other. A ticket is in one at a time, and at most twice in all:
    what lies where it was first comes before what lies where it is now. Raises ``ValueError`` if one is elsewhere.
    """
    places: dict[str, list[int]] = {}
    ranked = []
    for number, values in published.items():
        for value in values:
            subject = _decode(value).subject
            if subject not in places:
                places[subject] = [partition_of(subject.encode(), count) for count in partitions]
            if number not in places[subject]:
                raise ValueError(f"helpdesk.sla[{number}] has an event of {subject}, which never was there")
            ranked.append((places[subject].index(number), value))
    return (value for _, value in sorted(ranked, key=itemgetter(0)))


def standing(values: Iterable[bytes]) -> tuple[set[str], int]:
    """The ids that stand after records in the order in which they were written, and how many retractions there were.

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


def judge_sla_events(tickets: Iterable[bytes], published: Iterable[bytes]) -> SlaVerdict:
    """Hold what was published under the default policies, each ticket's in its order, against the oracle.

    With the event clock a partition's deadlines pass with its own events, so all must have come to the same time.
    """
    expected = {one.id for one in compute_sla(tickets, DEFAULT_POLICIES).transitions}
    found, retracted = standing(published)
    lost, doubled = expected - found, found - expected
    return SlaVerdict(
        breaches=sum(_BREACH in one for one in expected),
        breaches_lost=sum(_BREACH in one for one in lost),
        breaches_doubled=sum(_BREACH in one for one in doubled),
        retracted=retracted,
        lines=[f"helpdesk.sla lacks {one}" for one in sorted(lost)]
        + [f"helpdesk.sla has {one}" for one in sorted(doubled)],
    )
