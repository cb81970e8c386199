"""The steps of the Dockerfile, carried out on this machine's files laid over with what they change."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from tests.deployment.dockerfile import Stage, Step, stages

ROOT: Final = Path(__file__).parents[2]
DOCKERFILE: Final = ROOT / "deploy/Dockerfile"

_BUILD_SECONDS: Final = 900.0


class BuildError(Exception):
    """A step of the Dockerfile failed; the message holds its last words."""


def build(folder: Path) -> Path:
    """Carry out all stages; the folder of what the last one adds to this machine's files. Raises ``BuildError``."""
    made: dict[str, Path] = {}
    last = folder
    for number, stage in enumerate(stages(DOCKERFILE)):
        last = folder / str(number) / "upper"
        last.mkdir(parents=True)
        _carry_out(stage, last, made)
        # The first stage is the only one that has a name.
        made.setdefault("build", last)
    return last


def _carry_out(stage: Stage, upper: Path, made: Mapping[str, Path]) -> None:
    environment: dict[str, str] = {}
    place = "/"
    _open_python(upper)
    for step in stage.steps:
        if step.instruction == "WORKDIR":
            place = step.text
            _in_root(upper, ("mkdir", "-p", place), {})
        elif step.instruction == "ENV":
            environment |= dict(word.split("=", 1) for word in step.words)
        elif step.instruction == "COPY":
            _copy(step, upper, place, made)
        elif step.instruction == "RUN":
            _in_root(upper, ("sh", "-c", f"cd {place} && {step.text}"), environment)


def _open_python(upper: Path) -> None:
    """The interpreter stands for that of the image, which everybody may run, whosever folder it is in here."""
    home = Path(sys.base_prefix).resolve()
    opened = [str(path) for path in (home, *home.parents) if path != Path("/")]
    _in_root(upper, ("chmod", "o+rx", *opened), {})


def _copy(step: Step, upper: Path, place: str, made: Mapping[str, Path]) -> None:
    *sources, target = step.words
    base = ROOT
    if sources[0].startswith("--from="):
        base = made[sources.pop(0).removeprefix("--from=")]
    where = Path(f"{upper}{place}") / target if not target.startswith("/") else Path(f"{upper}{target}")
    several = len(sources) > 1 or target.endswith("/")
    (where if several else where.parent).mkdir(parents=True, exist_ok=True)
    for source in sources:
        command = ("cp", "--archive", "--no-target-directory") if not several else ("cp", "--archive")
        subprocess.run((*command, str(base / source.lstrip("/")), str(where)), check=True)


def _in_root(upper: Path, command: Sequence[str], environment: Mapping[str, str]) -> None:
    home = upper.parent
    for name in ("root", "work"):
        (home / name).mkdir(exist_ok=True)
    path = f"{Path(sys.base_prefix) / 'bin'}:{environment.get('PATH', os.defpath)}:/usr/sbin"
    script = "\n".join(
        (
            "set -e",
            f"mount -t overlay overlay -o lowerdir=/,upperdir={upper},workdir={home}/work {home}/root",
            *(f"mount --rbind /{name} {home}/root/{name}" for name in ("proc", "dev")),
            f"exec chroot {home}/root {shlex.join(command)}",
        )
    )
    result = subprocess.run(
        ("unshare", "--mount", "sh", "-c", script),
        env={**os.environ, **environment, "PATH": path},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=_BUILD_SECONDS,
        check=False,
    )
    if result.returncode != 0:
        last = "\n".join((result.stdout + result.stderr).splitlines()[-10:])
        raise BuildError(f"`{shlex.join(command)}` ended with {result.returncode}:\n{last}")
