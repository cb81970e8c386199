"""Where the fields of an event's data get their values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from schemas.surveys import GOOD_BAD
from stream.feeds.replay.event_types import DataField
from stream.feeds.replay.number_spelling import PLAIN, NumberSpelling
from stream.feeds.replay.quoting import quoted
from stream.feeds.replay.templates import Template
from stream.feeds.replay.toml_table import TomlTable


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
        raise ValueError(f"{name}: {quoted(text)} is not a whole number{_score_hint(text)}")
    return int(number)


def _score_hint(value: object) -> str:
    return f"; on the scale good-bad {GOOD_BAD}" if str(value).strip().casefold() in {"good", "bad"} else ""


def read_data_value(data: TomlTable, name: str, field: DataField, numbers: NumberSpelling) -> DataValue:
    """Read a field of the table ``data``; raises ``ReplayError`` when no such value fits the field."""
    given = data.value(name)
    place = data.place(name)
    if isinstance(given, dict):
        return _read_table(data.table(name), name, place, field, numbers)
    if isinstance(given, str) and "{" in given:
        return DataValue(name, place, field, template=read_template(data, name), numbers=numbers)
    _check(data, name, field, given)
    return DataValue(name, place, field, constant=given)


def read_template(table: TomlTable, key: str) -> Template:
    """Read a template; raises ``ReplayError`` when it is none."""
    text = table.text(key)
    try:
        return Template(text)
    except ValueError as error:
        table.fail(key, str(error))


def _column(table: TomlTable) -> Template:
    column = table.text("column")
    if not column:
        table.fail("column", "must name a column")
    return Template.of(column)


def _read_table(table: TomlTable, name: str, place: str, field: DataField, numbers: NumberSpelling) -> DataValue:
    template = read_template(table, "value") if table.has("value") else _column(table)
    mapped: dict[str, object] | None = None
    if table.has("map"):
        entries = table.table("map")
        mapped = {key: entries.value(key) for key in entries.keys()}  # noqa: SIM118
        for key, value in mapped.items():
            _check(entries, key, field, value)
    default = table.value("default")
    if default is not None:
        _check(table, "default", field, default)
    clears = bool(table.flag("clear_if_empty"))
    if clears and not field.clearable:
        table.fail("clear_if_empty", "only helpdesk.ticket.updated.v1 can clear a field")
    table.finish()
    return DataValue(
        name, place, field, template=template, mapped=mapped, default=default, clears=clears, numbers=numbers
    )


def _check(table: TomlTable, key: str, field: DataField, value: object) -> None:
    problem = field.problem(value)
    if problem is not None:
        table.fail(key, f"{problem}{_score_hint(value) if field.integer else ''}")
