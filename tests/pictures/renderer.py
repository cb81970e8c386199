"""The renderer: Grafana's libraries from npm, kept outside the tree, bundled, and run in Chromium."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, NamedTuple

from tests.pictures.commands import run
from tests.pictures.tools import FONTS, PictureTools

SOURCES: Final = Path(__file__).parent / "renderer"

_INSTALL_SECONDS: Final = 900.0
_BUNDLE_SECONDS: Final = 300.0
_PICTURES_SECONDS: Final = 900.0


class Picture(NamedTuple):
    """What the renderer is given for a picture, and where it goes."""

    data: Mapping[str, Any]
    path: Path


class Renderer:
    """Draws in a folder of its own; its libraries are in the user's cache."""

    def __init__(self, tools: PictureTools, folder: Path) -> None:
        self._tools = tools
        self._folder = folder
        self._bundle = folder / "bundle.js"
        packages = (SOURCES / "package.json").read_bytes()
        self._libraries = _cache() / sha256(packages).hexdigest()[:12]

    async def prepare(self) -> None:
        """Install the libraries, if these are not there yet, and bundle; raises ``CommandError``."""
        if not (self._libraries / "installed").exists():
            shutil.rmtree(self._libraries, ignore_errors=True)
            self._libraries.mkdir(parents=True)
            shutil.copy(SOURCES / "package.json", self._libraries)
            # React 19, which the table needs, is newer than what Grafana's components ask for.
            options = ("--legacy-peer-deps", "--no-package-lock", "--ignore-scripts", "--no-audit", "--no-fund")
            await run(self._tools.npm, "install", *options, cwd=self._libraries, seconds=_INSTALL_SECONDS)
            (self._libraries / "installed").touch()
        # Node looks for packages beside a script, not where it is run.
        for script in SOURCES.glob("*.mjs"):
            shutil.copy(script, self._libraries)
        command = self._tools.node, "build.mjs", SOURCES, self._bundle
        await run(*command, cwd=self._libraries, seconds=_BUNDLE_SECONDS)

    async def draw(self, pictures: Sequence[Picture]) -> list[list[str]]:
        """Draw pictures, and say for each what is wrong with it; raises ``CommandError``."""
        pages = []
        for number, picture in enumerate(pictures):
            data = self._folder / f"page-{number}.json"
            data.write_text(json.dumps(picture.data), "utf-8")
            pages.append({"data": str(data), "picture": str(picture.path)})
        job = self._folder / "job.json"
        named = {"chromium": self._tools.chromium, "fonts": str(FONTS), "bundle": str(self._bundle), "pages": pages}
        job.write_text(json.dumps(named), "utf-8")
        printed = await run(self._tools.node, "shoot.mjs", job, cwd=self._libraries, seconds=_PICTURES_SECONDS)
        faults: list[list[str]] = json.loads(printed)
        return faults


def _cache() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "deskpulse" / "pictures"
