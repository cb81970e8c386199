"""What is missing is named, with the packages that bring it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.pictures import __main__, tools
from tests.pictures.tools import PictureTools, ToolsMissingError


def test_each_missing_command_is_named_with_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None if name in {"chromium", "promtool"} else f"/usr/bin/{name}")
    monkeypatch.setattr(tools, "FONTS", Path(__file__).parent)
    with pytest.raises(ToolsMissingError, match=r"^chromium, promtool not found: apt-get install chromium prometheus$"):
        PictureTools.find()


def test_a_missing_font_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(tools, "FONTS", tmp_path / "none")
    with pytest.raises(ToolsMissingError, match=r"the font Inter in .*none not found: apt-get install fonts-inter"):
        PictureTools.find()


def test_without_its_tools_the_command_says_so_in_a_line_and_exits_with_2(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    assert __main__.main(["--into", str(tmp_path)]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("make pictures: node, npm, chromium, prometheus, promtool")
