"""Which packages may import which: the arrows of the design run one way."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

OUTSIDE = ("faust", "mode", "aiokafka", "prometheus_client", "aiohttp")
"""What the functional core knows nothing of."""

PURE = (
    "stream/doctor/rules.py",
    "stream/dead_letters/letter.py",
    "stream/dead_letters/ledger.py",
    "stream/dead_letters/repairs.py",
)
"""Modules outside of the core that judge what others have read, and read nothing themselves."""

CORE = ("stream/windows", "stream/state", "stream/desks", "stream/monitoring", "schemas")

FORBIDDEN = {
    "stream/windows": ("stream.state", "stream.desks", "stream.metrics", "stream.runtime", "stream.web", "stream.cli"),
    "stream/state": ("stream.desks", "stream.metrics", "stream.runtime", "stream.feeds", "stream.web", "stream.cli"),
    "stream/desks": ("stream.metrics", "stream.runtime", "stream.feeds", "stream.web", "stream.cli", "stream.app"),
    "stream/metrics": ("stream.runtime", "stream.feeds", "stream.web", "stream.cli", "stream.app"),
    "stream/monitoring": ("stream.runtime", "stream.feeds", "stream.web", "stream.cli", "stream.app"),
    "stream/runtime": ("stream.metrics", "stream.feeds", "stream.web", "stream.cli", "stream.app"),
    "stream/runtime/kafka": ("stream.runtime.faust",),
    "stream/dead_letters": ("stream.feeds", "stream.web", "stream.cli", "stream.app", "stream.doctor"),
    "stream/doctor": ("stream.feeds", "stream.web", "stream.cli", "stream.app", "stream.dead_letters"),
    "stream/web": ("stream.runtime", "stream.feeds", "stream.cli", "stream.app"),
    "schemas": ("stream",),
}

_IMPORT_ALL = """
import importlib, json, sys
for name in json.loads(sys.argv[1]):
    importlib.import_module(name)
print(json.dumps(sorted(sys.modules)))
"""


def files_of(package: str) -> list[Path]:
    """The modules of a package."""
    files = sorted((ROOT / package).rglob("*.py"))
    assert files
    return files


def name_of(file: Path) -> str:
    """The name under which a file is imported."""
    parts = file.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports_of(file: Path) -> Iterator[str]:
    """Every module that a file names in an import, also in functions and for types only."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file} has a relative import"
            module = node.module or ""
            yield module
            yield from (f"{module}.{alias.name}" for alias in node.names)


def is_within(module: str, packages: tuple[str, ...]) -> bool:
    """Whether a module is one of these packages or lies in one."""
    return any(module == package or module.startswith(f"{package}.") for package in packages)


@pytest.mark.parametrize("package", CORE)
def test_the_core_names_nothing_of_faust_kafka_prometheus_or_the_web(package: str) -> None:
    found = {
        f"{name_of(file)} imports {module}"
        for file in files_of(package)
        for module in imports_of(file)
        if is_within(module, OUTSIDE)
    }

    assert not found


@pytest.mark.parametrize("module", PURE)
def test_what_judges_names_nothing_of_faust_kafka_prometheus_or_the_web(module: str) -> None:
    assert not [name for name in imports_of(ROOT / module) if is_within(name, OUTSIDE)]


def test_the_core_loads_nothing_of_faust_kafka_prometheus_or_the_web() -> None:
    modules = [name_of(file) for package in CORE for file in files_of(package)]
    answer = subprocess.run(
        [sys.executable, "-c", _IMPORT_ALL, json.dumps(modules)],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
        timeout=60,
    )
    loaded = json.loads(answer.stdout)

    assert set(modules) <= set(loaded)
    assert [module for module in loaded if is_within(module, OUTSIDE)] == []


@pytest.mark.parametrize("package", FORBIDDEN)
def test_no_package_imports_one_that_lies_above_it(package: str) -> None:
    found = {
        f"{name_of(file)} imports {module}"
        for file in files_of(package)
        for module in imports_of(file)
        if is_within(module, FORBIDDEN[package])
    }

    assert not found
