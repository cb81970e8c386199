"""How a log is written: the table ``format``, of which each kind of log has its own keys."""

from __future__ import annotations

import codecs
from typing import Annotated, Any, Final, Literal, Self

from pydantic import AfterValidator, Field, PlainValidator, ValidationInfo, model_validator

from stream.feeds.replay.delimited import QUOTED_LINES
from stream.feeds.replay.language.table import Table, problem
from stream.feeds.replay.language.values import Texts
from stream.feeds.replay.log_format import KINDS, LogFormat
from stream.feeds.replay.number_spelling import THOUSANDS


def _known_encoding(name: str) -> str:
    try:
        codecs.lookup(name)
        "".encode(name)  # what Python knows besides encodings of text, such as zip, fails here
    except (LookupError, ValueError):
        raise ValueError(f"{name!r} is unknown; it must be one that Python knows, such as utf-8 or cp1252") from None
    return name


def _known_thousands(text: str) -> str:
    if text and text not in THOUSANDS:
        raise ValueError(f"must be one of {' '.join(map(repr, THOUSANDS))}, not {text!r}")
    return text


def _one_character(text: str) -> str:
    if len(text) != 1 or text in "\r\n":
        raise ValueError(f'must be one character, such as ";" or "\\t", not {text!r}')
    return text


def _told_apart(columns: tuple[str, ...]) -> tuple[str, ...]:
    doubled = next((column for column in columns if columns.count(column) > 1), None)
    if doubled is not None:
        raise ValueError(f"names the column {doubled!r} twice; each must have a name of its own")
    return columns


class FormatTable(Table):
    """What all kinds of logs have in common."""

    kind: Literal["csv", "tsv", "jsonl", "json", "xes"] = Field(
        description=(
            "`csv`, `tsv`, `jsonl` (a JSON object on each line), `json` (one document with an array of objects) or "
            "`xes`"
        )
    )
    encoding: Annotated[str, AfterValidator(_known_encoding)] = Field(
        "utf-8",
        description="one of Python's, such as utf-8 (the default), cp1252 or utf-16; a byte order mark is allowed",
    )
    thousands: Annotated[str, AfterValidator(_known_thousands)] = Field(
        "",
        description=(
            "what stands between the thousands of numbers: `,` (`1,204`), `.` (then `1.204,5` has a comma before its "
            "fraction), a space, `'` or `\N{RIGHT SINGLE QUOTATION MARK}`. It counts for durations, scores, `less` "
            "and `greater`"
        ),
    )

    def log_format(self) -> LogFormat:
        """The format for the reader of the log."""
        return LogFormat(self.kind, self.encoding, "", "", (), thousands=self.thousands)


class DelimitedFormat(FormatTable):
    """CSV and TSV."""

    delimiter: Annotated[str, AfterValidator(_one_character)] = Field(
        default_factory=lambda data: "\t" if data["kind"] == "tsv" else ",",
        description="csv and tsv: the character between two fields",
    )
    quote: str = Field(
        '"', description="csv and tsv: the character around fields; an empty one says that there is none"
    )
    columns: Annotated[Texts, AfterValidator(_told_apart)] = Field(
        (), description="csv and tsv: the names of the columns of a file without a header"
    )
    quoted_lines: int = Field(
        QUOTED_LINES,
        ge=1,
        description=(
            "csv and tsv: how many lines a row may have at most (default 1000); it has several where a quoted field "
            "has line breaks"
        ),
    )
    skip_lines: int = Field(
        0,
        ge=0,
        description=(
            "csv and tsv: how many lines stand above the header, or above the rows if there is none (default 0)"
        ),
    )

    short_rows: bool = Field(
        default=False,
        description=(
            "csv and tsv: true: a row of one line may have fewer fields than there are columns, which are then empty "
            "(default false)"
        ),
    )

    @model_validator(mode="after")
    def _check_quote(self) -> Self:
        if len(self.quote) > 1 or self.quote in {"\r", "\n", self.delimiter}:
            raise problem(f"must be one character other than the delimiter, or empty, not {self.quote!r}", "quote")
        return self

    def log_format(self) -> LogFormat:
        """The format for the reader of the log."""
        return LogFormat(
            self.kind,
            self.encoding,
            self.delimiter,
            self.quote,
            self.columns,
            quoted_lines=self.quoted_lines,
            skip_lines=self.skip_lines,
            short_rows=self.short_rows,
            thousands=self.thousands,
        )


class JsonFormat(FormatTable):
    """One JSON document."""

    records: str = Field(
        "",
        description=(
            "json: the path to the array of records, such as `data.tickets`. Without it the document is the array, or "
            "the only array of objects in its top object"
        ),
    )

    def log_format(self) -> LogFormat:
        """The format for the reader of the log."""
        return LogFormat(self.kind, self.encoding, "", "", (), records=self.records, thousands=self.thousands)


FORMAT_TABLES: Final[dict[str, type[FormatTable]]] = dict.fromkeys(KINDS, FormatTable) | {
    "csv": DelimitedFormat,
    "tsv": DelimitedFormat,
    "json": JsonFormat,
}
"""The tables of the kinds of logs."""


def _read(value: object, info: ValidationInfo) -> FormatTable:
    kind: Any = value.get("kind") if isinstance(value, dict) else None
    table = FORMAT_TABLES.get(kind, FormatTable) if isinstance(kind, str) else FormatTable
    return table.model_validate(value, context=info.context)


AnyFormat = Annotated[FormatTable, PlainValidator(_read)]
"""The table that its ``kind`` asks for."""
