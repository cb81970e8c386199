"""The rules: the tables ``[[rule]]``."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Annotated, Final, Literal, Self

from pydantic import AfterValidator, Field, PlainValidator, ValidationInfo, model_validator

from stream.feeds.replay.event_types import EVENT_TYPES, UPDATED
from stream.feeds.replay.expansion import Expansion
from stream.feeds.replay.language.data_tables import DATA_TABLES, DataTable, FieldTable
from stream.feeds.replay.language.table import Table, problem, unknown_choice
from stream.feeds.replay.language.time_tables import NO_DURATIONS, Durations, RuleTime
from stream.feeds.replay.language.values import PatternText, TemplateText, Texts, read_texts
from stream.feeds.replay.language.when_tables import When
from stream.feeds.replay.nulls import Nulls
from stream.feeds.replay.rows import INSTANCE_COLUMNS, VALUE
from stream.feeds.replay.templates import Template

_NO_LIST: Final = "must name the column that holds the list"


class RuleTable(Table):
    """Which rows a rule is for."""

    when: When = Field({}, description="what the row must be like, see [when](#when)")
    first_of_subject: bool | None = Field(
        None, description="true: only for the first row of its subject; false: only for the others"
    )
    once_per: Texts = Field((), description="columns; only the first row in the file with their values makes the event")
    when_changed: Texts = Field(
        (),
        description="columns; only for rows that changed one of them, see [below](#when_changed-and-changed_only)",
    )
    when_changed_ignore: Texts = Field(
        (), description="values of these columns that are no state, see [below](#when_changed-and-changed_only)"
    )

    @model_validator(mode="after")
    def _check_ignored(self) -> Self:
        if self.when_changed_ignore and not self.when_changed:
            raise problem("is for a rule with when_changed, whose columns may have such values", "when_changed_ignore")
        return self


class ForEachTable(Table):
    """Columns, found by what they are called."""

    matches: PatternText = Field(description="a regular expression that is found in the names of the columns")


class ExplodeTable(Table):
    """A list in a cell."""

    column: str = Field(description="the column that holds the list")
    as_: Literal["json"] | None = Field(None, alias="as", description='`"json"`: the list is written in JSON')
    separator: str | None = Field(None, description="instead of `as`: what stands between two elements")

    @model_validator(mode="after")
    def _check_spelling(self) -> Self:
        if not self.column:
            raise problem(_NO_LIST, "column")
        if (self.as_ is None) == (self.separator is None):
            raise problem('a list is either as = "json" or has a separator, such as separator = ";"', "as")
        if self.separator == "":
            raise problem('must not be empty; it is what stands between two elements, such as ";"', "separator")
        return self


def _read_for_each(value: object, info: ValidationInfo) -> ForEachTable | tuple[str, ...]:
    return ForEachTable.model_validate(value, context=info.context) if isinstance(value, dict) else read_texts(value)


def _known_event(name: str) -> str:
    if name not in EVENT_TYPES:
        raise ValueError(unknown_choice(name, EVENT_TYPES))
    unmapped = EVENT_TYPES[name].unmapped
    if unmapped is not None:
        raise ValueError(
            f"{name} cannot be mapped: its {unmapped} are objects; publish such a log as events (replay FILE without"
            " --mapping)"
        )
    return name


def _read_data(value: object, info: ValidationInfo) -> DataTable:
    table = DATA_TABLES.get(info.data.get("event", ""), DataTable)
    return table.model_validate(value, context=info.context)


class EventRuleTable(RuleTable):
    """A rule that makes an event."""

    for_each: Annotated[ForEachTable | tuple[str, ...], PlainValidator(_read_for_each)] = Field(
        (), description="columns; the rule makes an event for each of them, see [for_each](#for_each)"
    )
    explode: ExplodeTable | None = Field(
        None, description="a list in a cell; the rule makes an event for each element, see [explode](#explode)"
    )
    event: Annotated[str, AfterValidator(_known_event)] = Field(
        description="the type of the event, see [events](#events)"
    )
    subject: TemplateText | None = Field(None, description="template of this event's subject in place of the file's")
    id: TemplateText | None = Field(None, description="template of this event's id in place of the file's")
    time: RuleTime | None = Field(
        None, description="when the event happened, if not at the time of its row, see [below](#time-after-and-before)"
    )
    after: Durations = Field(NO_DURATIONS, description="so long after that, see [below](#time-after-and-before)")
    before: Durations = Field(NO_DURATIONS, description="so long before that, see [below](#time-after-and-before)")
    time_empty: Literal["skip", "reject"] | None = Field(
        None, description="what becomes of a row without that time, see [below](#time-after-and-before)"
    )
    data: Annotated[DataTable, PlainValidator(_read_data)] = Field(
        default_factory=dict, validate_default=True, description="the fields of the event's data, see [data](#data)"
    )
    changed_only: bool = Field(
        default=False,
        description="only the fields whose columns changed, see [below](#when_changed-and-changed_only)",
    )

    @model_validator(mode="after")
    def _check_changes(self) -> Self:
        if self.changed_only and self.event != UPDATED:
            raise problem(f"is for {UPDATED}, where a field left out is unchanged; see when_changed", "changed_only")
        return self

    @model_validator(mode="after")
    def _check_expansion(self) -> Self:
        expansion = self.expansion("", Nulls())
        if expansion is None:
            return self
        list_column = expansion.list_column
        if list_column in INSTANCE_COLUMNS and not (list_column == VALUE and expansion.has_columns):
            raise problem(_NO_LIST, "explode", "column")
        if any(map(expansion.provides, (*self.when_changed, *self.changing_columns()))):
            key = "when_changed" if INSTANCE_COLUMNS.intersection(self.when_changed) else "changed_only"
            raise problem("looks at columns of the log, not at @column, @value or @element", key)
        return self

    def expansion(self, place: str, nulls: Nulls) -> Expansion | None:
        """What the rule is applied to instead of a row, if it is."""
        pattern = self.for_each.matches if isinstance(self.for_each, ForEachTable) else None
        names = () if isinstance(self.for_each, ForEachTable) else self.for_each
        if not (names or pattern or self.explode):
            return None
        column = separator = ""
        if self.explode is not None:
            column, separator = self.explode.column, self.explode.separator or ""
        return Expansion(place, names, pattern, column, separator, nulls)

    def changing_columns(self) -> Iterator[str]:
        """The columns of whose changes ``changed_only`` makes the data."""
        if self.changed_only:
            for key in self.data.model_fields_set:
                source = getattr(self.data, key)
                template = source.template() if isinstance(source, FieldTable) else source
                if isinstance(template, Template):
                    yield from template.columns


class SkipRuleTable(RuleTable):
    """A rule that makes no event."""

    skip: str = Field(
        description="instead of `event`: the reason why such rows make none, under which they are counted"
    )

    @classmethod
    def why_unknown(cls, key: str, top: Collection[str]) -> str:
        """What is to be said of a key that is none of the table."""
        return "a rule that skips makes no event" if key in EventRuleTable.fields() else super().why_unknown(key, top)


def _read_rule(value: object, info: ValidationInfo) -> SkipRuleTable | EventRuleTable:
    if isinstance(value, dict) and (("event" in value) == ("skip" in value) or value.get("skip") == ""):
        raise problem("a rule has either event, the type of event that it makes, or skip, a reason", "event")
    skips = isinstance(value, dict) and "skip" in value
    return (SkipRuleTable if skips else EventRuleTable).model_validate(value, context=info.context)


AnyRule = Annotated[SkipRuleTable | EventRuleTable, PlainValidator(_read_rule)]
"""A rule of either sort."""
