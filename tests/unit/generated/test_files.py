"""Generated files that lag behind the code are noticed."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from stream.generated.__main__ import ROOT, main
from stream.generated.files import FOLDERS, TABLES, generated, stale, with_table, write


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A repository with all generated files, fresh."""
    for path in ("pyproject.toml", *TABLES):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / path, tmp_path / path)
    assert main([], tmp_path) == 0
    return tmp_path


def test_the_files_of_this_tree_are_fresh(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--check"]) == 0, capsys.readouterr().err


def test_generating_twice_changes_nothing(root: Path) -> None:
    assert write(root, generated(root)) == []


def test_the_folders_hold_what_is_generated_and_nothing_else(root: Path) -> None:
    paths = generated(root)

    assert {folder for folder in FOLDERS if any(path.startswith(f"{folder}/") for path in paths)} == set(FOLDERS)


@pytest.mark.parametrize(
    "name",
    [
        "schemas/asyncapi.yaml",
        "schemas/json/helpdesk.ticket.opened.v1.json",
        "schemas/examples/helpdesk.survey.sent.v1.json",
        "deploy/prometheus/rules/alerts.yml",
        "deploy/prometheus/rules/durations.yml",
        "deploy/prometheus/rules/recording.yml",
    ],
)
@pytest.mark.parametrize("damage", ["edited", "missing"])
def test_check_names_each_stale_file_and_writes_nothing(
    root: Path, capsys: pytest.CaptureFixture[str], name: str, damage: str
) -> None:
    path = root / name
    if damage == "edited":
        path.write_text(path.read_text("utf-8").replace("helpdesk", "desk"), "utf-8")
    else:
        path.unlink()
    before = path.read_bytes() if path.exists() else None
    capsys.readouterr()

    assert main(["--check"], root) == 1

    assert capsys.readouterr().err == f"stale: {name}, run `make generate`\n"
    assert (path.read_bytes() if path.exists() else None) == before
    assert main([], root) == 0
    assert capsys.readouterr().out == f"{name}\n"
    assert main(["--check"], root) == 0


@pytest.mark.parametrize("page", TABLES)
def test_a_table_that_was_edited_is_stale_and_the_text_around_it_is_kept(
    root: Path, capsys: pytest.CaptureFixture[str], page: str
) -> None:
    path = root / page
    fresh = path.read_text("utf-8")
    name = next(iter(TABLES[page]))
    end = f"<!-- /{name} -->"
    path.write_text("Before.\n" + fresh.replace(end, f"| one more |\n{end}"), "utf-8")
    capsys.readouterr()

    assert main(["--check"], root) == 1
    assert capsys.readouterr().err == f"stale: {page}, run `make generate`\n"
    assert main([], root) == 0
    assert path.read_text("utf-8") == f"Before.\n{fresh}"


def test_every_stale_file_is_named(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("schemas/asyncapi.yaml", "deploy/prometheus/rules/alerts.yml"):
        (root / name).unlink()

    assert main(["--check"], root) == 1

    assert capsys.readouterr().err.splitlines() == [
        "stale: deploy/prometheus/rules/alerts.yml, run `make generate`",
        "stale: schemas/asyncapi.yaml, run `make generate`",
    ]


def test_a_file_of_an_event_that_is_no_more_is_stale_and_removed(root: Path) -> None:
    orphan = root / "schemas/json/helpdesk.ticket.frozen.v1.json"
    orphan.write_text("{}", "utf-8")
    files = generated(root)

    assert stale(root, files) == ["schemas/json/helpdesk.ticket.frozen.v1.json"]
    assert write(root, files) == ["schemas/json/helpdesk.ticket.frozen.v1.json"]
    assert not orphan.exists()


@pytest.mark.parametrize("arguments", [[], ["--check"]])
def test_a_page_without_its_markers_is_named(
    root: Path, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    (root / "deploy/README.md").write_text("No table.\n", "utf-8")
    capsys.readouterr()

    assert main(arguments, root) == 1
    assert capsys.readouterr().err == (
        "stream.generated: deploy/README.md: there must be one block <!-- alerts: generated --> … <!-- /alerts -->,"
        " not 0\n"
    )


def test_a_page_that_is_missing_is_named(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (root / "schemas/README.md").unlink()
    capsys.readouterr()

    assert main(["--check"], root) == 1
    assert str(root / "schemas/README.md") in capsys.readouterr().err


def test_a_page_that_has_a_table_twice_is_refused() -> None:
    block = "<!-- x: generated -->\n<!-- /x -->\n"

    assert with_table(block, "x", "| a |") == "<!-- x: generated -->\n| a |\n<!-- /x -->\n"
    with pytest.raises(ValueError, match="not 2"):
        with_table(block * 2, "x", "| a |")
