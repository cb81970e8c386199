"""The commands of Prometheus and Alertmanager, which come from the system and not from the lock."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

REQUIRED_VARIABLE: Final = "DESKPULSE_REQUIRE_PROMETHEUS"

_COMMANDS: Final = {
    "prometheus": ("prometheus",),
    "promtool": ("promtool",),
    "alertmanager": ("prometheus-alertmanager", "alertmanager"),
    "amtool": ("amtool",),
}
_CHECK_TIMEOUT: Final = 120.0


class ToolsUnavailableError(Exception):
    """A command is missing; the message says which."""


@dataclass(frozen=True, slots=True)
class MonitoringTools:
    """The paths of the commands."""

    prometheus: str
    promtool: str
    alertmanager: str
    amtool: str

    @classmethod
    def find(cls) -> Self:
        """All of them; raises ``ToolsUnavailableError`` if one is missing."""
        found = {tool: next(filter(None, map(shutil.which, names)), "") for tool, names in _COMMANDS.items()}
        if missing := [tool for tool, path in found.items() if not path]:
            raise ToolsUnavailableError(
                f"a real Prometheus needs the commands {', '.join(missing)}:"
                " install Debian's packages prometheus and prometheus-alertmanager"
            )
        return cls(**found)


def outcome(*command: str | Path) -> tuple[int, str]:
    """The exit status of a command and all that it printed."""
    result = subprocess.run(
        [str(part) for part in command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=_CHECK_TIMEOUT,
        check=False,
    )
    return result.returncode, result.stdout
