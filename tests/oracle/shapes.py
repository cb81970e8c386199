"""Which data an event may have."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from tests.oracle.moments import moment_of

Check = Callable[[object], bool]


def text(most: int, least: int = 1) -> Check:
    """A text of so many characters."""
    return lambda value: isinstance(value, str) and least <= len(value) <= most


def one_of(*words: str) -> Check:
    """One of some words."""
    return lambda value: isinstance(value, str) and value in words


def or_null(check: Check) -> Check:
    """What a check lets pass, or nothing."""
    return lambda value: value is None or check(value)


def is_time(value: object) -> bool:
    """Whether it is a time of RFC 3339 with a zone."""
    return moment_of(value) is not None


def is_whole(value: object) -> bool:
    """Whether it is a whole number."""
    return type(value) is int


identifier: Final = text(512)
attribute: Final = text(256)


def _always(_data: Mapping[str, Any]) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Shape:
    """The fields that a JSON object must have, those that it may have, and whether they ``agree``.

    An event may leave its data out where no field is required, unless they are ``needed`` all the same.
    """

    required: Mapping[str, Check] = field(default_factory=dict)
    optional: Mapping[str, Check] = field(default_factory=dict)
    agree: Callable[[Mapping[str, Any]], bool] = _always
    needed: bool = False

    def fits(self, value: Mapping[str, Any]) -> bool:
        """Whether an object is of this shape."""
        return (
            all(name in value and check(value[name]) for name, check in self.required.items())
            and all(name not in value or check(value[name]) for name, check in self.optional.items())
            and self.agree(value)
        )

    @property
    def may_be_left_out(self) -> bool:
        """Whether an event without data is one whose data are empty."""
        return not self.required and not self.needed
