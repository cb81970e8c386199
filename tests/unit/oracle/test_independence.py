"""The oracle shares nothing with what it judges."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[3]
ORACLE = REPOSITORY / "tests" / "oracle"
JUDGED = ("stream", "schemas")
NOT_OF_THE_ORACLE = frozenset({"tests.event_records"})
"""What else of the tests it may use."""

FILES = sorted(ORACLE.rglob("*.py"))


def belongs_to(name: str, packages: tuple[str, ...]) -> bool:
    parts = name.split(".")
    return parts[0] in packages and all(map(str.isidentifier, parts))


def imports_in(tree: ast.AST, package: str) -> Iterator[str]:
    """The names of all modules that are imported anywhere, and all texts that may be names of modules."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            parents = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            module = ".".join([*parents, *([node.module] if node.module else [])])
            yield from (module, *(f"{module}.{alias.name}" if module else alias.name for alias in node.names))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def shared_in(source: str, package: str = "tests.oracle") -> list[str]:
    """What a module uses of what the oracle judges."""
    return [name for name in imports_in(ast.parse(source), package) if belongs_to(name, JUDGED)]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_no_module_of_the_oracle_imports_what_it_judges(file: Path) -> None:
    assert shared_in(file.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_of_the_tests_the_oracle_uses_only_how_records_are_written(file: Path) -> None:
    source = file.read_text(encoding="utf-8")
    used = {name for name in imports_in(ast.parse(source), "tests.oracle") if belongs_to(name, ("tests",))}
    modules = {".".join(name.split(".")[:2]) for name in used}

    assert modules <= {"tests.oracle"} | NOT_OF_THE_ORACLE


def test_running_the_oracle_loads_nothing_that_it_judges() -> None:
    modules = [f"tests.oracle.{file.stem}" for file in FILES if file.stem != "__init__"]
    program = f"import sys, {', '.join(modules)}; print(*sorted({{name.split('.')[0] for name in sys.modules}}))"
    loaded = subprocess.run([sys.executable, "-c", program], cwd=REPOSITORY, capture_output=True, text=True, check=True)

    assert set(loaded.stdout.split()) & {"tests", *JUDGED} == {"tests"}


@pytest.mark.parametrize(
    "source",
    [
        "import stream",
        "import json, stream.windows.moments as moments",
        "from stream import desk",
        "from stream.windows.business_calendar import BusinessCalendar",
        "from schemas.events import SlaEvent",
        "from ... import stream",
        "from ...stream.desks import calendar",
        "def lazily():\n    from stream.desks import calendar\n    return calendar",
        "class Lazy:\n    if True:\n        import stream.settings",
        "import importlib\nimportlib.import_module('stream.windows.business_calendar')",
        "from importlib import import_module as load\nload('stream')",
        "__import__('stream.desks')",
        "if TYPE_CHECKING:\n    from stream.desks.tickets.sla.policy import Policies",
    ],
)
def test_each_way_to_import_what_is_judged_is_noticed(source: str) -> None:
    assert shared_in(source) != []


@pytest.mark.parametrize(
    "source",
    [
        "import streaming, upstream",
        "from tests.oracle import records",
        "from . import records",
        "'a stream of events'",
        "from tests.stream import nothing",
    ],
)
def test_what_only_sounds_alike_is_left_alone(source: str) -> None:
    assert shared_in(source) == []
