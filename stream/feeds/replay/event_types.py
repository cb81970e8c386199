"""The events that a mapping can make, as schemas/events.py defines them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, NamedTuple, get_args, get_type_hints

import msgspec

from schemas.events import (
    EVENTS_BY_TOPIC,
    SURVEYS_TOPIC,
    TICKETS_TOPIC,
    Envelope,
    SurveyEvent,
    SurveyRespondedData,
    TicketEvent,
)
from stream.feeds.replay.quoting import shortened

UPDATED: Final = "helpdesk.ticket.updated.v1"
"""The type of the event that sets attributes, and sets only those that it has."""
_LONGEST_PROBLEM: Final = 200
_PREFIX: Final = "helpdesk."
_SCORES: Final = {
    "1-3": range(1, 4),
    "1-5": range(1, 6),
    "1-7": range(1, 8),
    "1-10": range(1, 11),
    "0-10": range(11),
    "good-bad": range(2),
}
GOOD_BAD: Final = "good is 1 and bad is 0"
"""What the scores of the scale good-bad mean."""
_SCALES_OF: Final = {"csat": tuple(_SCORES), "nps": ("0-10",), "ces": ("1-5", "1-7")}
_DECODERS: Final[dict[str, msgspec.json.Decoder[Any]]] = {
    TICKETS_TOPIC: msgspec.json.Decoder(TicketEvent),
    SURVEYS_TOPIC: msgspec.json.Decoder(SurveyEvent),
}

CHECKED_TOPICS: Final = frozenset(_DECODERS)
"""The topics whose events can be checked: those that a worker reads."""


class DataField(NamedTuple):
    """A field of an event's data; ``clearable`` says that null clears it, ``choices`` what it is limited to."""

    type: Any
    required: bool
    integer: bool
    clearable: bool

    def problem(self, value: object) -> str | None:
        """What is wrong with a value, if anything is."""
        try:
            msgspec.convert(value, self.type)
        except msgspec.ValidationError as error:
            choices = _choices(self.type)
            return f"{value!r} must be one of {', '.join(choices)}" if choices else f"{value!r}: {error}"
        return None


@dataclass(frozen=True, slots=True)
class EventType:
    """A type of events: its full ``name``, the ``topic`` it goes to and the ``fields`` of its data."""

    name: str
    topic: str
    fields: dict[str, DataField]

    @property
    def short_name(self) -> str:
        """The name without the prefix and version that all share, such as ``ticket.opened``."""
        return self.name.removeprefix(_PREFIX).rpartition(".")[0]

    def check(self, value: bytes) -> None:
        """Raise ``ValueError`` when the worker would not accept this event."""
        try:
            event = _DECODERS[self.topic].decode(value)
        except msgspec.ValidationError as error:
            raise ValueError(shortened(str(error), _LONGEST_PROBLEM)) from error
        data = event.data
        if isinstance(data, SurveyRespondedData):
            if data.scale not in _SCALES_OF[data.survey]:
                raise ValueError(f"{data.survey} is not asked on the scale {data.scale}")
            if data.score not in _SCORES[data.scale]:
                meaning = f", where {GOOD_BAD}" if data.scale == "good-bad" else ""
                raise ValueError(f"the score {data.score} is not on the scale {data.scale}{meaning}")


def _event_types() -> dict[str, EventType]:
    types = {}
    for topic, structs in EVENTS_BY_TOPIC.items():
        for struct in structs:
            name = str(msgspec.inspect.type_info(struct).tag)  # type: ignore[attr-defined]
            types[name] = EventType(name, topic, _data_fields(struct))
    return types


def _data_fields(struct: type[Envelope]) -> dict[str, DataField]:
    data = get_type_hints(struct, include_extras=True)["data"]
    return {
        field.encode_name: DataField(
            type=field.type,
            required=field.required,
            integer=int in {field.type, *get_args(field.type)},
            clearable=msgspec.UnsetType in get_args(field.type),
        )
        for field in msgspec.structs.fields(data)
    }


def _choices(hint: Any) -> list[str]:
    return [str(choice) for part in (hint, *get_args(hint)) for choice in get_args(part) if isinstance(choice, str)]


EVENT_TYPES: Final = _event_types()
"""All types of events by their full names."""
