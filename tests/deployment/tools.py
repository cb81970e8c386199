"""The tools that judge the files for deployment: pinned, and installed once into a cache outside the tree."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

PYTHON_LOCK: Final = Path(__file__).with_name("requirements.lock")
"""The tools that come from Python's package index, with hashes."""

INSTALL_SECONDS: Final = 1_500.0


class ToolUnavailableError(Exception):
    """A tool cannot be installed here; the message says which and why."""


@dataclass(frozen=True, slots=True)
class GoTool:
    """A command that Go builds from ``package`` at a version.

    ``as_dependency`` is for modules that `go install` refuses because they exclude versions of others.
    """

    name: str
    version: str
    package: str
    as_dependency: bool = False


KUSTOMIZE: Final = GoTool("kustomize", "5.8.2", "sigs.k8s.io/kustomize/kustomize/v5")
KUBECONFORM: Final = GoTool("kubeconform", "0.8.0", "github.com/yannh/kubeconform/cmd/kubeconform")
KUBE_SCORE: Final = GoTool("kube-score", "1.20.0", "github.com/zegl/kube-score/cmd/kube-score")
CONTROLLER_GEN: Final = GoTool("controller-gen", "0.21.0", "sigs.k8s.io/controller-tools/cmd/controller-gen")
COMPOSE: Final = GoTool("docker-compose", "5.6.0", "github.com/docker/compose/v5/cmd", as_dependency=True)


def cache_root() -> Path:
    """Where tools are kept: ``deskpulse/tools`` in the user's cache directory."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "deskpulse" / "tools"


def go_tool(tool: GoTool) -> Path:
    """The command, built when it is not there. Raises ``ToolUnavailableError``."""

    def build(folder: Path) -> None:
        environment = os.environ | {"GOBIN": str(folder), "GOTOOLCHAIN": "local"}
        if not tool.as_dependency:
            run(("go", "install", "-p", "2", f"{tool.package}@v{tool.version}"), tool.name, folder, environment)
            return
        with tempfile.TemporaryDirectory() as module:
            for arguments in (
                ("mod", "init", "tools"),
                ("get", f"{tool.package}@v{tool.version}"),
                ("build", "-p", "2", "-o", str(folder / tool.name), tool.package),
            ):
                run(("go", *arguments), tool.name, Path(module), environment)

    return kept(f"{tool.name}-{tool.version}", build) / tool.name


def python_tools() -> Path:
    """The folder of the commands that come from Python's package index. Raises ``ToolUnavailableError``."""

    def install(folder: Path) -> None:
        run((sys.executable, "-m", "venv", str(folder)), "venv", folder)
        pip = (str(folder / "bin" / "python"), "-m", "pip", "--disable-pip-version-check", "--quiet", "install")
        run((*pip, "--require-hashes", "--requirement", str(PYTHON_LOCK)), "pip", folder)

    # The scripts of a virtual environment name the folder that it was made in.
    return kept(f"python-{digest_of(PYTHON_LOCK)}", install, movable=False) / "bin"


def digest_of(*files: Path) -> str:
    """A short name for the contents of files."""
    return hashlib.sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()[:12]


def kept(name: str, fill: Callable[[Path], None], *, movable: bool = True) -> Path:
    """The folder of that name in the cache, filled when it is not there, and never seen half filled.

    What is not ``movable`` is filled in its place. Raises what ``fill`` raises.
    """
    folder = cache_root() / name
    with _locked():
        if not (folder / ".complete").is_file():
            shutil.rmtree(folder, ignore_errors=True)
            with tempfile.TemporaryDirectory(dir=cache_root(), prefix="filling-") as scratch:
                filled = Path(scratch) / name if movable else folder
                filled.mkdir()
                fill(filled)
                (filled / ".complete").touch()
                if movable:
                    filled.rename(folder)
    return folder


def run(
    command: tuple[str, ...], name: str, folder: Path, environment: dict[str, str] | None = None, text: str = ""
) -> str:
    """What a command that installs something prints. Raises ``ToolUnavailableError`` if it cannot."""
    if shutil.which(command[0]) is None:
        raise ToolUnavailableError(f"{name} needs the command {command[0]}, which is not here")
    try:
        result = subprocess.run(
            ("/usr/bin/env", "nice", *command),
            cwd=folder,
            env=environment,
            input=text,
            capture_output=True,
            text=True,
            timeout=INSTALL_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise ToolUnavailableError(f"{name} was not installed within {INSTALL_SECONDS:g} s") from error
    if result.returncode != 0:
        last = "\n".join((result.stdout + result.stderr).splitlines()[-5:])
        raise ToolUnavailableError(f"{name} cannot be installed: `{' '.join(command)}` ended with:\n{last}")
    return result.stdout


@contextmanager
def _locked() -> Iterator[None]:
    cache_root().mkdir(parents=True, exist_ok=True)
    with (cache_root() / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
