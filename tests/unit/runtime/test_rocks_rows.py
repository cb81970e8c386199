from __future__ import annotations

from pathlib import Path

import pytest

from stream.desk.rows import ENTITY, Row
from stream.runtime.rocks_rows import LONGEST_ABSENCE_SECONDS, RocksRows, RocksUnavailableError

ROWS = [Row(b"eT-1", b"one"), Row(b"m", b"marker")]
NOW = 1_000_000.0


def kept(folder: Path) -> None:
    """Leave a copy of a changelog that ends at 2."""
    store = RocksRows(folder, end=0, now=lambda: NOW)
    store.write(ROWS)
    store.settle(ROWS, 2)
    store.close()


def test_what_the_changelog_has_survives_a_restart(tmp_path: Path) -> None:
    kept(tmp_path / "0")
    store = RocksRows(tmp_path / "0", end=2, now=lambda: NOW)

    assert (store.position, store.get(b"eT-1")) == (2, b"one")
    store.close()


def test_what_the_changelog_does_not_have_yet_is_gone_after_a_restart(tmp_path: Path) -> None:
    kept(tmp_path / "0")
    store = RocksRows(tmp_path / "0", end=2, now=lambda: NOW)
    store.write([Row(b"eT-1", b"two"), Row(b"eT-2", b"new")])
    store.close()
    store = RocksRows(tmp_path / "0", end=2, now=lambda: NOW)

    assert (store.position, store.get(b"eT-1"), store.get(b"eT-2")) == (2, b"one", None)
    store.close()


def test_a_row_that_was_written_again_meanwhile_is_not_settled_with_its_older_value(tmp_path: Path) -> None:
    store = RocksRows(tmp_path / "0", end=0, now=lambda: NOW)
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
    store = RocksRows(tmp_path / "0", end=end, now=lambda: now)

    assert (store.position, list(store.scan(ENTITY))) == (0, [])
    store.close()


def test_a_copy_whose_restore_was_broken_off_is_thrown_away(tmp_path: Path) -> None:
    store = RocksRows(tmp_path / "0", end=9, now=lambda: NOW)
    store.restore(ROWS)
    store.close()
    store = RocksRows(tmp_path / "0", end=9, now=lambda: NOW)

    assert (store.position, list(store.scan(ENTITY))) == (0, [])
    store.close()


def test_a_folder_that_another_worker_uses_is_told(tmp_path: Path) -> None:
    store = RocksRows(tmp_path / "0", end=0)
    with pytest.raises(RocksUnavailableError, match="is another worker using it"):
        RocksRows(tmp_path / "0", end=0)
    store.close()
