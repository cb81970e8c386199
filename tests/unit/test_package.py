"""What an installation has beside the modules."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from this tree."""
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", folder],
        cwd=ROOT,
        check=True,
        capture_output=True,
        timeout=60,
    )
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path) -> set[str]:
    """The files in the wheel."""
    return set(zipfile.ZipFile(wheel).namelist())


@pytest.mark.parametrize("package", ["stream", "schemas"])
def test_both_packages_tell_type_checkers_that_they_have_types(installed: set[str], package: str) -> None:
    assert f"{package}/py.typed" in installed


def test_the_pages_about_the_code_and_the_shipped_mappings_come_along(installed: set[str]) -> None:
    pages = {"schemas/README.md", "stream/settings/README.md", "stream/feeds/mappings/helpdesk_italian.toml"}

    assert pages <= installed


@pytest.mark.slow
def test_from_the_wheel_alone_the_export_writes_what_the_repository_has(wheel: Path, tmp_path: Path) -> None:
    home = tmp_path / "environment"
    venv.create(home, with_pip=False)
    python = str(home / "bin" / "python")
    subprocess.run(
        [sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-index", "--no-deps", wheel],
        check=True,
        timeout=120,
    )
    # What deskpulse depends on is found where it is installed already; this tree is not, as its own .pth is not read.
    (packages,) = (home / "lib").glob("python*/site-packages")
    (packages / "dependencies.pth").write_text(f"{sysconfig.get_path('purelib')}\n", "utf-8")

    where = [python, "-c", "import stream; print(stream.__file__)"]
    assert Path(subprocess.check_output(where, cwd=tmp_path, text=True, timeout=60).strip()).is_relative_to(home)
    command = [str(home / "bin" / "deskpulse"), "monitoring", "export", "--into", "made"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, timeout=60)

    made = {path.relative_to(tmp_path / "made") for path in (tmp_path / "made").rglob("*") if path.is_file()}
    assert {path.parts[0] for path in made} == {"prometheus", "alertmanager", "runbooks", "grafana"}
    assert made == {
        path.relative_to(ROOT / "deploy")
        for folder in ("prometheus/rules", "alertmanager/templates", "runbooks", "grafana/dashboards")
        for path in (ROOT / "deploy" / folder).iterdir()
        # It makes ConfigMaps of the dashboards for Kubernetes, and has to be in their folder.
        if path.name != "kustomization.yaml"
    }
