"""What all events have: the context attributes of CloudEvents 1.0, and the types of their values."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

Identifier = Annotated[str, Meta(min_length=1, max_length=512)]
Attribute = Annotated[str, Meta(min_length=1, max_length=256)]
Moment = Annotated[datetime, Meta(tz=True)]


class Envelope(Struct, frozen=True, kw_only=True, gc=False):
    """The CloudEvents context attributes that every event carries.

    ``time`` is when it happened (RFC 3339 with a zone), ``recordedtime`` when the helpdesk wrote it
    down, if that differs.
    """

    specversion: Literal["1.0"]
    id: Identifier
    source: Identifier
    subject: Identifier
    time: Moment
    recordedtime: Moment | None = None
    datacontenttype: Literal["application/json"] = "application/json"


class SourceEnvelope(Envelope, frozen=True, kw_only=True, gc=False):
    """The context attributes of an event that deskpulse reads.

    ``sequence`` is CloudEvents' extension of that name: it orders the events of one subject that happened at the same
    time. Sequences are compared as text, code point by code point, so numbers have leading zeros.
    """

    sequence: Attribute | None = None
