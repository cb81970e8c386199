"""What a Dockerfile says: its stages with their steps, and what an image of its last stage starts with."""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

_HEALTH_OPTIONS: Final = re.compile(r"(?:--\S+\s+)*CMD\s+")


class Step(NamedTuple):
    """An instruction and what follows it, on one line."""

    instruction: str
    text: str

    @property
    def words(self) -> list[str]:
        """What follows the instruction: a list in JSON, or words as a shell reads them."""
        return json.loads(self.text) if self.text.startswith("[") else shlex.split(self.text)


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage: the image that it begins with, and its steps."""

    base: str
    steps: tuple[Step, ...]

    def last(self, instruction: str, default: str = "") -> str:
        """What follows the last such instruction."""
        return next((step.text for step in reversed(self.steps) if step.instruction == instruction), default)

    @property
    def environment(self) -> dict[str, str]:
        """The variables of its instructions ENV."""
        pairs = [word for step in self.steps if step.instruction == "ENV" for word in step.words]
        return dict(pair.split("=", 1) for pair in pairs)

    @property
    def entry_point(self) -> list[str]:
        """What is started, with the arguments that it has by default."""
        words: list[str] = [*json.loads(self.last("ENTRYPOINT", "[]")), *json.loads(self.last("CMD", "[]"))]
        return words

    @property
    def health_check(self) -> list[str]:
        """The command that tells whether a container is well."""
        words: list[str] = json.loads(_HEALTH_OPTIONS.sub("", self.last("HEALTHCHECK")))
        return words

    @property
    def user(self) -> tuple[int, int]:
        """The numbers of the user and of the group that run it."""
        user, _, group = self.last("USER").partition(":")
        return int(user), int(group)


def stages(file: Path) -> list[Stage]:
    """The stages of a Dockerfile, in their order."""
    lines = [
        line for line in file.read_text("utf-8").splitlines() if line.strip() and not line.lstrip().startswith("#")
    ]
    joined = "\n".join(lines).replace("\\\n", " ")
    steps = [
        Step(word.upper(), text.strip()) for word, _, text in (line.partition(" ") for line in joined.splitlines())
    ]
    starts = [index for index, step in enumerate(steps) if step.instruction == "FROM"]
    return [
        Stage(steps[start].text.split()[0], tuple(steps[start + 1 : end]))
        for start, end in zip(starts, [*starts[1:], len(steps)], strict=True)
    ]
