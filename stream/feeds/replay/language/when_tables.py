"""What a row must be like for a rule: the table ``when``."""

from __future__ import annotations

from typing import Annotated, Final, Self

from pydantic import Field, PlainValidator, ValidationInfo, model_validator

from stream.feeds.replay.language.table import Table
from stream.feeds.replay.language.values import PatternText, TemplateText, Texts, read_template, read_texts
from stream.feeds.replay.templates import Template


def _read_number(value: object) -> Template:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return Template(str(value)) if is_number else read_template(value)


_NumberTemplate = Annotated[Template, PlainValidator(_read_number)]


class ColumnTests(Table):
    """The tests that a column must pass, all of them."""

    matches: PatternText | None = Field(None, description="has a match of this regular expression anywhere in it")
    empty: bool | None = Field(None, description="is empty (true) or is not (false)")
    not_: Texts | None = Field(None, alias="not", description="has not this value, or none of a list of values")
    equals: TemplateText | None = Field(None, description="is the same text as a template")
    differs: TemplateText | None = Field(None, description="is another text than a template")
    less: _NumberTemplate | None = Field(None, description="is a number below that of a template")
    greater: _NumberTemplate | None = Field(None, description="is a number above that of a template")
    before: TemplateText | None = Field(
        None, description="is a time before that of a template, spelled as `[time]` says"
    )
    after: TemplateText | None = Field(None, description="is a time after that of a template, spelled as `[time]` says")

    @model_validator(mode="after")
    def _check_any(self) -> Self:
        if not self.model_fields_set:
            raise ValueError(f"must hold a test: {', '.join(self.fields())}")
        return self

    def comparisons(self) -> dict[str, Template]:
        """The tests that compare the column, by their names."""
        given = {name: getattr(self, name) for name in COMPARISONS}
        return {name: other for name, other in given.items() if other is not None}


COMPARISONS: Final = ("equals", "differs", "less", "greater", "before", "after")
"""The tests: of texts (``equals``, ``differs``), of numbers (``less``, ``greater``), of times."""


def _read_tests(value: object, info: ValidationInfo) -> ColumnTests | tuple[str, ...]:
    return ColumnTests.model_validate(value, context=info.context) if isinstance(value, dict) else read_texts(value)


When = dict[str, Annotated[ColumnTests | tuple[str, ...], PlainValidator(_read_tests)]]
"""The values, or the tests, of columns."""
