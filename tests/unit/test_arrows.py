"""Which packages may import which: the arrows of the design run one way."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from collections.abc import Collection, Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from stream.desks import kinds

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

CORE = (
    "stream/windows",
    "stream/simulation",
    "stream/sentiment",
    "stream/state",
    "stream/desks",
    "stream/monitoring",
    "schemas",
)

LONGEST_FILE = 350

ABOVE = (
    "stream.runtime",
    "stream.feeds",
    "stream.web",
    "stream.cli",
    "stream.app",
    "stream.dead_letters",
    "stream.doctor",
)
"""What is built on the core."""

FORBIDDEN = {
    "stream/windows": (
        "stream.settings",
        "stream.simulation",
        "stream.state",
        "stream.desks",
        "stream.metrics",
        "stream.core",
        *ABOVE,
    ),
    "stream/simulation": (
        "stream.settings",
        "stream.state",
        "stream.desks",
        "stream.metrics",
        "stream.monitoring",
        "stream.core",
        *ABOVE,
    ),
    "stream/sentiment": (
        "stream.settings",
        "stream.windows",
        "stream.simulation",
        "stream.state",
        "stream.desks",
        "stream.metrics",
        "stream.monitoring",
        "stream.core",
        *ABOVE,
    ),
    "stream/state": ("stream.desks", "stream.metrics", "stream.monitoring", "stream.core", *ABOVE),
    "stream/desks": ("stream.metrics", "stream.monitoring", "stream.core", *ABOVE),
    "stream/settings": ("stream.metrics", "stream.monitoring", "stream.core", *ABOVE),
    "stream/metrics": ("stream.monitoring", "stream.core", *ABOVE),
    "stream/core.py": ("stream.monitoring", *ABOVE),
    "stream/monitoring": ("stream.runtime", "stream.feeds", "stream.web", "stream.cli", "stream.app"),
    "stream/runtime": ("stream.metrics", "stream.feeds", "stream.web", "stream.cli", "stream.app"),
    "stream/runtime/kafka": ("stream.runtime.faust",),
    "stream/dead_letters": ("stream.feeds", "stream.web", "stream.cli", "stream.app", "stream.doctor"),
    "stream/doctor": ("stream.feeds", "stream.web", "stream.cli", "stream.app", "stream.dead_letters"),
    "stream/web": ("stream.runtime", "stream.feeds", "stream.cli", "stream.app"),
    "schemas": ("stream",),
}

KINDS = tuple(sorted(file.parent.name for file in (ROOT / "stream/desks").glob("*/__init__.py")))
"""The packages of the kinds. None of them knows of another, nor of the list of them."""

FORBIDDEN |= {
    f"stream/desks/{kind}": ("stream.desks.kinds", *(f"stream.desks.{other}" for other in KINDS if other != kind))
    for kind in KINDS
}
FORBIDDEN["stream/feeds/simulator"] = tuple(f"stream.desks.{kind}" for kind in KINDS)

_IMPORT_ALL = """
import importlib, json, sys
for name in json.loads(sys.argv[1]):
    importlib.import_module(name)
print(json.dumps(sorted(sys.modules)))
"""


def files_of(package: str) -> list[Path]:
    """The modules of a package, or the one module itself."""
    path = ROOT / package
    files = [path] if path.is_file() else sorted(path.rglob("*.py"))
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


def modules_in(file: Path, modules: Collection[str]) -> Iterator[str]:
    """The modules that a file imports, also in functions and for types only; of a package only what it names of it."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in modules)
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                named = f"{node.module}.{alias.name}"
                if named in modules:
                    yield named
                elif node.module in modules:
                    yield str(node.module)


def desks_of(package: str) -> Iterator[str]:
    """The classes of a package that are named as desks are."""
    for file in files_of(package):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef) and re.search(r"Desks?$", node.name):
                yield node.name


def asked_for(tree: ast.AST) -> Iterator[str]:
    """The names of the classes that some code tells apart."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            if node.func.id in {"isinstance", "issubclass"}:
                yield from names_in(node.args[1])
        elif isinstance(node, ast.MatchClass):
            yield from names_in(node.cls)


def names_in(node: ast.expr) -> Iterator[str]:
    """The last parts of all names in an expression."""
    for part in ast.walk(node):
        if isinstance(part, ast.Name):
            yield part.id
        elif isinstance(part, ast.Attribute):
            yield part.attr


def test_each_kind_is_one_package_and_each_package_a_kind() -> None:
    assert sorted(kind.name for kind in kinds.KINDS) == [*KINDS]


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


def test_no_file_of_the_product_is_longer_than_can_be_read_at_once() -> None:
    files = [*files_of("stream"), *files_of("schemas")]
    lines = {name_of(file): len(file.read_text(encoding="utf-8").splitlines()) for file in files}

    assert {name: count for name, count in lines.items() if count > LONGEST_FILE} == {}


def test_no_modules_import_each_other_in_a_circle() -> None:
    modules = {name_of(file): file for package in ("stream", "schemas") for file in files_of(package)}
    graph = {name: {*modules_in(file, modules)} - {name} for name, file in modules.items()}
    assert sum(map(len, graph.values())) > len(graph)

    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(f"imported in a circle: {' <- '.join(error.args[1])}")


def test_a_circle_of_modules_is_found(tmp_path: Path) -> None:
    modules = {name: tmp_path / f"{name.replace('.', '_')}.py" for name in ("a", "a.one", "a.two")}
    modules["a"].write_text("")
    modules["a.one"].write_text("from a import two")
    modules["a.two"].write_text("if 1:\n    from a.one import name")

    assert {name: [*modules_in(file, modules)] for name, file in modules.items()} == {
        "a": [],
        "a.one": ["a.two"],
        "a.two": ["a.one"],
    }


def test_only_a_kinds_own_package_asks_whether_a_desk_is_of_its_kind() -> None:
    packages = [f"stream/desks/{kind}" for kind in KINDS]
    desks = {name: package for package in packages for name in desks_of(package)}
    assert {"TicketDesk", "SurveyDesk"} <= desks.keys()

    found = {
        f"{name_of(file)} asks for {name}"
        for file in files_of("stream")
        for name in asked_for(ast.parse(file.read_text(encoding="utf-8")))
        if name in desks and not file.is_relative_to(ROOT / desks[name])
    }

    assert not found


@pytest.mark.parametrize(
    "code, names",
    [
        ("isinstance(desk, TicketDesk)", {"TicketDesk"}),
        ("issubclass(type(desk), (desks.SurveyDesk, TicketDesk))", {"desks", "SurveyDesk", "TicketDesk"}),
        ("match desk:\n    case TicketDesk():\n        pass", {"TicketDesk"}),
        ("TicketDesk(desk)", set()),
    ],
)
def test_every_way_to_ask_for_a_class_is_seen(code: str, names: set[str]) -> None:
    assert {*asked_for(ast.parse(code))} == names
