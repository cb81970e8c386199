"""What is held against the files for deployment, by tools that others keep."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from tests.deployment.schema_sources import KUBERNETES, schema_folder
from tests.deployment.tools import COMPOSE, KUBE_SCORE, KUBECONFORM, KUSTOMIZE, go_tool, python_tools

YAMLLINT_RULES: Final = Path(__file__).with_name("yamllint.yaml")
COMPOSE_LINT_RULES: Final = Path(__file__).with_name("compose-lint.yaml")

_CHECK_SECONDS: Final = 120.0


@dataclass(frozen=True, slots=True)
class Check:
    """A check by name. ``findings`` takes the folder of the repository and gives what is wrong, nothing if all is well.

    It raises ``ToolUnavailableError`` if the tool for it cannot be installed.
    """

    name: str
    findings: Callable[[Path], str]


def checks(root: Path) -> Iterator[Check]:
    """All checks of the repository in ``root``."""
    for arguments in (
        (),
        ("--profile", "demo"),
        ("--file", "kafka-port.yaml"),
        ("--file", "kafka-port.yaml", "--profile", "demo"),
    ):
        yield Check(" ".join(("compose config", *arguments)), partial(_compose, arguments))
    yield Check("compose-lint", _compose_lint)
    yield Check("hadolint", _hadolint)
    yield Check("yamllint", _yamllint)
    for overlay in overlays(root):
        yield Check(f"kustomize {overlay}", partial(_built, overlay))
        yield Check(f"kubeconform {overlay}", partial(_kubeconform, overlay))
        yield Check(f"kube-score {overlay}", partial(_kube_score, overlay))


def overlays(root: Path) -> list[str]:
    """The names of the overlays."""
    return sorted(path.parent.name for path in root.glob("deploy/kubernetes/overlays/*/kustomization.yaml"))


def manifests(overlay: str, root: Path) -> tuple[str, str]:
    """What kustomize makes of an overlay, and what is wrong with that. Raises ``ToolUnavailableError``."""
    folder = root / "deploy/kubernetes/overlays" / overlay
    return _outcome((str(go_tool(KUSTOMIZE)), "build", str(folder)), root)


def _built(overlay: str, root: Path) -> str:
    return manifests(overlay, root)[1]


def _compose(arguments: Sequence[str], root: Path) -> str:
    command = (str(go_tool(COMPOSE)), "--file", "compose.yaml", *arguments, "config", "--quiet")
    return _outcome(command, root / "deploy/compose")[1]


def _compose_lint(root: Path) -> str:
    command = (str(python_tools() / "compose-lint"), "check", "--fail-on", "low", "--strict-config")
    options = ("--skip-suppressed", "--config", str(COMPOSE_LINT_RULES))
    return _outcome((*command, *options, "compose.yaml"), root / "deploy/compose")[1]


def _hadolint(root: Path) -> str:
    return _outcome((str(python_tools() / "hadolint"), "--no-color", "deploy/Dockerfile"), root)[1]


def _yamllint(root: Path) -> str:
    command = (str(python_tools() / "yamllint"), "--strict", "--format", "parsable", "--config-file")
    return _outcome((*command, str(YAMLLINT_RULES), "deploy"), root)[1]


def _kubeconform(overlay: str, root: Path) -> str:
    schemas = f"{schema_folder()}/{{{{.ResourceKind}}}}{{{{.KindSuffix}}}}.json"
    command = (str(go_tool(KUBECONFORM)), "-strict", "-kubernetes-version", KUBERNETES, "-schema-location", schemas)
    return _judged(overlay, command, root)


def _kube_score(overlay: str, root: Path) -> str:
    command = (str(go_tool(KUBE_SCORE)), "score", "--exit-one-on-warning", "--color", "never", "-")
    return _judged(overlay, command, root)


def _judged(overlay: str, command: Sequence[str], root: Path) -> str:
    text, problem = manifests(overlay, root)
    return problem or _outcome(command, root, text)[1]


def _outcome(command: Sequence[str], folder: Path, text: str = "") -> tuple[str, str]:
    """What a command prints, and what is wrong: all that it said if it failed, nothing otherwise."""
    result = subprocess.run(
        command, cwd=folder, input=text, capture_output=True, text=True, timeout=_CHECK_SECONDS, check=False
    )
    said = f"{result.stdout}{result.stderr}".strip() or f"ended with status {result.returncode}"
    return result.stdout, "" if result.returncode == 0 else said
