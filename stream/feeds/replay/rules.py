"""The rules of a mapping."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from stream.feeds.replay.conditions import Condition, read_conditions
from stream.feeds.replay.data_values import DataValue, read_data_value, read_template
from stream.feeds.replay.event_types import EVENT_TYPES, EventType
from stream.feeds.replay.rows import Row
from stream.feeds.replay.templates import Template
from stream.feeds.replay.toml_table import TomlTable

_MADE_KEYS: Final = ("subject", "time", "id", "after", "data")


@dataclass(frozen=True, slots=True)
class Making:
    """The event that a rule makes. What is ``None`` is as the mapping says; ``after`` are durations to add."""

    event: EventType
    subject: Template | None
    time: Template | None
    id: Template | None
    after: tuple[Template, ...]
    data: tuple[DataValue, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """Which rows it is for, and the event that it makes of each, or the reason why it ends the row."""

    place: str
    conditions: tuple[Condition, ...]
    first_of_subject: bool | None
    once_per: tuple[str, ...]
    making: Making | None
    skip: str

    def applies(self, row: Row) -> bool:
        """Whether the row's values meet the conditions."""
        for condition in self.conditions:  # noqa: SIM110 - twice as fast as all(), and it runs for each rule and row
            if not condition.holds(row.fields):
                return False
        return True

    def columns(self) -> Iterator[tuple[str, str]]:
        """Yield the columns that the rule reads and where it names them."""
        for condition in self.conditions:
            yield condition.column, condition.place
        for column in self.once_per:
            yield column, f"{self.place}.once_per"
        if self.making is None:
            return
        making = self.making
        templates = [(making.subject, "subject"), (making.time, "time"), (making.id, "id")]
        templates += [(template, "after") for template in making.after]
        for template, key in templates:
            for column in template.columns if template else ():
                yield column, f"{self.place}.{key}"
        for value in making.data:
            for column in value.template.columns if value.template else ():
                yield column, value.place


def read_rule(table: TomlTable) -> Rule:
    """Read one ``[[rule]]``; raises ``ReplayError`` when it is not valid."""
    skip = table.text("skip", "")
    if table.has("event") == bool(skip):
        table.fail("event", "a rule has either event, the type of event that it makes, or skip, a reason")
    if skip:
        for key in _MADE_KEYS:
            if table.has(key):
                table.fail(key, "a rule that skips makes no event")
    rule = Rule(
        place=table.path,
        conditions=read_conditions(table.table("when")),
        first_of_subject=table.flag("first_of_subject"),
        once_per=table.texts("once_per"),
        making=None if skip else _read_making(table),
        skip=skip,
    )
    table.finish()
    return rule


def _read_making(table: TomlTable) -> Making:
    event = EVENT_TYPES[table.choice("event", EVENT_TYPES)]
    return Making(
        event=event,
        subject=_optional_template(table, "subject"),
        time=_optional_template(table, "time"),
        id=_optional_template(table, "id"),
        after=_read_durations(table),
        data=_read_data(table, event),
    )


def _optional_template(table: TomlTable, key: str) -> Template | None:
    return read_template(table, key) if table.has(key) else None


def _read_durations(table: TomlTable) -> tuple[Template, ...]:
    try:
        return tuple(Template(text) for text in table.texts("after"))
    except ValueError as error:
        table.fail("after", str(error))


def _read_data(table: TomlTable, event: EventType) -> tuple[DataValue, ...]:
    data = table.table("data")
    values = tuple(read_data_value(data, name, field) for name, field in event.fields.items() if data.has(name))
    data.finish()
    for name, field in event.fields.items():
        if field.required and not data.has(name):
            data.fail(name, f"is missing; {event.name} must have it")
    return values
