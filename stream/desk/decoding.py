"""From a record's bytes to an event, or to the reason why not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, Generic, TypeVar

import msgspec

from schemas.events import SURVEYS_TOPIC, TICKETS_TOPIC, Envelope, SurveyEvent, SurveyResponded, TicketEvent
from schemas.surveys import answer_problem
from stream.desk.rejection import Reason, RejectedRecordError

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


decode_ticket_event: Final = EventDecoder[TicketEvent](TicketEvent).decode
"""The ticket event in a record's value; raises ``RejectedRecordError`` if there is none."""

_decode_survey_event: Final = EventDecoder[SurveyEvent](SurveyEvent).decode


def decode_survey_event(value: bytes) -> SurveyEvent:
    """The survey event in a record's value; raises ``RejectedRecordError`` if there is none.

    A score must be on its scale, and the scale one of its survey.
    """
    event = _decode_survey_event(value)
    if isinstance(event, SurveyResponded):
        problem = answer_problem(event.data.survey, event.data.scale, event.data.score)
        if problem is not None:
            raise RejectedRecordError(Reason.INVALID, problem)
    return event


DECODERS: Final[Mapping[str, Callable[[bytes], Envelope]]] = {
    TICKETS_TOPIC: decode_ticket_event,
    SURVEYS_TOPIC: decode_survey_event,
}
"""How the records of each source topic are decoded."""
