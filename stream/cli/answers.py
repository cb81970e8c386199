"""How a command prints its answer."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from typing import Any

import orjson


def print_lines(lines: Iterable[str]) -> None:
    """Print lines to standard output."""
    sys.stdout.write("".join(f"{line}\n" for line in lines))


def print_json(content: Mapping[str, Any]) -> None:
    """Print a JSON object to standard output, indented."""
    sys.stdout.write(orjson.dumps(content, option=orjson.OPT_INDENT_2).decode() + "\n")


def print_answer(content: Mapping[str, Any] | list[str]) -> None:
    """Print a JSON object or lines, whichever it is."""
    if isinstance(content, list):
        print_lines(content)
    else:
        print_json(content)


def warn(lines: Iterable[str]) -> None:
    """Print lines to standard error, each as a warning."""
    sys.stderr.write("".join(f"warning: {line}\n" for line in lines))
