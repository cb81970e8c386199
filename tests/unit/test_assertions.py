"""Every test holds something: one that calls code and asserts nothing would pass whatever the code did."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]

EXPECTING = {"pytest.raises", "pytest.warns", "pytest.fail"}
ASSERTING = re.compile(r"(.*\.)?_?(assert|check|raise)_\w+|check")
"""How functions of the tests are called that fail a test."""

Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions_in(tree: ast.AST) -> Iterator[Function]:
    """The functions and methods of a file."""
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def holds_something(function: Function) -> bool:
    """Whether a function asserts, expects an error, or calls one that is named like those that do."""
    return any(isinstance(node, ast.Assert) or _asserts(node) for node in ast.walk(function))


def _asserts(node: ast.AST) -> bool:
    if not isinstance(node, ast.Call):
        return False
    name = ast.unparse(node.func)
    return name in EXPECTING or ASSERTING.fullmatch(name) is not None


def test_every_test_asserts_something() -> None:
    tests = [
        (file, function)
        for file in sorted(TESTS.rglob("test_*.py"))
        for function in functions_in(ast.parse(file.read_text(encoding="utf-8")))
        if function.name.startswith("test_")
    ]
    assert tests

    found = [
        f"{file.relative_to(TESTS)}:{function.lineno} {function.name}"
        for file, function in tests
        if not holds_something(function)
    ]

    assert not found


def test_a_function_that_is_called_as_if_it_asserted_asserts_or_raises() -> None:
    found = [
        f"{file.relative_to(TESTS)}:{function.lineno} {function.name}"
        for file in sorted(TESTS.rglob("*.py"))
        for function in functions_in(ast.parse(file.read_text(encoding="utf-8")))
        if ASSERTING.fullmatch(function.name)
        and not holds_something(function)
        and not any(isinstance(node, ast.Raise) for node in ast.walk(function))
    ]

    assert not found


@pytest.mark.parametrize(
    "code, holds",
    [
        ("assert total == 1", True),
        ("with pytest.raises(ValueError):\n        work()", True),
        ("await assert_survives(story)", True),
        ("case.check_books(rows)", True),
        ("work()", False),
        ("'assert nothing'", False),
        ("checked(rows)", False),
    ],
)
def test_what_asserts_is_told_from_what_does_not(code: str, holds: bool) -> None:  # noqa: FBT001 - a parameter of the test
    (function,) = functions_in(ast.parse(f"async def test_it():\n    {code}"))

    assert holds_something(function) is holds
