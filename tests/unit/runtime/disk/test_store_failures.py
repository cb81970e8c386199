from __future__ import annotations

from pathlib import Path

import pytest

from stream.runtime.disk.store_failures import RocksUnavailableError, failure_of
from stream.state.rows import DamagedRowsError, StoreError

FOLDER = Path("data/0")


@pytest.mark.parametrize(
    "said, words",
    [
        ("IO error: While lock file: data/0/LOCK: Resource temporarily unavailable", "is in use by another process"),
        (
            "IO error: lock hold by current process, acquire time 1 acquiring thread 2 data/0/LOCK: No locks available",
            "is in use by another process",
        ),
        ("IO error: No space left on device: While appending to file: data/0/9.sst: No space left on device", "full"),
        ("IO error: While open a file for appending: data/0/LOG: Permission denied", "the folder's owner"),
        ("Read-only file system (os error 30)", "is on a file system that is read-only"),
        ("Not a directory (os error 20)", "is not a folder"),
        ("IO error: While open a file for appending: data/0/MANIFEST-000005: Too many open files", "ulimit -n"),
    ],
)
def test_each_circumstance_has_words_and_a_way_out_of_its_own(said: str, words: str) -> None:
    failure = failure_of(Exception(said), FOLDER)

    assert isinstance(failure, RocksUnavailableError)
    assert str(failure).startswith("the state in data/0 ")
    assert words in str(failure)
    assert said in str(failure)


@pytest.mark.parametrize(
    "said",
    [
        "Corruption: block checksum mismatch: stored = 1, computed = 2, type = 4  in data/0/9.sst offset 3 size 4",
        "Corruption: Corruption: IO error: No such file or directory: data/0/000009.sst: No space left on device",
        "IO error: No such file or directory: While opening a file for sequentially reading: data/0/MANIFEST-1",
        "something that nobody has seen before",
    ],
)
def test_everything_else_is_damage(said: str) -> None:
    failure = failure_of(Exception(said), FOLDER)

    assert isinstance(failure, DamagedRowsError)
    assert failure.what.startswith("the state in data/0 is damaged (")


def test_what_is_explained_already_stays_as_it_is() -> None:
    explained = StoreError("so it is")

    assert failure_of(explained, FOLDER) is explained
