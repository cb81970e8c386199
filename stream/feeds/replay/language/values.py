"""What may stand under the keys of a mapping: templates, texts, patterns."""

from __future__ import annotations

import re
import warnings
from typing import Annotated

from pydantic import PlainValidator
from pydantic_core import PydanticKnownError

from stream.feeds.replay.templates import Template


def read_text(value: object) -> str:
    """A string; raises what pydantic makes an error of."""
    if not isinstance(value, str):
        raise PydanticKnownError("string_type")
    return value


def read_template(value: object) -> Template:
    """A template; raises ``ValueError`` when it is none."""
    return Template(read_text(value))


def read_texts(value: object) -> tuple[str, ...]:
    """A list of strings or a single one; raises ``ValueError`` when it is neither."""
    values = value if isinstance(value, list) else [value]
    if not values or not all(isinstance(item, str) for item in values):
        raise ValueError(f'must be a string or a list of strings, such as ["a", "b"], not {value!r}')
    return tuple(values)


def _read_pattern(value: object) -> re.Pattern[str]:
    text = read_text(value)
    try:
        with warnings.catch_warnings():
            # What a later Python may read otherwise is no concern of who replays a log with this one.
            warnings.simplefilter("ignore", FutureWarning)
            return re.compile(text)
    except (re.error, OverflowError, RecursionError) as error:
        raise ValueError(f"not a regular expression: {error}") from error


TemplateText = Annotated[Template, PlainValidator(read_template)]
Texts = Annotated[tuple[str, ...], PlainValidator(read_texts)]
PatternText = Annotated[re.Pattern[str], PlainValidator(_read_pattern)]
