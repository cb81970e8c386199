from __future__ import annotations

import os
from pathlib import Path

import pytest

from stream.runtime.disk.private_folders import folder_trouble


def test_a_folder_that_is_missing_or_our_own_gives_no_trouble_and_nothing_is_made(tmp_path: Path) -> None:
    base = tmp_path / "data"
    assert folder_trouble(base, "group", "worker") is None
    assert not base.exists()
    (base / "group").mkdir(parents=True)
    assert folder_trouble(base, "group", "worker") is None
    assert not (base / "group" / "worker").exists()


def test_a_file_or_a_link_in_the_place_of_a_folder_is_trouble(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    (tmp_path / "link").symlink_to(tmp_path)
    assert folder_trouble(file, "group") == f"{file} is not a folder; remove what is there, or set data_dir"
    assert (
        folder_trouble(tmp_path, "file", "worker") == f"{file} is not a folder; remove what is there, or set data_dir"
    )
    assert "is a symbolic link" in str(folder_trouble(tmp_path, "link"))


def test_the_folder_of_another_user_is_trouble(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "group").mkdir()
    monkeypatch.setattr(os, "geteuid", lambda: tmp_path.stat().st_uid + 1)
    assert "belongs to the user" in str(folder_trouble(tmp_path, "group"))


def test_a_folder_that_may_not_be_looked_into_is_trouble(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path) -> os.stat_result:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "lstat", refuse)
    assert "may not be read and written by this user; run the worker as the folder's owner" in str(
        folder_trouble(tmp_path, "group")
    )
