"""The events that a mapping can make, as schemas/events.py defines them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, NamedTuple, get_args, get_origin, get_type_hints

import msgspec

from schemas.events import Envelope
from schemas.surveys import GOOD_BAD
from stream.desks.kinds import DECODERS, KINDS
from stream.feeds.replay.quoting import shortened
from stream.state.rejection import RejectedRecordError

UPDATED: Final = "helpdesk.ticket.updated.v1"
"""The type of the event that sets attributes, and sets only those that it has."""
_LONGEST_PROBLEM: Final = 200
_PREFIX: Final = "helpdesk."


class DataField(NamedTuple):
    """A field of an event's data; ``clearable`` says that null clears it, ``several`` that it is a list.

    ``objects`` says that its elements are objects, which no column can hold.
    """

    type: Any
    required: bool
    integer: bool
    clearable: bool
    several: bool = False
    objects: bool = False

    def problem(self, value: object) -> str | None:
        """What is wrong with a value, if anything is."""
        try:
            msgspec.convert(value, self.type)
        except msgspec.ValidationError as error:
            choices = _choices(self.type)
            hint = score_hint(value) if self.integer else ""
            return f"{value!r} must be one of {', '.join(choices)}" if choices else f"{value!r}: {error}{hint}"
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

    @property
    def unmapped(self) -> str | None:
        """The field, if there is one, for which no mapping can make the event."""
        return next((name for name, field in self.fields.items() if field.required and field.objects), None)

    def check(self, value: bytes) -> None:
        """Raise ``ValueError`` when the worker would not accept this event."""
        try:
            DECODERS[self.topic](value)
        except RejectedRecordError as error:
            raise ValueError(shortened(error.detail, _LONGEST_PROBLEM)) from error


def score_hint(value: object) -> str:
    """What to write instead of a word of the scale good-bad."""
    return f"; on the scale good-bad {GOOD_BAD}" if str(value).strip().casefold() in {"good", "bad"} else ""


def _event_types() -> dict[str, EventType]:
    types = {}
    for kind in KINDS:
        for struct in kind.events:
            name = str(msgspec.inspect.type_info(struct).tag)  # type: ignore[attr-defined]
            types[name] = EventType(name, kind.topic, _data_fields(struct))
    return types


def _data_fields(struct: type[Envelope]) -> dict[str, DataField]:
    data = get_type_hints(struct, include_extras=True)["data"]
    return {
        field.encode_name: DataField(
            type=field.type,
            required=field.required,
            integer=int in {field.type, *get_args(field.type)},
            clearable=msgspec.UnsetType in get_args(field.type),
            several=any(get_origin(part) is tuple for part in (field.type, *get_args(field.type))),
            objects=any(isinstance(part, type) and issubclass(part, msgspec.Struct) for part in _parts(field.type)),
        )
        for field in msgspec.structs.fields(data)
    }


def _parts(hint: Any) -> Iterator[Any]:  # noqa: ANN401 - a type hint has no type
    yield hint
    for part in get_args(hint):
        yield from _parts(part)


def _choices(hint: Any) -> list[str]:  # noqa: ANN401 - a type hint has no type
    return [str(choice) for part in (hint, *get_args(hint)) for choice in get_args(part) if isinstance(choice, str)]


EVENT_TYPES: Final = _event_types()
"""All types of events by their full names."""
