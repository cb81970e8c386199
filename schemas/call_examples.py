"""The golden examples of the events of calls."""

from __future__ import annotations

from typing import Final

from schemas.call_events import (
    CallAbandoned,
    CallAbandonedData,
    CallAnswered,
    CallAnsweredData,
    CallBlocked,
    CallBlockedData,
    CallCallbackRequested,
    CallCallbackRequestedData,
    CallEnded,
    CallEndedData,
    CallEvicted,
    CallEvictedData,
    CallHeld,
    CallHeldData,
    CallQueued,
    CallQueuedData,
    CallResumed,
    CallResumedData,
    CallTransferred,
    CallTransferredData,
    CallWrappedUp,
    CallWrappedUpData,
)
from schemas.envelope import Envelope
from schemas.example_envelopes import at, few, full

_SOURCE: Final = "https://pbx.example.com/queues"

FULL_CALLS: Final[tuple[Envelope, ...]] = (
    CallQueued(
        specversion="1.0",
        **full(72001, "c-9041-1", at(4, 9, 0, 12), _SOURCE),
        data=CallQueuedData(contact="c-9041", queue="billing", channel="phone", team="first-line"),
    ),
    CallBlocked(
        specversion="1.0",
        **full(72019, "c-9050-1", at(4, 9, 6, 0), _SOURCE),
        data=CallBlockedData(
            contact="c-9050", queue="billing", channel="phone", team="first-line", reason="no line free"
        ),
    ),
    CallAnswered(
        specversion="1.0",
        **full(72003, "c-9041-1", at(4, 9, 0, 29), _SOURCE),
        data=CallAnsweredData(agent="agent-17"),
    ),
    CallAbandoned(specversion="1.0", **full(72011, "c-9044-1", at(4, 9, 3, 41), _SOURCE), data=CallAbandonedData()),
    CallEvicted(
        specversion="1.0",
        **full(72013, "c-9045-1", at(4, 9, 14, 2), _SOURCE),
        data=CallEvictedData(reason="longest wait reached"),
    ),
    CallCallbackRequested(
        specversion="1.0", **full(72014, "c-9046-1", at(4, 9, 4, 55), _SOURCE), data=CallCallbackRequestedData()
    ),
    CallHeld(specversion="1.0", **full(72004, "c-9041-1", at(4, 9, 2, 10), _SOURCE), data=CallHeldData()),
    CallResumed(specversion="1.0", **full(72005, "c-9041-1", at(4, 9, 3, 5), _SOURCE), data=CallResumedData()),
    CallTransferred(
        specversion="1.0",
        **full(72017, "c-9048-1", at(4, 9, 9, 20), _SOURCE),
        data=CallTransferredData(to="technical"),
    ),
    CallEnded(
        specversion="1.0", **full(72006, "c-9041-1", at(4, 9, 5, 48), _SOURCE), data=CallEndedData(by="customer")
    ),
    CallWrappedUp(specversion="1.0", **full(72007, "c-9041-1", at(4, 9, 6, 30), _SOURCE), data=CallWrappedUpData()),
)

MINIMAL_CALLS: Final[tuple[Envelope, ...]] = (
    CallQueued(specversion="1.0", **few(81001, "c-9101", at(6, 8, 0, 0), _SOURCE)),
    CallBlocked(specversion="1.0", **few(81002, "c-9102", at(6, 8, 0, 3), _SOURCE)),
    CallAnswered(specversion="1.0", **few(81003, "c-9101", at(6, 8, 0, 14), _SOURCE)),
    CallAbandoned(specversion="1.0", **few(81004, "c-9103", at(6, 8, 1, 9), _SOURCE)),
    CallEvicted(specversion="1.0", **few(81005, "c-9104", at(6, 8, 10, 0), _SOURCE)),
    CallCallbackRequested(specversion="1.0", **few(81006, "c-9105", at(6, 8, 2, 30), _SOURCE)),
    CallHeld(specversion="1.0", **few(81007, "c-9101", at(6, 8, 1, 20), _SOURCE)),
    CallResumed(specversion="1.0", **few(81008, "c-9101", at(6, 8, 1, 50), _SOURCE)),
    CallTransferred(specversion="1.0", **few(81009, "c-9106", at(6, 8, 4, 44), _SOURCE)),
    CallEnded(specversion="1.0", **few(81010, "c-9101", at(6, 8, 3, 31), _SOURCE)),
    CallWrappedUp(specversion="1.0", **few(81011, "c-9101", at(6, 8, 4, 0), _SOURCE)),
)
