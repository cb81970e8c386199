"""Generated files that lag behind the structs are noticed."""

from __future__ import annotations

from pathlib import Path

import pytest

from schemas import generate
from schemas.generate import HERE, generated, main, stale, write


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "schemas"
    assert main([], folder) == 0
    return folder


def test_the_files_of_this_tree_are_fresh(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--check"]) == 0, capsys.readouterr().err


def test_generating_twice_changes_nothing(folder: Path) -> None:
    files = generated("0.1.0")
    write(folder, files)
    assert write(folder, files) == []


@pytest.mark.parametrize(
    "name", ["asyncapi.yaml", "json/helpdesk.ticket.opened.v1.json", "examples/helpdesk.survey.sent.v1.json"]
)
@pytest.mark.parametrize("damage", ["edited", "missing"])
def test_check_names_each_stale_file(folder: Path, capsys: pytest.CaptureFixture[str], name: str, damage: str) -> None:
    path = folder / name
    if damage == "edited":
        path.write_text(path.read_text("utf-8").replace("helpdesk.", "desk."), "utf-8")
    else:
        path.unlink()
    before = path.read_bytes() if path.exists() else None
    capsys.readouterr()

    assert main(["--check"], folder) == 1

    assert capsys.readouterr().err == f"stale: schemas/{name}, run `make generate`\n"
    assert (path.read_bytes() if path.exists() else None) == before, "--check writes nothing"
    assert main([], folder) == 0
    assert main(["--check"], folder) == 0


def test_a_file_of_an_event_that_is_no_more_is_stale_and_removed(folder: Path) -> None:
    orphan = folder / "json" / "helpdesk.ticket.frozen.v1.json"
    orphan.write_text("{}", "utf-8")
    files = generated("0.1.0")
    assert stale(folder, files) == [orphan]
    assert write(folder, files) == [orphan]
    assert not orphan.exists()


def test_the_project_is_where_the_version_is_read_from() -> None:
    assert generate.PROJECT.is_file()
    assert HERE.name == "schemas"
