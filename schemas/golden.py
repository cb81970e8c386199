"""The golden examples: one believable event of each type, with every field and with as few as make sense.

They are written once and then never change: a test decodes them, so that what a sender has built on a version
of an event goes on being read.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any, Final

import msgspec

from schemas.agent_examples import FULL_AGENTS, MINIMAL_AGENTS
from schemas.call_examples import FULL_CALLS, MINIMAL_CALLS
from schemas.customer_examples import FULL_CUSTOMERS, MINIMAL_CUSTOMERS
from schemas.events import (
    Envelope,
    SlaActivated,
    SlaAtRisk,
    SlaBreached,
    SlaCancelled,
    SlaClockData,
    SlaFulfilled,
    SlaPaused,
    SlaResumed,
    SlaRetracted,
    SlaRetractedData,
    SurveyResponded,
    SurveyRespondedData,
    SurveySent,
    SurveySentData,
    TicketAbandoned,
    TicketAbandonedData,
    TicketDeleted,
    TicketDeletedData,
    TicketEscalated,
    TicketEscalatedData,
    TicketHandedOff,
    TicketHandedOffData,
    TicketMerged,
    TicketMergedData,
    TicketOpened,
    TicketOpenedData,
    TicketReopened,
    TicketReopenedData,
    TicketReplied,
    TicketRepliedData,
    TicketResolved,
    TicketResolvedData,
    TicketRestored,
    TicketRestoredData,
    TicketStatusChanged,
    TicketStatusChangedData,
    TicketUpdated,
    TicketUpdatedData,
)
from schemas.example_envelopes import Attributes, Few, at, few, full
from schemas.mention_examples import FULL_MENTIONS, MINIMAL_MENTIONS
from schemas.review_examples import FULL_REVIEWS, MINIMAL_REVIEWS

_SURVEY_SOURCE: Final = "https://help.example.com/surveys"
_SLA_SOURCE: Final = "deskpulse/support"
_LOCAL: Final = timezone(timedelta(hours=1))


def _microseconds(time: datetime) -> int:
    return (time - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def _full_sla(kind: str, time: datetime, suffix: str = "") -> Attributes:
    return {
        "id": f"48213/agent_work/2/{kind}/{_microseconds(time)}{suffix}",
        "source": _SLA_SOURCE,
        "subject": "48213",
        "time": time,
        "recordedtime": time + timedelta(milliseconds=840),
    }


def _few_sla(kind: str, time: datetime, suffix: str = "") -> Few:
    identifier = f"50001/first_reply/1/{kind}/{_microseconds(time)}{suffix}"
    return {"id": identifier, "source": _SLA_SOURCE, "subject": "50001", "time": time}


def _clock(elapsed: float, due: datetime | None, *, breached: bool = False) -> SlaClockData:
    return SlaClockData(
        sla="agent_work",
        number=2,
        policy="premium",
        target_seconds=14_400,
        elapsed_seconds=elapsed,
        due=due,
        breached=breached,
        channel="email",
        priority="high",
        category="complaint",
        team="billing",
        customer_tier="gold",
    )


def _small_clock(elapsed: float = 0) -> SlaClockData:
    return SlaClockData(sla="first_reply", number=1, policy="default", target_seconds=120, elapsed_seconds=elapsed)


FULL: Final[tuple[Envelope, ...]] = (
    TicketOpened(
        specversion="1.0",
        **full(70411, "48213", at(2, 10, 14, 7, _LOCAL)),
        data=TicketOpenedData(
            channel="email",
            priority="high",
            category="complaint",
            team="billing",
            customer_tier="gold",
            assignee="agent-17",
            requester="customer-9302",
            status="open",
            actor="customer",
            visibility="public",
        ),
    ),
    TicketReplied(
        specversion="1.0",
        **full(70438, "48213", at(2, 9, 51, 30)),
        data=TicketRepliedData(actor="agent", visibility="public", author="agent-17"),
    ),
    TicketHandedOff(
        specversion="1.0",
        **full(70502, "48219", at(2, 11, 3, 12)),
        data=TicketHandedOffData(team="first-line"),
    ),
    TicketStatusChanged(
        specversion="1.0",
        **full(70439, "48213", at(2, 9, 51, 31)),
        data=TicketStatusChangedData(status="pending", actor="agent"),
    ),
    TicketResolved(
        specversion="1.0",
        **full(71120, "48213", at(3, 8, 20, 44)),
        data=TicketResolvedData(actor="agent"),
    ),
    TicketReopened(
        specversion="1.0",
        **full(71388, "48213", at(3, 13, 2, 9)),
        data=TicketReopenedData(actor="customer"),
    ),
    TicketUpdated(
        specversion="1.0",
        **full(70447, "48213", at(2, 9, 58, 2)),
        data=TicketUpdatedData(
            channel="email", priority="urgent", category="refund", team="billing", customer_tier=None, assignee=None
        ),
    ),
    TicketMerged(
        specversion="1.0",
        **full(70663, "48224", at(2, 14, 40, 55)),
        data=TicketMergedData(into="48213"),
    ),
    TicketEscalated(
        specversion="1.0",
        **full(71401, "48213", at(3, 13, 30, 0)),
        data=TicketEscalatedData(level="management", reason="Charged twice, second complaint this month"),
    ),
    TicketAbandoned(
        specversion="1.0",
        **full(70588, "48221", at(2, 12, 17, 38)),
        data=TicketAbandonedData(reason="Left the chat before an agent answered"),
    ),
    TicketDeleted(
        specversion="1.0",
        **full(70702, "48230", at(2, 15, 2, 0)),
        data=TicketDeletedData(reason="spam"),
    ),
    TicketRestored(
        specversion="1.0",
        **full(70703, "48230", at(2, 15, 2, 0)),
        data=TicketRestoredData(),
    ),
    SurveySent(
        specversion="1.0",
        **full(71130, "s-5507", at(3, 9, 20, 44), _SURVEY_SOURCE),
        data=SurveySentData(survey="csat", ticket="48213", channel="email", team="billing"),
    ),
    SurveyResponded(
        specversion="1.0",
        **full(71266, "s-5507", at(3, 11, 46, 18), _SURVEY_SOURCE),
        data=SurveyRespondedData(
            survey="csat",
            scale="1-5",
            score=4,
            comment="Danke, schnell gelöst 👍",
            ticket="48213",
            channel="email",
            team="billing",
        ),
    ),
    *FULL_CALLS,
    *FULL_AGENTS,
    *FULL_MENTIONS,
    *FULL_CUSTOMERS,
    *FULL_REVIEWS,
    SlaActivated(specversion="1.0", **_full_sla("activate", at(3, 13, 2, 9)), data=_clock(0, at(3, 17, 2, 9))),
    SlaPaused(specversion="1.0", **_full_sla("pause", at(3, 14, 2, 9)), data=_clock(3_600, None)),
    SlaResumed(specversion="1.0", **_full_sla("resume", at(3, 15, 2, 9)), data=_clock(3_600, at(3, 18, 2, 9))),
    SlaAtRisk(specversion="1.0", **_full_sla("at_risk", at(3, 17, 2, 9)), data=_clock(10_800, at(3, 18, 2, 9))),
    SlaBreached(
        specversion="1.0", **_full_sla("breach", at(3, 18, 2, 9)), data=_clock(14_400, at(3, 18, 2, 9), breached=True)
    ),
    SlaFulfilled(specversion="1.0", **_full_sla("fulfil", at(3, 19, 2, 9)), data=_clock(18_000, None, breached=True)),
    SlaCancelled(
        specversion="1.0",
        **_full_sla("cancel", at(3, 19, 2, 9)),
        data=msgspec.structs.replace(_clock(18_000, None, breached=True), reason="abandoned"),
    ),
    SlaRetracted(
        specversion="1.0",
        **_full_sla("breach", at(3, 18, 2, 9), "/retracted"),
        data=SlaRetractedData(retracts="48213/agent_work/2/breach/1772560929000000"),
    ),
)

MINIMAL: Final[tuple[Envelope, ...]] = (
    TicketOpened(specversion="1.0", **few(80001, "50001", at(5, 7, 45, 0)), data=TicketOpenedData()),
    TicketReplied(specversion="1.0", **few(80002, "50001", at(5, 8, 2, 11)), data=TicketRepliedData(actor="agent")),
    TicketHandedOff(specversion="1.0", **few(80003, "50002", at(5, 8, 5, 40))),
    TicketStatusChanged(
        specversion="1.0", **few(80004, "50001", at(5, 8, 2, 12)), data=TicketStatusChangedData(status="pending")
    ),
    TicketResolved(specversion="1.0", **few(80005, "50001", at(5, 9, 30, 0))),
    TicketReopened(specversion="1.0", **few(80006, "50001", at(5, 10, 12, 27))),
    TicketUpdated(specversion="1.0", **few(80007, "50001", at(5, 8, 3, 5)), data=TicketUpdatedData(priority="low")),
    TicketMerged(specversion="1.0", **few(80008, "50003", at(5, 8, 40, 19)), data=TicketMergedData(into="50001")),
    TicketEscalated(specversion="1.0", **few(80009, "50001", at(5, 10, 30, 0))),
    TicketAbandoned(specversion="1.0", **few(80010, "50002", at(5, 8, 9, 33))),
    TicketDeleted(specversion="1.0", **few(80013, "50004", at(5, 8, 50, 0))),
    TicketRestored(specversion="1.0", **few(80014, "50004", at(5, 8, 51, 12))),
    SurveySent(
        specversion="1.0", **few(80011, "s-6001", at(5, 10, 0, 0), _SURVEY_SOURCE), data=SurveySentData(survey="nps")
    ),
    SurveyResponded(
        specversion="1.0",
        **few(80012, "s-6001", at(5, 10, 21, 54), _SURVEY_SOURCE),
        data=SurveyRespondedData(survey="nps", scale="0-10", score=9),
    ),
    *MINIMAL_CALLS,
    *MINIMAL_AGENTS,
    *MINIMAL_MENTIONS,
    *MINIMAL_CUSTOMERS,
    *MINIMAL_REVIEWS,
    SlaActivated(specversion="1.0", **_few_sla("activate", at(5, 7, 45, 0)), data=_small_clock()),
    SlaPaused(specversion="1.0", **_few_sla("pause", at(5, 7, 45, 0)), data=_small_clock()),
    SlaResumed(specversion="1.0", **_few_sla("resume", at(5, 7, 46, 0)), data=_small_clock()),
    SlaAtRisk(specversion="1.0", **_few_sla("at_risk", at(5, 7, 47, 30)), data=_small_clock(90)),
    SlaBreached(specversion="1.0", **_few_sla("breach", at(5, 7, 48, 0)), data=_small_clock(120)),
    SlaFulfilled(specversion="1.0", **_few_sla("fulfil", at(5, 7, 46, 30)), data=_small_clock(30)),
    SlaCancelled(specversion="1.0", **_few_sla("cancel", at(5, 7, 46, 30)), data=_small_clock(30)),
    SlaRetracted(
        specversion="1.0",
        **_few_sla("breach", at(5, 7, 48, 0), "/retracted"),
        data=SlaRetractedData(retracts="50001/first_reply/1/breach/1772696880000000"),
    ),
)


def examples_of(event: type[Envelope]) -> dict[str, dict[str, Any]]:
    """The examples of a type by name, ``full`` and ``minimal``, as JSON values.

    Raises ``StopIteration`` if a type has none.
    """
    full = next(example for example in FULL if type(example) is event)
    minimal = next(example for example in MINIMAL if type(example) is event)
    return {"full": msgspec.to_builtins(full), "minimal": _without_defaults(minimal)}


def _without_defaults(struct: msgspec.Struct) -> dict[str, Any]:
    """What a sender would write who leaves out all that may be left out."""
    written: dict[str, Any] = {}
    values = msgspec.to_builtins(struct)
    if (tag_field := struct.__struct_config__.tag_field) is not None:
        written[tag_field] = values[tag_field]
    for field in msgspec.structs.fields(struct):
        value = getattr(struct, field.name)
        if not field.required and value == field.default:
            continue
        written[field.name] = _without_defaults(value) if isinstance(value, msgspec.Struct) else values[field.name]
    return written
