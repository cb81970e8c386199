"""What happens to calls and chats in queues, on the topic ``helpdesk.calls``.

The entity is the visit of a queue: from joining it until somebody answers, or the customer is gone. Who is put into a
queue again makes another visit; ``contact`` names the call or chat that visits belong to.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from schemas.envelope import Attribute, Identifier, SourceEnvelope

CallParty = Literal["customer", "agent"]


class CallQueuedData(Struct, frozen=True, kw_only=True, gc=False):
    """A customer joined a queue, after any voice menu."""

    contact: Identifier | None = None
    queue: Attribute | None = None
    channel: Attribute | None = None
    team: Attribute | None = None


class CallBlockedData(Struct, frozen=True, kw_only=True, gc=False):
    """A customer was turned away before the queue: no line was free, nobody was there, or it was closed."""

    contact: Identifier | None = None
    queue: Attribute | None = None
    channel: Attribute | None = None
    team: Attribute | None = None
    reason: Attribute | None = None


class CallAnsweredData(Struct, frozen=True, kw_only=True, gc=False):
    """An agent answered."""

    agent: Identifier | None = None


class CallAbandonedData(Struct, frozen=True, kw_only=True, gc=False):
    """The customer left the queue of their own accord."""


class CallEvictedData(Struct, frozen=True, kw_only=True, gc=False):
    """The queue let the customer go: the longest wait was reached, or the queue was emptied."""

    reason: Attribute | None = None


class CallCallbackRequestedData(Struct, frozen=True, kw_only=True, gc=False):
    """The customer left the queue to be called back."""


class CallHeldData(Struct, frozen=True, kw_only=True, gc=False):
    """The agent put the customer on hold."""


class CallResumedData(Struct, frozen=True, kw_only=True, gc=False):
    """Agent and customer talk again."""


class CallTransferredData(Struct, frozen=True, kw_only=True, gc=False):
    """The agent passed the customer on, for instance ``to`` another queue; with that the visit's call is over."""

    to: Attribute | None = None


class CallEndedData(Struct, frozen=True, kw_only=True, gc=False):
    """The call or chat is over, ended ``by`` one of the two."""

    by: CallParty | None = None


class CallWrappedUpData(Struct, frozen=True, kw_only=True, gc=False):
    """The agent's work on the call is done."""


class CallQueued(SourceEnvelope, frozen=True, kw_only=True, gc=False, tag_field="type", tag="helpdesk.call.queued.v1"):
    """A customer joined a queue."""

    data: CallQueuedData = CallQueuedData()


class CallBlocked(
    SourceEnvelope, frozen=True, kw_only=True, gc=False, tag_field="type", tag="helpdesk.call.blocked.v1"
):
    """A customer was turned away before the queue."""

    data: CallBlockedData = CallBlockedData()


class CallAnswered(
    SourceEnvelope, frozen=True, kw_only=True, gc=False, tag_field="type", tag="helpdesk.call.answered.v1"
):
    """An agent answered a customer in a queue."""

    data: CallAnsweredData = CallAnsweredData()


class CallAbandoned(
    SourceEnvelope, frozen=True, kw_only=True, gc=False, tag_field="type", tag="helpdesk.call.abandoned.v1"
):
    """A customer gave up waiting in a queue."""

    data: CallAbandonedData = CallAbandonedData()


class CallEvicted(
    SourceEnvelope, frozen=True, kw_only=True, gc=False, tag_field="type", tag="helpdesk.call.evicted.v1"
):
    """A queue let a waiting customer go."""

    data: CallEvictedData = CallEvictedData()


class CallCallbackRequested(
    SourceEnvelope, frozen=True, kw_only=True, gc=False, tag_field="type", tag="helpdesk.call.callback_requested.v1"
):
    """A waiting customer asked to be called back."""

    data: CallCallbackRequestedData = CallCallbackRequestedData()


class CallHeld(SourceEnvelope, frozen=True, kw_only=True, gc=False, tag_field="type", tag="helpdesk.call.held.v1"):
    """A customer was put on hold."""

    data: CallHeldData = CallHeldData()


class CallResumed(
    SourceEnvelope, frozen=True, kw_only=True, gc=False, tag_field="type", tag="helpdesk.call.resumed.v1"
):
    """A customer was taken off hold."""

    data: CallResumedData = CallResumedData()


class CallTransferred(
    SourceEnvelope, frozen=True, kw_only=True, gc=False, tag_field="type", tag="helpdesk.call.transferred.v1"
):
    """A customer was passed on."""

    data: CallTransferredData = CallTransferredData()


class CallEnded(SourceEnvelope, frozen=True, kw_only=True, gc=False, tag_field="type", tag="helpdesk.call.ended.v1"):
    """A call or chat ended."""

    data: CallEndedData = CallEndedData()


class CallWrappedUp(
    SourceEnvelope, frozen=True, kw_only=True, gc=False, tag_field="type", tag="helpdesk.call.wrapped_up.v1"
):
    """An agent finished the work after a call."""

    data: CallWrappedUpData = CallWrappedUpData()


CallEvent = (
    CallQueued
    | CallBlocked
    | CallAnswered
    | CallAbandoned
    | CallEvicted
    | CallCallbackRequested
    | CallHeld
    | CallResumed
    | CallTransferred
    | CallEnded
    | CallWrappedUp
)
