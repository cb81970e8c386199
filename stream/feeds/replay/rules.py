"""The rules of a mapping."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from stream.feeds.replay.changes import Watched
from stream.feeds.replay.comparisons import Comparison
from stream.feeds.replay.conditions import Condition, conditions_of
from stream.feeds.replay.data_values import DataValue, data_values_of
from stream.feeds.replay.durations import Offset
from stream.feeds.replay.event_types import EVENT_TYPES, EventType
from stream.feeds.replay.expansion import Expansion
from stream.feeds.replay.language.rule_tables import EventRuleTable, SkipRuleTable
from stream.feeds.replay.language.time_tables import RuleTimeTable, TimeTable
from stream.feeds.replay.nulls import Nulls
from stream.feeds.replay.number_spelling import NumberSpelling
from stream.feeds.replay.rows import is_of_instance
from stream.feeds.replay.templates import Template
from stream.feeds.replay.times import TimeFormat


@dataclass(frozen=True, slots=True)
class RuleDefaults:
    """What the file says for all rules: ``time`` with its format, ``nulls``, and how ``numbers`` are spelled."""

    time: TimeTable
    time_format: TimeFormat
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
        for condition in self.conditions:  # noqa: SIM110 - twice as fast as all(), and it runs for each rule and row
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


def rule_of(table: SkipRuleTable | EventRuleTable, place: str, defaults: RuleDefaults) -> Rule:
    """The rule of a table ``[[rule]]`` at a place of the mapping."""
    maker, skip = (table, "") if isinstance(table, EventRuleTable) else (None, table.skip)
    ignored = frozenset(value.strip() for value in table.when_changed_ignore)
    return Rule(
        place=place,
        conditions=conditions_of(table.when, f"{place}.when", defaults.time_format, defaults.numbers),
        first_of_subject=table.first_of_subject,
        once_per=table.once_per,
        when_changed=frozenset(Watched(column, ignored) for column in table.when_changed),
        expansion=None if maker is None else maker.expansion(place, defaults.nulls),
        making=None if maker is None else _making_of(maker, place, defaults),
        skip=skip,
    )


def _making_of(table: EventRuleTable, place: str, defaults: RuleDefaults) -> Making:
    event = EVENT_TYPES[table.event]
    time, time_format, start = _time_of(table.time, defaults)
    return Making(
        event=event,
        subject=table.subject,
        time=time,
        time_format=time_format,
        start=start,
        has_time_of_instance=any(is_of_instance(column) for column in time.columns),
        id=table.id,
        offsets=(
            *(duration.offset("after", defaults.numbers) for duration in table.after),
            *(duration.offset("before", defaults.numbers) for duration in table.before),
        ),
        needs_time=table.time_empty == "skip" or (table.time_empty is None and table.time is not None),
        needs_offsets=table.time_empty == "skip",
        data=data_values_of(table.data, event, f"{place}.data", defaults.numbers),
        changed_only=table.changed_only,
    )


def _time_of(
    own: RuleTimeTable | Template | None, defaults: RuleDefaults
) -> tuple[Template, TimeFormat, Template | None]:
    file = defaults.time
    if not isinstance(own, RuleTimeTable):
        return own or file.value, defaults.time_format, None
    time_format = own.over(file).time_format() if own.is_spelled_otherwise else defaults.time_format
    return own.value, time_format, own.next_day_if_before
