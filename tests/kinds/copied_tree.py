"""A temporary copy of the code, changed as a contributor would change it, and programs that run from it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from shutil import copyfile, copytree, ignore_patterns
from typing import Any, Final

import orjson

ROOT: Final = Path(__file__).parents[2]
ERRANDS: Final = ROOT / "tests" / "kinds" / "errands"
CORE_RUN: Final = "tests.kinds.core_run"

_COPIED: Final = ("stream", "schemas", "tests/kinds", "tests/data")
_COPIED_FILES: Final = ("tests/__init__.py", "tests/contributions.py", "tests/event_records.py")
_SECONDS: Final = 120


class CopiedTree:
    """A copy of the product's code below ``folder``, with as much of the tests as runs from it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for package in _COPIED:
            copytree(ROOT / package, folder / package, ignore=ignore_patterns("__pycache__"))
        for file in _COPIED_FILES:
            copyfile(ROOT / file, folder / file)

    def plug_in_errands(self) -> None:
        """Drop the package in, under the name that it has there, and name it in the list of kinds."""
        package = copytree(ERRANDS, self.folder / "stream/desks/errands", ignore=ignore_patterns("__pycache__"))
        for file in package.glob("*.py"):
            file.write_text(file.read_text("utf-8").replace("tests.kinds.errands", "stream.desks.errands"), "utf-8")
        self.insert(
            "stream/desks/kinds.py",
            after='    "stream.desks.surveys.definition:SURVEYS",\n',
            line='    "stream.desks.errands.definition:ERRANDS",\n',
        )

    def insert(self, file: str, *, after: str, line: str) -> None:
        """Insert one line after another, which must be there once."""
        assert line.count("\n") == 1
        self.replace(file, after, after + line)

    def replace(self, file: str, old: str, new: str) -> None:
        """Put a text in the place of another, which must be there once."""
        path = self.folder / file
        text = path.read_text("utf-8")
        assert text.count(old) == 1, f"{file} has {text.count(old)} times {old!r}"
        path.write_text(text.replace(old, new), "utf-8")

    @property
    def environment(self) -> dict[str, str]:
        """In which programs find the copy before what is installed."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("DESKPULSE_")}
        return inherited | {"PYTHONPATH": str(self.folder)}

    def run(self, *arguments: str, given: bytes = b"", more: Mapping[str, str] | None = None) -> tuple[int, str, str]:
        """Run a module of this name with its arguments; exit status, output and errors."""
        done = subprocess.run(
            [sys.executable, "-m", *arguments],
            cwd=self.folder,
            env=self.environment | dict(more or {}),
            input=given,
            capture_output=True,
            check=False,
            timeout=_SECONDS,
        )
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    def core(self, **asked: object) -> dict[str, Any]:
        """What the core of the copy comes to: see `core_run`."""
        status, out, err = self.run(CORE_RUN, given=orjson.dumps(asked))
        assert status == 0, err
        answer: dict[str, Any] = orjson.loads(out)
        assert answer["code"] == str(self.folder / "stream")
        return answer
