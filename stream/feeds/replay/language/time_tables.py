"""When things happened: the table ``time`` of a mapping and of a rule, and durations."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field, PlainValidator, ValidationInfo

from stream.feeds.replay.durations import SECONDS_IN, Offset
from stream.feeds.replay.language.table import Table
from stream.feeds.replay.language.values import TemplateText, Texts, read_template, read_text
from stream.feeds.replay.local_times import LocalTimes
from stream.feeds.replay.number_spelling import NumberSpelling
from stream.feeds.replay.templates import Template
from stream.feeds.replay.times import TimeFormat, check_spelling


def _usable(spellings: tuple[str, ...]) -> tuple[str, ...]:
    try:
        for spelling in spellings:
            check_spelling(spelling)
    except ValueError as error:
        raise ValueError(f"cannot be used: {error}") from error
    return spellings


def _read_zone(value: object) -> ZoneInfo:
    name = read_text(value)
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"{name!r} is no IANA time zone; it must be one such as UTC or Europe/Rome") from None


class TimeTable(Table):
    """How the log spells times."""

    value: TemplateText = Field(description="template of the row's time")
    format: Annotated[Texts, AfterValidator(_usable)] = Field(
        ("iso",),
        description=(
            "`iso` (the default), `epoch` (seconds), `epoch_ms`, a format of Python's `strptime`, or a list of these, "
            "of which the first one that fits counts. A clock of twelve hours is `%I:%M:%S %p`, which reads `PM`, "
            "`p.m.` and `12:00 noon` alike. `%z` is an offset such as `+01:00`; the name of a zone, `%Z`, cannot be "
            "read: write it as it is, `%H:%M CET`, and give the `zone`. The names of months, of days and AM and PM "
            "are the English ones, whatever the locale"
        ),
    )
    zone: Annotated[ZoneInfo, PlainValidator(_read_zone)] = Field(
        ZoneInfo("UTC"), description="the IANA zone of times that name none (default UTC)"
    )
    gap: Literal["end", "earlier", "later", "reject"] = Field(
        "end",
        description=(
            "how to read a local time that the clocks skipped: `end` (the default), `earlier`, `later` or `reject`"
        ),
    )
    overlap: Literal["order", "earlier", "later", "reject"] = Field(
        "order",
        description=(
            "how to read a local time that the clocks showed twice: `order` (the default), `earlier`, `later` or "
            "`reject`"
        ),
    )

    def time_format(self) -> TimeFormat:
        """The reader of such times."""
        return TimeFormat(self.format, LocalTimes(self.zone, self.gap, self.overlap))


class RuleTimeTable(TimeTable):
    """The time of a rule, spelled as the file says unless it says otherwise itself."""

    next_day_if_before: TemplateText | None = Field(
        None, description="template of the start; an end that lies before it is one of the next day"
    )

    @property
    def is_spelled_otherwise(self) -> bool:
        """Whether it says how it is spelled."""
        return not self.model_fields_set <= {"value", "next_day_if_before"}

    def over(self, file: TimeTable) -> Self:
        """The same table, with the keys of the file's where it has none of its own."""
        inherited = {key: getattr(file, key) for key in TimeTable.model_fields if key not in self.model_fields_set}
        return self.model_copy(update=inherited)


def _read_time(value: object, info: ValidationInfo) -> RuleTimeTable | Template:
    return (
        RuleTimeTable.model_validate(value, context=info.context) if isinstance(value, dict) else read_template(value)
    )


RuleTime = Annotated[RuleTimeTable | Template, PlainValidator(_read_time)]
"""A table, or a template that is spelled as the file says."""


class DurationTable(Table):
    """A duration, as a template for a number of a unit, or for a text that has its units in it."""

    value: TemplateText
    unit: Literal["milliseconds", "seconds", "minutes", "hours", "days"] | None = None

    def offset(self, key: str, numbers: NumberSpelling) -> Offset:
        """The duration under a key, which says in which direction it lies."""
        return Offset(key, self.value, None if self.unit is None else SECONDS_IN[self.unit], numbers)


def _read_durations(value: object, info: ValidationInfo) -> tuple[DurationTable, ...]:
    items: list[Any] = value if isinstance(value, list) else [value]
    if not items:
        raise ValueError('must hold a duration, such as "{wait}"')
    return tuple(
        DurationTable.model_validate(item, context=info.context)
        if isinstance(item, dict)
        else DurationTable.model_construct(value=read_template(item))
        for item in items
    )


Durations = Annotated[tuple[DurationTable, ...], PlainValidator(_read_durations)]
"""A duration or a list of them."""

NO_DURATIONS: Final[tuple[DurationTable, ...]] = ()
