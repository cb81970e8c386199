"""What draws the pictures and comes from the system: Node.js, Chromium, its fonts and Prometheus."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

FONTS: Final = Path("/usr/share/fonts/opentype/inter")
"""Where Debian has Inter, the font of Grafana, which its libraries do not bring along."""

_COMMANDS: Final = {
    "node": "nodejs",
    "npm": "npm",
    "chromium": "chromium",
    "prometheus": "prometheus",
    "promtool": "prometheus",
}


class ToolsMissingError(Exception):
    """Something is not installed; the message says what, and how to get it."""


@dataclass(frozen=True, slots=True)
class PictureTools:
    """The paths of the commands."""

    node: str
    npm: str
    chromium: str
    prometheus: str
    promtool: str

    @classmethod
    def find(cls) -> Self:
        """All of them; raises ``ToolsMissingError``."""
        found = {command: shutil.which(command) or "" for command in _COMMANDS}
        missing = {command: _COMMANDS[command] for command, path in found.items() if not path}
        if not FONTS.is_dir():
            missing[f"the font Inter in {FONTS}"] = "fonts-inter"
        if missing:
            packages = " ".join(sorted(set(missing.values())))
            raise ToolsMissingError(f"{', '.join(missing)} not found: apt-get install {packages}")
        return cls(**found)
