"""Where the fields of an event's data get their values: the table ``data`` of a rule, one for each type of event."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any, Final, Self

from pydantic import Field, PlainValidator, ValidationInfo, create_model, model_validator

from stream.feeds.replay.event_types import EVENT_TYPES, DataField, EventType
from stream.feeds.replay.language.table import Table, problem
from stream.feeds.replay.language.values import TemplateText, read_template
from stream.feeds.replay.templates import Template


class FieldTable(Table):
    """A value that is mapped, or has a default."""

    column: str | None = Field(None, description="the column that holds the value")
    value: TemplateText | None = Field(None, description="instead of `column`: a template of the value")
    map: dict[str, object] | None = Field(None, description="from values of the log to those of the field")
    default: object = Field(None, description="for values that are empty or not in the map")
    clear_if_empty: bool = Field(default=False, description="only in an update: an empty value clears the field")

    @model_validator(mode="after")
    def _check_column(self) -> Self:
        if self.value is not None and self.column is not None:
            raise problem("must not stand beside value, a template in its place", "column")
        if self.value is None and self.column is None:
            raise problem("is missing; it must be a string", "column")
        if self.column == "":
            raise problem("must name a column", "column")
        return self

    def template(self) -> Template:
        """What the value is made of."""
        return self.value or Template.of(self.column or "")


class DataTable(Table):
    """The data of one type of event, after whose full name the class is called."""

    @classmethod
    def why_missing(cls, key: str) -> str:
        """What is to be said of a field that the events must have."""
        del key
        return f"is missing; {cls.__name__} must have it"


def _read_field(field: DataField, value: object, info: ValidationInfo) -> object:
    if isinstance(value, dict):
        return _checked(FieldTable.model_validate(value, context=info.context), field)
    if isinstance(value, str) and "{" in value:
        return read_template(value)
    reason = field.problem(value)
    if reason is not None:
        raise ValueError(reason)
    return value


def _checked(table: FieldTable, field: DataField) -> FieldTable:
    given: list[tuple[tuple[str, ...], object]] = [(("map", key), value) for key, value in (table.map or {}).items()]
    if table.default is not None:
        given.append((("default",), table.default))
    for keys, value in given:
        reason = field.problem(value)
        if reason is not None:
            raise problem(reason, *keys)
    if table.clear_if_empty and not field.clearable:
        raise problem("only helpdesk.ticket.updated.v1 can clear a field", "clear_if_empty")
    return table


def _data_table(event: EventType) -> type[DataTable]:
    fields: dict[str, Any] = {
        name: (Annotated[object, PlainValidator(partial(_read_field, field))], ... if field.required else None)
        for name, field in event.fields.items()
    }
    return create_model(event.name, __base__=DataTable, **fields)


DATA_TABLES: Final = {name: _data_table(event) for name, event in EVENT_TYPES.items()}
"""The tables by the full names of the types of events."""
