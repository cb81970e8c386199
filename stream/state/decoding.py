"""From a record's bytes to an event, or to the reason why not."""

from __future__ import annotations

from typing import Any, Generic, TypeVar

import msgspec

from stream.state.rejection import Reason, RejectedRecordError

EventType = TypeVar("EventType")


class EventDecoder(Generic[EventType]):
    """Decodes and validates the events of one topic in one pass."""

    def __init__(self, events: Any) -> None:  # noqa: ANN401 - a union of structs has no type of its own before Python 3.15
        self._decode = msgspec.json.Decoder(events).decode

    def decode(self, value: bytes) -> EventType:
        """The event in ``value``; raises ``RejectedRecordError`` if there is none."""
        try:
            event: EventType = self._decode(value)
        except msgspec.ValidationError as error:
            reason = Reason.UNKNOWN_TYPE if str(error).endswith("`$.type`") else Reason.INVALID
            raise RejectedRecordError(reason, str(error)) from error
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise RejectedRecordError(Reason.NOT_JSON, str(error)) from error
        return event
