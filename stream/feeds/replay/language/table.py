"""A table of a mapping file, whose errors say in one line what would be right."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping
from typing import Any, Self, get_args, get_origin

from pydantic import (
    BaseModel,
    ConfigDict,
    ModelWrapValidatorHandler,
    ValidationError,
    ValidationInfo,
    model_validator,
)
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails, InitErrorDetails, PydanticCustomError


class Table(BaseModel):
    """A table; its fields are its keys, with their meaning for people as descriptions.

    Validation ends at the first error, which has one line of text. The keys under ``top`` of the validation context
    are those that only the top of the file has.
    """

    model_config = ConfigDict(
        extra="forbid", strict=True, frozen=True, arbitrary_types_allowed=True, hide_input_in_errors=True
    )

    @classmethod
    def fields(cls) -> dict[str, FieldInfo]:
        """The fields by the keys of the file."""
        return {field.alias or name: field for name, field in cls.model_fields.items()}

    @classmethod
    def why_missing(cls, key: str) -> str:
        """What is to be said of a key that must be there."""
        kind = cls.fields()[key].annotation
        if isinstance(kind, type) and issubclass(kind, Table):
            return f"is missing; there must be a table [{key}]"
        return (
            f"there must be at least one [[{key}]]" if get_origin(kind) is list else "is missing; it must be a string"
        )

    @classmethod
    def why_unknown(cls, key: str, top: Collection[str]) -> str:
        """What is to be said of a key that is none of the table."""
        hint = _meant(key, cls.fields())
        if key in top and not hint:
            hint = ", but one of the top of the file: it must stand above the first [table]"
        return f"unknown key{hint}; known are {', '.join(cls.fields())}"

    @model_validator(mode="wrap")
    @classmethod
    def _first_error(cls, value: object, handler: ModelWrapValidatorHandler[Self], info: ValidationInfo) -> Self:
        try:
            return handler(value)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            if not first["loc"]:
                raise  # whoever has the key of the table explains it
            given = value if isinstance(value, dict) else {}
            raise problem(cls._explained(first, given, info.context or {}), *first["loc"]) from None

    @classmethod
    def _explained(cls, error: ErrorDetails, table: Mapping[str, object], context: Mapping[str, Any]) -> str:
        key = str(error["loc"][-1])
        field = cls.fields().get(key)
        match error["type"]:
            case "missing":
                return cls.why_missing(key) + _like(key, [other for other in table if other not in cls.fields()], field)
            case "extra_forbidden":
                return cls.why_unknown(key, context.get("top", ()))
            case "list_type" if isinstance(error["input"], dict):
                return f"{cls.why_missing(key)}, and [{key}] is a single table; write [[{key}]] instead"
            case "list_type" | "too_short":
                return cls.why_missing(key)
        return _wrong_value(error, key, field)


def _wrong_value(error: ErrorDetails, key: str, field: FieldInfo | None) -> str:  # noqa: PLR0911 - one for each type
    value = error["input"]
    match error["type"]:
        case "literal_error" if isinstance(value, str) and field is not None:
            return unknown_choice(value, _choices(field.annotation))
        case "string_type" | "literal_error":
            return f'must be a string, such as "{value}", not {_kind(value)}'
        case "bool_type":
            return f"must be true or false, not {value!r}"
        case "int_type" | "greater_than_equal" if field is not None:
            least = next(limit.ge for limit in field.metadata if hasattr(limit, "ge"))
            return f"must be a whole number of lines from {least}, not {value!r}"
        case "model_type" | "dict_type" if isinstance(value, list) and value and isinstance(value[0], dict):
            return f"must be one table, [{key}], not an array of them"
        case "model_type" | "dict_type":
            return f"must be a table, not {_kind(value)}"
    return str(error["ctx"]["error"]) if error["type"] == "value_error" else error["msg"]


def problem(text: str, *keys: str | int) -> ValidationError:
    """The error of what stands under keys within whatever is validated."""
    error = PydanticCustomError("problem", "{text}", {"text": text})
    return ValidationError.from_exception_data("mapping", [InitErrorDetails(type=error, loc=keys, input=None)])


def unknown_choice(text: str, choices: Collection[str]) -> str:
    """What is to be said of a text that is none of the choices."""
    return f"{text!r} is unknown{_meant(text, choices)}; it must be one of {', '.join(choices)}"


def _choices(hint: object) -> list[str]:
    return [hint] if isinstance(hint, str) else [choice for part in get_args(hint) for choice in _choices(part)]


def _meant(text: str, choices: Collection[str]) -> str:
    close = _close(text, choices)
    return f" (did you mean {close}?)" if close else ""


def _like(key: str, others: Collection[str], field: FieldInfo | None) -> str:
    """A question after a key that is there in place of the one that is missing, if one looks like it."""
    close = _close(key, others)
    kind = None if field is None else field.annotation
    is_table = isinstance(kind, type) and issubclass(kind, Table)
    spelling = "[{}]" if is_table else "[[{}]]" if get_origin(kind) is list else "{}"
    return f" (is {spelling.format(close)} meant to be it?)" if close else ""


def _close(text: str, choices: Collection[str]) -> str | None:
    """The choice that is most like a text, whatever the case of their letters."""
    spelled = {choice.casefold(): choice for choice in choices}
    close = difflib.get_close_matches(text.casefold(), spelled, n=1)
    return spelled[close[0]] if close else None


def _kind(value: object) -> str:
    names = {
        bool: "true or false",
        int: "a number",
        float: "a number",
        dict: "a table",
        list: "a list",
        str: "a string",
    }
    return names.get(type(value), "a date or a time")
