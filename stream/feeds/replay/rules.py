"""The rules of a mapping."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from stream.feeds.replay.changes import Watched
from stream.feeds.replay.comparisons import Comparison
from stream.feeds.replay.conditions import Condition, read_conditions
from stream.feeds.replay.data_values import DataValue, read_data_value, read_template
from stream.feeds.replay.durations import Offset, read_offsets
from stream.feeds.replay.event_types import EVENT_TYPES, UPDATED, EventType
from stream.feeds.replay.expansion import Expansion, read_expansion
from stream.feeds.replay.log_format import read_time_format
from stream.feeds.replay.nulls import Nulls
from stream.feeds.replay.number_spelling import NumberSpelling
from stream.feeds.replay.rows import INSTANCE_COLUMNS, is_of_instance
from stream.feeds.replay.templates import Template
from stream.feeds.replay.times import TimeFormat
from stream.feeds.replay.toml_table import TomlTable

_MADE_KEYS: Final = (
    *("subject", "time", "id", "after", "before", "time_empty", "data", "changed_only"),
    *("for_each", "explode"),
)

_SPELLING_KEYS: Final = ("format", "zone", "gap", "overlap")


@dataclass(frozen=True, slots=True)
class RuleDefaults:
    """What the file says for all rules: ``time`` with its format, read from ``time_table``, ``nulls``, ``numbers``."""

    time: Template
    time_format: TimeFormat
    time_table: TomlTable
    nulls: Nulls
    numbers: NumberSpelling


@dataclass(frozen=True, slots=True)
class Making:
    """The event that a rule makes. ``subject`` and ``id`` are those of the mapping if they are ``None``.

    The event happened at ``time``, moved by all ``offsets``. If ``time`` lies before ``start``, it is one of the next
    day. ``has_time_of_instance`` says that this time is one of
    what the rule is applied to within the row, and not one of the row. ``needs_time`` says that a row without that
    time has no such event, ``needs_offsets`` the same of the offsets; otherwise it is an error of the row. With
    ``changed_only``, ``data`` holds only the fields whose columns changed.
    """

    event: EventType
    subject: Template | None
    time: Template
    time_format: TimeFormat
    start: Template | None
    has_time_of_instance: bool
    id: Template | None
    offsets: tuple[Offset, ...]
    needs_time: bool
    needs_offsets: bool
    data: tuple[DataValue, ...]
    changed_only: bool

    def is_without_time(self, fields: Mapping[str, str]) -> bool:
        """Whether a row has no such event, because that did not happen at any time."""
        if self.needs_time and self.time.is_empty(fields):
            return True
        return self.needs_offsets and any(offset.template.missing(fields) is not None for offset in self.offsets)


@dataclass(frozen=True, slots=True)
class Rule:
    """Which rows it is for, and the event that it makes of each, or the reason why it ends the row."""

    place: str
    conditions: tuple[Condition | Comparison, ...]
    first_of_subject: bool | None
    once_per: tuple[str, ...]
    when_changed: frozenset[Watched]
    expansion: Expansion | None
    making: Making | None
    skip: str

    @property
    def watched_columns(self) -> tuple[Watched, ...]:
        """The columns whose changes it asks for."""
        watched = sorted(self.when_changed)
        if self.making is not None and self.making.changed_only:
            for value in self.making.data:
                watched += map(Watched, value.template.columns if value.template else ())
        return tuple(watched)

    @property
    def is_for_all_rows(self) -> bool:
        """Whether it is for each row that comes to it."""
        return not self.conditions and self.first_of_subject is None and not self.once_per and not self.when_changed

    @property
    def is_for_conditions_alone(self) -> bool:
        """Whether the values of a row alone, and not other rows, say whether the rule is for it."""
        return bool(self.conditions) and self.first_of_subject is None and not self.once_per and not self.when_changed

    def applies(self, fields: Mapping[str, str]) -> bool:
        """Whether a row's values meet the conditions."""
        for condition in self.conditions:
            if not condition.holds(fields):
                return False
        return True

    def applies_to_row(self, fields: Mapping[str, str]) -> bool:
        """Whether a row meets the conditions that are not about what the rule is applied to within it."""
        provided = self.expansion.provides if self.expansion else frozenset[str]().__contains__
        return all(condition.holds(fields) for condition in self.conditions if not provided(condition.column))

    def columns(self) -> Iterator[tuple[str, str]]:
        """Yield the columns of the log that the rule reads and where it names them."""
        provided = self.expansion.provides if self.expansion else frozenset[str]().__contains__
        for column, place in self._named():
            if not provided(column):
                yield column, place

    @property
    def changed_columns(self) -> tuple[str, ...]:
        """The columns of which one must have changed."""
        return tuple(watched.column for watched in sorted(self.when_changed))

    def _named(self) -> Iterator[tuple[str, str]]:
        for condition in self.conditions:
            yield condition.column, condition.place
            if isinstance(condition, Comparison):
                for column in condition.other.columns:
                    yield column, condition.place
        for key, columns in (("once_per", self.once_per), ("when_changed", self.changed_columns)):
            for column in columns:
                yield column, f"{self.place}.{key}"
        if self.expansion is not None:
            for column in self.expansion.columns:
                yield column, f"{self.place}.for_each"
            if self.expansion.list_column:
                yield self.expansion.list_column, f"{self.place}.explode.column"
        if self.making is not None:
            yield from self._named_by(self.making)

    def _named_by(self, making: Making) -> Iterator[tuple[str, str]]:
        templates = [(making.subject, "subject"), (making.time, "time"), (making.id, "id")]
        templates += [(making.start, "time.next_day_if_before")]
        templates += [(offset.template, offset.key) for offset in making.offsets]
        for template, key in templates:
            for column in template.columns if template else ():
                yield column, f"{self.place}.{key}"
        for value in making.data:
            for column in value.template.columns if value.template else ():
                yield column, value.place


def read_rule(table: TomlTable, defaults: RuleDefaults) -> Rule:
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
        conditions=read_conditions(table.table("when"), defaults.time_format, defaults.numbers),
        first_of_subject=table.flag("first_of_subject"),
        once_per=table.texts("once_per"),
        when_changed=_read_when_changed(table),
        expansion=None if skip else read_expansion(table, defaults.nulls),
        making=None if skip else _read_making(table, defaults),
        skip=skip,
    )
    if rule.expansion is not None and any(rule.expansion.provides(watched.column) for watched in rule.watched_columns):
        key = "when_changed" if INSTANCE_COLUMNS.intersection(rule.changed_columns) else "changed_only"
        table.fail(key, "looks at columns of the log, not at @column, @value or @element")
    table.finish()
    return rule


def _read_when_changed(table: TomlTable) -> frozenset[Watched]:
    columns = table.texts("when_changed")
    ignored = frozenset(value.strip() for value in table.texts("when_changed_ignore"))
    if ignored and not columns:
        table.fail("when_changed_ignore", "is for a rule with when_changed, whose columns may have such values")
    return frozenset(Watched(column, ignored) for column in columns)


def _read_making(table: TomlTable, defaults: RuleDefaults) -> Making:
    event = EVENT_TYPES[table.choice("event", EVENT_TYPES)]
    time, time_format, start = _read_time(table, defaults)
    time_empty = table.choice("time_empty", ("skip", "reject")) if table.has("time_empty") else ""
    changed_only = bool(table.flag("changed_only"))
    if changed_only and event.name != UPDATED:
        table.fail("changed_only", f"is for {UPDATED}, where a field left out is unchanged; see when_changed")
    return Making(
        event=event,
        subject=_optional_template(table, "subject"),
        time=time,
        time_format=time_format,
        start=start,
        has_time_of_instance=any(is_of_instance(column) for column in time.columns),
        id=_optional_template(table, "id"),
        offsets=tuple(offset for key in ("after", "before") for offset in read_offsets(table, key, defaults.numbers)),
        needs_time=time_empty == "skip" or (not time_empty and table.has("time")),
        needs_offsets=time_empty == "skip",
        data=_read_data(table, event, defaults.numbers),
        changed_only=changed_only,
    )


def _read_time(table: TomlTable, defaults: RuleDefaults) -> tuple[Template, TimeFormat, Template | None]:
    if not table.has("time"):
        return defaults.time, defaults.time_format, None
    if not isinstance(table.value("time"), dict):
        return read_template(table, "time"), defaults.time_format, None
    own = table.table("time")
    template = read_template(own, "value")
    is_spelled_alike = not any(own.has(key) for key in _SPELLING_KEYS)
    spelling = own.over(defaults.time_table)
    start = _optional_template(spelling, "next_day_if_before")
    time_format = read_time_format(spelling)
    spelling.finish()
    return template, defaults.time_format if is_spelled_alike else time_format, start


def _optional_template(table: TomlTable, key: str) -> Template | None:
    return read_template(table, key) if table.has(key) else None


def _read_data(table: TomlTable, event: EventType, numbers: NumberSpelling) -> tuple[DataValue, ...]:
    data = table.table("data")
    fields = [(name, field) for name, field in event.fields.items() if data.has(name)]
    values = tuple(read_data_value(data, name, field, numbers) for name, field in fields)
    data.finish()
    for name, field in event.fields.items():
        if field.required and not data.has(name):
            data.fail(name, f"is missing; {event.name} must have it")
    return values
