"""What the Compose files say, with their variables filled in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Final

import yaml

_VARIABLE: Final = re.compile(r"\$\{(?P<name>\w+)(?::-(?P<default>[^}]*))?\}")


@dataclass(frozen=True, slots=True)
class Mount:
    """What is mounted: a file or folder of the host, or a volume by name, at a place in the container."""

    source: str
    target: PurePosixPath
    read_only: bool

    @property
    def is_volume(self) -> bool:
        """Whether it is a named volume."""
        return not self.source.startswith((".", "/"))


@dataclass(frozen=True, slots=True)
class Service:
    """A service by name, with what the file says of it."""

    name: str
    content: Mapping[str, Any]

    @property
    def environment(self) -> dict[str, str]:
        """The variables that it sets."""
        return {key: str(value) for key, value in self.content.get("environment", {}).items()}

    @property
    def command(self) -> list[str]:
        """The command, or its arguments."""
        return list(map(str, self.content.get("command", ())))

    @property
    def health_check(self) -> list[str]:
        """The command of the health check, empty if the image's holds, or none."""
        words = self.content.get("healthcheck", {}).get("test", [""])
        return list(words[1:])

    @property
    def mounts(self) -> list[Mount]:
        """What is mounted."""
        found = []
        for text in self.content.get("volumes", ()):
            source, target, *mode = text.split(":")
            found.append(Mount(source, PurePosixPath(target), mode == ["ro"]))
        return found


def services(file: Path, variables: Mapping[str, str] | None = None) -> dict[str, Service]:
    """The services of a Compose file by name."""
    content = yaml.safe_load(_filled(file.read_text("utf-8"), variables or {}))
    return {name: Service(name, service) for name, service in content["services"].items()}


def _filled(text: str, variables: Mapping[str, str]) -> str:
    return _VARIABLE.sub(lambda found: variables.get(found["name"], found["default"] or ""), text)
