"""The mapping file as a whole."""

from __future__ import annotations

from typing import Annotated, Final, Literal, Self

from pydantic import AfterValidator, Field, PlainValidator, TypeAdapter, model_validator

from stream.feeds.replay.language.format_tables import AnyFormat
from stream.feeds.replay.language.rule_tables import AnyRule
from stream.feeds.replay.language.table import Table, problem
from stream.feeds.replay.language.time_tables import TimeTable
from stream.feeds.replay.language.values import TemplateText, Texts, read_texts
from stream.feeds.replay.language.when_tables import When
from stream.feeds.replay.nulls import EVERYWHERE, Nulls
from stream.feeds.replay.rows import EPISODE
from stream.feeds.replay.templates import Template

_TABLES: Final = frozenset({"format", "time", "episode", "lookup", "rule"})


def _filled(source: str) -> str:
    if not source:
        raise ValueError('must not be empty; it names where the events come from, such as "/logs/helpdesk"')
    return source


def _read_nulls(value: object) -> Nulls:
    if not isinstance(value, dict):
        return Nulls(_bare(read_texts(value)))
    of_column = {column: _bare(values) for column, values in _TEXTS_BY_COLUMN.validate_python(value).items()}
    return Nulls(of_column.pop(EVERYWHERE, frozenset()), of_column)


def _bare(values: tuple[str, ...]) -> frozenset[str]:
    return frozenset(value.strip() for value in values)


_TEXTS_BY_COLUMN: Final = TypeAdapter(dict[str, Texts])


def _read_paths(value: object) -> tuple[str, ...]:
    if isinstance(value, dict):
        raise ValueError("names a list of a JSON log; a list in a cell is exploded by explode in a [[rule]]")  # noqa: TRY004 - pydantic makes errors of a ValueError
    paths = read_texts(value)
    for place, path in enumerate(paths):
        if not all(path.split(".")):
            raise ValueError(f"{path!r} must be the path of a list, such as ticket.comments")
        if path in paths[:place]:
            raise ValueError(f"{path!r} is there twice")
        inner = next((other for other in paths[:place] if other.startswith(f"{path}.")), None)
        if inner is not None:
            raise ValueError(f"{path!r} must come before {inner!r}, which lies within it")
    return paths


def _lookup_name(name: str) -> str:
    if not name or name.startswith("@") or "." in name:
        raise ValueError("must be a name without a dot, such as author in [lookup.author]")
    return name


class LookupTable(Table):
    """A file in which more is said of what is in a column."""

    file: str = Field(description="the other file, relative to the mapping")
    key: str = Field(description="its column that is looked in; no two rows may have the same value there")
    column: str | None = Field(None, description="the column of the log whose value is looked up")
    value: TemplateText | None = Field(None, description="instead of `column`: a template of what is looked up")
    format: AnyFormat | None = Field(
        None, description="how it is written, as in [format](#format); csv in utf-8 if left out"
    )

    @model_validator(mode="after")
    def _check_column(self) -> Self:
        if (self.column is None) == (self.value is None):
            raise problem(
                "a lookup has either a column of the log, whose value it looks up, or value, a template", "column"
            )
        return self

    def template(self) -> Template:
        """What is looked up."""
        return self.value or Template.of(self.column or "")


class EpisodeTable(Table):
    """What begins an episode of a subject that comes back."""

    begins: When = Field(
        description="what the row is like with which an episode of its subject begins, as in [when](#when)"
    )

    @model_validator(mode="after")
    def _check_begins(self) -> Self:
        if not self.begins:
            raise problem('must hold a test, such as { step = "join" }', "begins")
        return self


class MappingTable(Table):
    """The top of the file."""

    description: str = Field("", description="for people; optional")
    source: Annotated[str, AfterValidator(_filled)] = Field(
        description="the CloudEvents source of all events: where they come from, such as `/logs/old-desk`"
    )
    subject: TemplateText = Field(
        description=(
            "template of the ticket's, survey's or call's id; a row without one is rejected, unless one of the first "
            "rules skips it by its `when`"
        )
    )
    id: TemplateText | None = Field(None, description="template of the events' ids, see [ids](#ids)")
    null: Annotated[Nulls, PlainValidator(_read_nulls)] = Field(
        Nulls(), description="values that stand for nothing, see [null](#null)"
    )
    first_by: Literal["time", "file"] = Field(
        "time", description="what the first row of a subject is, see [first rows](#first-rows)"
    )
    sequence: TemplateText | None = Field(
        None, description="template of what tells the order of rows with the same time, see [equal times](#equal-times)"
    )
    equal_times: Literal["file", "file_reversed", "kind"] | None = Field(
        None, description="what the order of the file says of rows with the same time, see [equal times](#equal-times)"
    )
    explode: Annotated[tuple[str, ...], PlainValidator(_read_paths)] = Field(
        (), description="lists of a JSON log that make a row for each element, see [lists in JSON](#lists-in-json)"
    )
    format: AnyFormat = Field(description="how the file is written, see [format](#format)")
    time: TimeTable = Field(description="when the events of a row happened, see [time](#time)")
    episode: EpisodeTable | None = Field(
        None, description="what tells the returns of a subject apart, see [episodes](#episodes)"
    )
    lookup: dict[Annotated[str, AfterValidator(_lookup_name)], LookupTable] = Field(
        {}, description="values from other files, see [lookups](#lookups)"
    )
    rule: list[AnyRule] = Field(min_length=1, description="the rules, in their order, see [rules](#rules)")

    @model_validator(mode="after")
    def _check_order(self) -> Self:
        if self.sequence is not None and self.equal_times is not None:
            raise problem("must not stand beside sequence, which says what the order of equal times is", "equal_times")
        if self.equal_times == "file_reversed" and self.first_by == "file":
            raise problem(
                'must not be "file" beside equal_times = "file_reversed": in a file with its newest rows first, '
                'the row that comes first is the last one; leave first_by out, or say "time"',
                "first_by",
            )
        return self

    @model_validator(mode="after")
    def _check_episodes(self) -> Self:
        if EPISODE in self.subject.columns:
            raise problem(
                f"must not name {EPISODE}, which counts for each subject; a rule's own subject may", "subject"
            )
        return self

    @model_validator(mode="after")
    def _check_lists(self) -> Self:
        kind = self.format.kind
        if self.explode and kind in {"csv", "tsv", "xes"}:
            raise problem(f"is for JSON, not {kind}; a list in a cell is exploded by explode in a [[rule]]", "explode")
        return self

    @model_validator(mode="after")
    def _check_lookups(self) -> Self:
        for name, lookup in self.lookup.items():
            if any(column.startswith(f"{name}.") for column in lookup.template().columns):
                raise problem(
                    f"must not be named like a part of the log: its columns begin with {name!r} too", "lookup", name
                )
        return self


TOP_KEYS: Final = frozenset(MappingTable.model_fields) - _TABLES
"""The keys that stand above the first table."""
