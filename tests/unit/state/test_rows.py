from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stream.runtime.disk.rocks_rows import RocksRows
from stream.state.growth import moves
from stream.state.rows import ENTITY, MARKER, PANE, MemoryRows, Row, RowStore, part_of, subject_in

Opener = Callable[[], RowStore]


@pytest.fixture(params=["memory", "rocksdb"])
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Opener]:
    """Opens an empty store of each kind; all are closed at the end."""
    stores: list[RowStore] = []

    def open_store() -> RowStore:
        store = MemoryRows() if request.param == "memory" else RocksRows(tmp_path, str(len(stores)), end=0)
        stores.append(store)
        return store

    yield open_store
    for store in stores:
        store.close()


def test_what_was_written_is_there_at_once(opened: Opener) -> None:
    store = opened()
    store.write([Row(b"eT-1", b"one"), Row(b"eT-1", b"two"), Row(b"eT-2", b"three")])

    assert (store.get(b"eT-1"), store.get(b"eT-2"), store.get(b"eT-3")) == (b"two", b"three", None)


def test_a_deleted_row_is_gone(opened: Opener) -> None:
    store = opened()
    store.write([Row(b"eT-1", b"one"), Row(b"eT-1", None), Row(b"eT-2", None)])

    assert (store.get(b"eT-1"), list(store.scan(ENTITY)), list(store.keys(ENTITY))) == (None, [], [])


def test_kinds_are_apart(opened: Opener) -> None:
    store = opened()
    store.write([Row(b"eT-1", b"one"), Row(b"w1", b"pane"), Row(MARKER, b"marker")])

    assert list(store.scan(ENTITY)) == [(b"eT-1", b"one")]
    assert list(store.keys(PANE)) == [b"w1"]


def test_rows_may_be_deleted_while_the_keys_are_gone_through(opened: Opener) -> None:
    store = opened()
    rows = [Row(b"eT-%04d" % number, b"x") for number in range(2_500)]
    store.write(rows)
    store.settle(rows, 2_500)
    seen = []
    for key in store.keys(ENTITY):
        seen.append(key)
        store.write([Row(key, None)])

    assert seen == [row.key for row in rows]
    assert list(store.scan(ENTITY)) == []


keys = st.sampled_from([b"e1", b"e2", b"e3", b"w1", b"w2", MARKER])
batches = st.lists(st.lists(st.builds(Row, keys, st.sampled_from([None, b"a", b"b"])), max_size=5), max_size=6)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(batches, st.integers(0, 6))
def test_any_writes_leave_what_a_dictionary_would_hold(opened: Opener, written: list[list[Row]], settled: int) -> None:
    store, expected = opened(), dict[bytes, bytes | None]()
    for number, rows in enumerate(written):
        store.write(rows)
        expected.update(rows)
        if number < settled:
            store.settle(rows, number + 1)

    held = {key: value for key, value in expected.items() if value is not None}
    assert {key: store.get(key) for key in expected} == expected
    for kind in (ENTITY, PANE, MARKER):
        assert dict(store.scan(kind)) == {key: value for key, value in held.items() if key.startswith(kind)}
        assert sorted(store.keys(kind)) == sorted(key for key in held if key.startswith(kind))


@pytest.mark.parametrize("subject", ["A-1", "7", "Zoë", "with\0zero", "\uffff"])
def test_the_subject_of_a_part_is_found_in_its_key_as_in_that_of_a_whole_entity(subject: str) -> None:
    part = ENTITY + part_of(subject, 470_000).encode()

    assert subject_in(part) == subject.encode()
    assert part_of(subject, 470_000) != part_of(subject, 470_001)


def test_all_parts_of_an_entity_move_to_the_partition_of_its_subject() -> None:
    store = MemoryRows()
    parts = [ENTITY + part_of(subject, number).encode() for subject in ("A-1", "A-2") for number in range(3)]
    store.write([Row(key, b"") for key in (*parts, ENTITY + b"T-1")])

    moving = moves(0, store, 4, lambda subject, _: {b"A-1": 3, b"T-1": 2}.get(subject, 0))
    assert moving == {3: parts[:3], 2: [ENTITY + b"T-1"]}
