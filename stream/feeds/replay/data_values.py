"""Where the fields of an event's data get their values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from stream.feeds.replay.event_types import DataField, EventType, score_hint
from stream.feeds.replay.language.data_tables import DataTable, FieldTable
from stream.feeds.replay.number_spelling import PLAIN, NumberSpelling
from stream.feeds.replay.quoting import quoted
from stream.feeds.replay.templates import Template

_BETWEEN_SEVERAL: Final = ","


@dataclass(frozen=True, slots=True)
class DataValue:
    """The value of one field: a constant, or a template that may be mapped to other values.

    ``default`` stands for an empty value and for one that ``mapped`` does not list. Without it an empty
    value leaves the field out, or clears it if ``clears``, and an unlisted one is an error of the row.
    """

    name: str
    place: str
    field: DataField
    constant: object = None
    template: Template | None = None
    mapped: Mapping[str, object] | None = None
    default: object = None
    clears: bool = False
    numbers: NumberSpelling = PLAIN

    def put(self, data: dict[str, object], fields: Mapping[str, str]) -> None:
        """Set the field in ``data`` from a row; raises ``ValueError`` when the row's value does not fit."""
        value = self.constant if self.template is None else self._value(self.template, fields)
        if value is not None or (self.clears and self.template is not None):
            data[self.name] = value

    def _value(self, template: Template, fields: Mapping[str, str]) -> object:
        text = template.render(fields)
        if self.mapped is not None and text in self.mapped:
            return self.mapped[text]
        if template.is_empty(fields):
            return self.default
        if self.mapped is None and self.field.several:
            return [part for part in map(str.strip, text.split(_BETWEEN_SEVERAL)) if part]
        if self.mapped is None:
            return _whole(self.name, text, self.numbers) if self.field.integer else text
        if self.default is None:
            raise ValueError(f"{self.name}: {quoted(text)} is not in its map, and there is no default")
        return self.default


def _whole(name: str, text: str, numbers: NumberSpelling) -> int:
    try:
        number = float(numbers.plain(text))
    except ValueError:
        number = 0.5
    if not number.is_integer():
        raise ValueError(f"{name}: {quoted(text)} is not a whole number{score_hint(text)}")
    return int(number)


def data_values_of(data: DataTable, event: EventType, place: str, numbers: NumberSpelling) -> tuple[DataValue, ...]:
    """The values of a table ``data`` at a place of the mapping, in the order of the event's fields."""
    return tuple(
        _data_value(getattr(data, name), name, f"{place}.{name}", field, numbers)
        for name, field in event.fields.items()
        if name in data.model_fields_set
    )


def _data_value(given: object, name: str, place: str, field: DataField, numbers: NumberSpelling) -> DataValue:
    if isinstance(given, Template):
        return DataValue(name, place, field, template=given, numbers=numbers)
    if not isinstance(given, FieldTable):
        return DataValue(name, place, field, constant=given)
    return DataValue(
        name,
        place,
        field,
        template=given.template(),
        mapped=given.map,
        default=given.default,
        clears=given.clear_if_empty,
        numbers=numbers,
    )
