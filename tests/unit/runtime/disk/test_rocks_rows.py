from __future__ import annotations

import os
import shutil
import stat
import time
from pathlib import Path

import pytest

from stream.runtime.disk.rocks_rows import FLUSH_SECONDS, LONGEST_ABSENCE_SECONDS, RocksRows
from stream.runtime.disk.store_failures import RocksUnavailableError
from stream.state.marker import FORMAT, Marker, encode_marker
from stream.state.rows import ENTITY, MARKER, Row

ROWS = [Row(b"eT-1", b"one"), Row(MARKER, encode_marker(Marker(FORMAT, 1, 0, 0, 1, 7)))]
NOW = 1_000_000.0


def kept(folder: Path) -> None:
    """Leave a copy of a changelog that ends at 2."""
    store = RocksRows(folder.parent, folder.name, end=0, now=lambda: NOW)
    store.write(ROWS)
    store.settle(ROWS, 2)
    store.close()


def test_what_the_changelog_has_survives_a_restart(tmp_path: Path) -> None:
    kept(tmp_path / "0")
    store = RocksRows(tmp_path, "0", end=2, now=lambda: NOW)

    assert (store.position, store.get(b"eT-1")) == (2, b"one")
    store.close()


def test_what_the_changelog_does_not_have_yet_is_gone_after_a_restart(tmp_path: Path) -> None:
    kept(tmp_path / "0")
    store = RocksRows(tmp_path, "0", end=2, now=lambda: NOW)
    store.write([Row(b"eT-1", b"two"), Row(b"eT-2", b"new")])
    store.close()
    store = RocksRows(tmp_path, "0", end=2, now=lambda: NOW)

    assert (store.position, store.get(b"eT-1"), store.get(b"eT-2")) == (2, b"one", None)
    store.close()


def test_a_row_that_was_written_again_meanwhile_is_not_settled_with_its_older_value(tmp_path: Path) -> None:
    store = RocksRows(tmp_path, "0", end=0, now=lambda: NOW)
    older, newer = [Row(b"eT-1", b"older")], [Row(b"eT-1", b"newer")]
    store.write(older)
    store.write(newer)
    store.settle(older, 1)

    assert store.get(b"eT-1") == b"newer"
    store.settle(newer, 2)
    assert store.get(b"eT-1") == b"newer"
    store.close()


@pytest.mark.parametrize(
    "end, now",
    [(1, NOW), (2, NOW + LONGEST_ABSENCE_SECONDS + 1)],
    ids=["a changelog that ends before the copy", "a copy that is too old"],
)
def test_a_copy_that_cannot_be_trusted_is_thrown_away(tmp_path: Path, end: int, now: float) -> None:
    kept(tmp_path / "0")
    store = RocksRows(tmp_path, "0", end=end, now=lambda: now)

    assert (store.position, list(store.scan(ENTITY))) == (0, [])
    store.close()


def test_a_copy_whose_restore_was_broken_off_is_thrown_away(tmp_path: Path) -> None:
    store = RocksRows(tmp_path, "0", end=9, now=lambda: NOW)
    store.restore(ROWS)
    store.close()
    store = RocksRows(tmp_path, "0", end=9, now=lambda: NOW)

    assert (store.position, list(store.scan(ENTITY))) == (0, [])
    store.close()


def test_what_was_settled_is_on_disk_after_a_crash_once_it_was_flushed(tmp_path: Path) -> None:
    clock = [NOW]
    store = RocksRows(tmp_path, "0", end=0, now=lambda: clock[0])
    store.settle(ROWS, 2)
    clock[0] += FLUSH_SECONDS + 1
    store.settle([Row(b"eT-2", b"two")], 3)
    while not store._opened.live_files():
        time.sleep(0.01)
    # What a crash leaves: the files as they are now.
    shutil.copytree(tmp_path / "0", tmp_path / "1")
    store.close()
    store = RocksRows(tmp_path, "1", end=3, now=lambda: clock[0])

    assert (store.position, store.get(b"eT-1"), store.get(b"eT-2")) == (3, b"one", b"two")
    store.close()


def test_nobody_else_may_read_the_copy(tmp_path: Path) -> None:
    (tmp_path / "group" / "0").mkdir(0o755, parents=True)
    (tmp_path / "group" / "0" / "older").touch(0o644)
    store = RocksRows(tmp_path, "group", "0", end=0)
    store.close()

    for folder in (tmp_path / "group", tmp_path / "group" / "0"):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "group" / "0" / "older").stat().st_mode) == 0o600


def test_a_path_that_is_no_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "group").touch()
    with pytest.raises(RocksUnavailableError, match=r"group is not a folder; remove what is there, or set data_dir"):
        RocksRows(tmp_path, "group", "0", end=0)
    with pytest.raises(RocksUnavailableError, match=r"is not a folder; remove what is there, or set data_dir"):
        RocksRows(tmp_path / "group" / "data", "0", end=0)


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "0").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(RocksUnavailableError, match="0 is a symbolic link; put a folder in its place, or set data_dir"):
        RocksRows(tmp_path, "0", end=0)


def test_a_folder_of_somebody_else_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "0").mkdir()
    owner = (tmp_path / "0").stat().st_uid
    monkeypatch.setattr(os, "geteuid", lambda: owner + 1)
    with pytest.raises(RocksUnavailableError, match=rf"belongs to the user {owner}, the worker runs as {owner + 1};"):
        RocksRows(tmp_path / "0", "1", end=0) if owner else RocksRows(tmp_path, "0", end=0)


def test_a_folder_that_another_worker_uses_is_told(tmp_path: Path) -> None:
    store = RocksRows(tmp_path, "0", end=0)
    with pytest.raises(
        RocksUnavailableError, match=r"is in use by another process; give each worker a kafka.instance_id"
    ):
        RocksRows(tmp_path, "0", end=0)
    store.close()
