"""The processes that share a run of the tests must find the same tests, or none of them runs."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
def test_names_of_tests_depend_neither_on_the_time_nor_on_the_order_of_sets(request: pytest.FixtureRequest) -> None:
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider"]
    collected = subprocess.run(
        command,
        cwd=ROOT,
        env=os.environ | {"PYTHONHASHSEED": "7", "PYTEST_ADDOPTS": ""},
        capture_output=True,
        text=True,
        timeout=200,
        check=True,
    )

    here = {item.nodeid for item in request.session.items}

    assert here
    assert here <= set(collected.stdout.split("\n"))
