"""What a fuzzer found."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Finding:
    """An input after which something held no more; ``offending`` is a Python literal of it."""

    target: str
    problem: str
    offending: str

    def lines(self) -> Iterator[str]:
        """Yield it for people."""
        yield f"{self.target}: {self.problem}"
        yield f"  {self.offending}"


class Target(Protocol):
    """Something that is fed inputs. ``share`` is how many of a thousand inputs it gets."""

    name: str
    share: int

    def feed(self, dice: Random, inputs: int) -> Iterator[Finding]:
        """Try so many inputs and yield what was found."""


def trace_of(error: BaseException) -> str:
    """An error with the place that it was raised at."""
    place = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__}: {error} at {place.filename}:{place.lineno}"
