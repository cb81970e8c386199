"""What an installation has beside the modules."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The files in the wheel."""
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", folder],
        cwd=ROOT,
        check=True,
        capture_output=True,
        timeout=60,
    )
    (wheel,) = folder.glob("*.whl")
    return set(zipfile.ZipFile(wheel).namelist())


@pytest.mark.parametrize("package", ["stream", "schemas"])
def test_both_packages_tell_type_checkers_that_they_have_types(installed: set[str], package: str) -> None:
    assert f"{package}/py.typed" in installed


def test_the_pages_about_the_code_and_the_shipped_mappings_come_along(installed: set[str]) -> None:
    pages = {"schemas/README.md", "stream/settings/README.md", "stream/feeds/mappings/helpdesk_italian.toml"}

    assert pages <= installed
