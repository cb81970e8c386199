"""Histories of tickets and surveys: believable ones, and such as only a broken integration sends.

Times come from a small set, so that events of the same time, reopenings and answers before questions are
frequent, and they lie on both sides of the borders of panes, windows and days. Data come from pools, the plainest
first, so that a failing history shrinks to plain words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, TypeVar, get_type_hints

import msgspec
from hypothesis import strategies as st

from schemas.events import (
    EVENTS_BY_TOPIC,
    Envelope,
    SurveyResponded,
    SurveyRespondedData,
    SurveySentData,
    TicketAbandonedData,
    TicketDeletedData,
    TicketEscalatedData,
    TicketHandedOffData,
    TicketMergedData,
    TicketOpenedData,
    TicketReopenedData,
    TicketRepliedData,
    TicketResolved,
    TicketResolvedData,
    TicketRestoredData,
    TicketStatusChangedData,
    TicketUpdatedData,
)
from stream.windows.clock import STEP
from stream.windows.moments import MICROSECONDS

Item = TypeVar("Item")

START: Final = datetime(2024, 3, 4, 12, tzinfo=UTC)

MINUTE: Final = 60
HOUR: Final = 3_600
DAY: Final = 86_400

_OFFSETS: Final = (
    *(0, 1, 2, 3, 4),
    *(30, MINUTE, 5 * MINUTE, 5 * MINUTE + 3),
    *(HOUR, HOUR + 30, 8 * HOUR, 11 * HOUR, 12 * HOUR),
    *(DAY, DAY + 900, 6 * DAY, 7 * DAY, 7 * DAY + HOUR),
    *(20 * DAY, 27 * DAY, 30 * DAY, 30 * DAY + HOUR, 31 * DAY, 45 * DAY),
)

_OPENINGS: Final = (
    TicketOpenedData(),
    TicketOpenedData(channel="email", priority="high", category="complaint", team="first", assignee="ann"),
    TicketOpenedData(channel="chat", status="open", actor="bot", category="billing", team="bots"),
    TicketOpenedData(status="pending", actor="agent", assignee="bob", priority="low", customer_tier="silver"),
    TicketOpenedData(status="hold", visibility="internal", category="Complaint"),
)
_CORE: Final = (
    TicketRepliedData(actor="agent", author="ann"),
    TicketRepliedData(actor="customer"),
    TicketResolvedData(),
    TicketReopenedData(),
    TicketReopenedData(actor="customer"),
    TicketStatusChangedData(status="open"),
    TicketStatusChangedData(status="pending"),
    TicketStatusChangedData(status="closed"),
)
_FURTHER: Final = (
    TicketRepliedData(actor="agent", author="bob"),
    TicketRepliedData(actor="agent"),
    TicketRepliedData(actor="agent", visibility="internal"),
    TicketRepliedData(actor="customer", visibility="internal"),
    TicketRepliedData(actor="bot"),
    TicketRepliedData(actor="automation"),
    TicketHandedOffData(),
    TicketHandedOffData(team="second"),
    TicketStatusChangedData(status="new", actor="customer"),
    TicketStatusChangedData(status="hold", actor="agent"),
    TicketStatusChangedData(status="solved", actor="agent"),
    TicketResolvedData(actor="bot"),
    TicketUpdatedData(channel="chat", priority=None),
    TicketUpdatedData(team="second", assignee="bob"),
    TicketUpdatedData(customer_tier="gold"),
    TicketUpdatedData(priority="urgent"),
    TicketUpdatedData(category="COMPLAINT"),
    TicketUpdatedData(category=None, assignee=None),
    TicketUpdatedData(assignee="ann"),
    TicketUpdatedData(),
    TicketEscalatedData(),
    TicketAbandonedData(),
)
_SENT: Final = (
    SurveySentData(survey="csat"),
    SurveySentData(survey="csat", channel="email", team="first"),
    SurveySentData(survey="nps", channel="chat"),
    SurveySentData(survey="ces", team="second"),
)
_ANSWERS: Final = (
    SurveyRespondedData(survey="csat", scale="1-5", score=4),
    SurveyRespondedData(survey="csat", scale="1-5", score=1, comment="slow", ticket="T-1"),
    SurveyRespondedData(survey="csat", scale="good-bad", score=1, team="second"),
    SurveyRespondedData(survey="csat", scale="1-3", score=2),
    SurveyRespondedData(survey="csat", scale="0-10", score=8, channel="chat"),
    SurveyRespondedData(survey="nps", scale="0-10", score=10, comment="quick"),
    SurveyRespondedData(survey="nps", scale="0-10", score=7),
    SurveyRespondedData(survey="nps", scale="0-10", score=0, channel="email"),
    SurveyRespondedData(survey="ces", scale="1-5", score=2),
    SurveyRespondedData(survey="ces", scale="1-7", score=5),
)

_EVENTS_BY_DATA: Final[dict[type[msgspec.Struct], type[Envelope]]] = {
    get_type_hints(event)["data"]: event for events in EVENTS_BY_TOPIC.values() for event in events
}

INVALID_RECORDS: Final = (
    b"{",
    b"{}",
    b"\xff",
    b'{"specversion":"1.0","id":"x","source":"s","subject":"T-1","type":"helpdesk.ticket.exploded.v1","data":{}}',
    msgspec.json.encode(
        TicketResolved(specversion="1.0", id="y", source="s", subject="T-1", time=datetime(1989, 12, 31, tzinfo=UTC))
    ),
    msgspec.json.encode(
        SurveyResponded(
            specversion="1.0",
            id="z",
            source="s",
            subject="S-1",
            time=START,
            data=SurveyRespondedData(survey="nps", scale="1-5", score=5),
        )
    ),
)
"""Records that every desk rejects, whatever the wall clock says."""


def moment(seconds: float) -> datetime:
    """The moment that many seconds after the start of all histories."""
    return START + timedelta(seconds=seconds)


def _record(number: int, subject: str, offset: float, data: msgspec.Struct, sequence: str | None = None) -> bytes:
    event = _EVENTS_BY_DATA[type(data)]
    return msgspec.json.encode(
        msgspec.convert(
            {
                "specversion": "1.0",
                "id": f"{subject}-{number}",
                "source": "/helpdesk/property",
                "type": event.__struct_config__.tag,
                "subject": subject,
                "time": moment(offset),
                "sequence": sequence,
                "data": msgspec.to_builtins(data),
            },
            event,
        )
    )


_Plan = Sequence[tuple[str, float, msgspec.Struct]]

_SEQUENCES: Final = ("1", "2", "10", "\u00e9", "\U0001f4de", "\uffff")
"""Few, so that they repeat; as texts, 10 comes before 2, and code points are not in the order of UTF-16."""


@st.composite
def _records(draw: st.DrawFn, plan: _Plan) -> list[bytes]:
    some = draw(st.sampled_from((st.none(), st.none() | st.sampled_from(_SEQUENCES), st.sampled_from(_SEQUENCES))))
    return [_record(number, *parts, draw(some)) for number, parts in enumerate(plan)]


offsets: Final = st.sampled_from(_OFFSETS)


def turns_of(places: st.SearchStrategy[float]) -> st.SearchStrategy[list[float]]:
    """Where a clock turns to, one after the other. It never goes back by less than a step, for then the time stays."""
    return st.lists(places, min_size=1, max_size=5).map(_without_small_steps_back)


def _without_small_steps_back(turns: list[float]) -> list[float]:
    kept = turns[:1]
    for turn in turns[1:]:
        if not 0 < kept[-1] - turn <= STEP / MICROSECONDS:
            kept.append(turn)
    return kept


@st.composite
def ticket_logs(
    draw: st.DrawFn, *, subjects: Sequence[str] = ("T-1", "T-2", "T-3"), most: int = 18, merges: bool = True
) -> list[bytes]:
    """The distinct events of a few tickets, in no order. Most tickets are opened, some twice, some never."""
    plan: list[tuple[str, float, msgspec.Struct]] = [
        (subject, draw(offsets), draw(st.sampled_from(_OPENINGS)))
        for subject in subjects
        if draw(st.integers(0, 9)) < 9
    ]
    data: list[st.SearchStrategy[msgspec.Struct]] = [
        st.sampled_from(_CORE),
        st.sampled_from(_CORE),
        st.sampled_from(_FURTHER),
    ]
    steps = draw(st.lists(st.tuples(st.sampled_from(subjects), offsets, st.one_of(data)), min_size=1, max_size=most))
    plan.extend(steps)
    rare = draw(st.integers(0, 9))
    if rare >= 7 and merges:
        change = st.sampled_from((TicketDeletedData(), TicketRestoredData()))
        changes = st.tuples(st.sampled_from(subjects), offsets, change)
        plan.extend(draw(st.lists(changes, min_size=1, max_size=4)))
    if rare == 9 and merges:
        plan.append((draw(st.sampled_from(subjects)), draw(offsets), TicketMergedData(into="T-9")))
    if rare >= 8:
        plan.append((draw(st.sampled_from(subjects)), draw(offsets), draw(st.sampled_from(_OPENINGS))))
    return draw(_records(plan))


@st.composite
def survey_logs(
    draw: st.DrawFn, *, subjects: Sequence[str] = ("S-1", "S-2", "S-3"), least: int = 1, most: int = 8
) -> list[bytes]:
    """The distinct events of a few surveys, in no order."""
    data: list[st.SearchStrategy[msgspec.Struct]] = [st.sampled_from(_ANSWERS), st.sampled_from(_SENT)]
    steps = st.tuples(st.sampled_from(subjects), offsets, st.one_of(data))
    return draw(_records(draw(st.lists(steps, min_size=least, max_size=most))))


def merges_of(subjects: Sequence[str]) -> list[bytes]:
    """A merge of each of these tickets."""
    return [_record(1_000 + place, subject, 0, TicketMergedData(into="T-9")) for place, subject in enumerate(subjects)]


@dataclass(frozen=True, slots=True)
class Delivery:
    """Records as a broker hands them over: in batches."""

    batches: tuple[tuple[bytes, ...], ...]

    @property
    def records(self) -> list[bytes]:
        """All records in the order of their offsets."""
        return [value for batch in self.batches for value in batch]


@st.composite
def deliveries(draw: st.DrawFn, log: Sequence[bytes], *, extra: Sequence[bytes] = ()) -> Delivery:
    """The events of a log, each at least once, in any order and cut into any batches."""
    repeated = draw(st.lists(st.sampled_from(list(log)), max_size=4))
    values = draw(st.permutations([*log, *repeated, *extra]))
    return Delivery(tuple(tuple(batch) for batch in draw(cuts(values))))


@st.composite
def cuts(draw: st.DrawFn, items: Sequence[Item]) -> list[Sequence[Item]]:
    """A sequence cut into runs that are not empty."""
    borders = sorted(draw(st.sets(st.integers(1, max(1, len(items) - 1)), max_size=5)))
    starts = [0, *borders]
    ends = [*borders, len(items)]
    return [items[start:end] for start, end in zip(starts, ends, strict=True) if start < end]
