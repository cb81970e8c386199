from __future__ import annotations

from collections.abc import Iterator

import faust
import pytest

from stream.runtime.faust.state_table import StateTable
from stream.state.partition import PartitionState
from tests.kinds.worker import Worker
from tests.unit.runtime.fakes import TOPIC, FakeChangelog


@pytest.fixture
def table() -> Iterator[StateTable]:
    """A table with partition 0 restored from a changelog that ends at 100."""
    app = faust.App("test", broker="kafka://127.0.0.1:1", store="memory://")
    worker = Worker()
    made = StateTable(
        app,
        source_topic=TOPIC,
        new_state=lambda _partition, _end: worker.new_state("tickets"),
        changelog=FakeChangelog(),
        name=TOPIC,
        partitions=2,
    )
    made.install(0, made.new_state(0, 100), 100)
    yield made
    app.finalize()


def held(table: StateTable) -> PartitionState:
    state = table.state_of(0)
    assert state is not None
    return state


def test_a_state_is_there_once_it_is_installed(table: StateTable) -> None:
    assert table.state_of(0) is not None
    assert table.state_of(1) is None
    assert [partition for partition, _ in table.states()] == [0]


def test_every_new_state_is_another_one(table: StateTable) -> None:
    assert table.new_state(0, 0) is not table.new_state(0, 0)


def test_a_settled_state_is_kept(table: StateTable) -> None:
    assert table.keeps(0, 100)


def test_a_state_to_which_somebody_else_has_appended_is_not_kept(table: StateTable) -> None:
    assert not table.keeps(0, 101)


def test_a_state_is_kept_by_a_broker_that_counts_the_start_of_the_last_batch_as_its_end(table: StateTable) -> None:
    assert table.keeps(0, 99)


def test_a_partition_that_is_not_held_is_not_kept(table: StateTable) -> None:
    assert not table.keeps(1, 0)


def test_a_state_that_ran_ahead_is_not_kept_until_its_rows_are_appended(table: StateTable) -> None:
    table.ran_ahead(0)
    assert not table.keeps(0, 100)

    table.caught_up(0, held(table), (), 105)
    assert table.keeps(0, 105)
    assert not table.keeps(0, 106)


def test_every_run_has_to_be_appended(table: StateTable) -> None:
    table.ran_ahead(0)
    table.ran_ahead(0)
    table.caught_up(0, held(table), (), 105)
    assert not table.keeps(0, 105)

    table.caught_up(0, held(table), (), 110)
    assert table.keeps(0, 110)


def test_a_run_without_rows_moves_no_position(table: StateTable) -> None:
    table.ran_ahead(0)
    table.caught_up(0, held(table), (), None)

    assert table.keeps(0, 100)
    assert not table.keeps(0, 101)


def test_what_was_dropped_is_gone(table: StateTable) -> None:
    table.ran_ahead(0)
    table.drop([0, 1])

    assert table.state_of(0) is None
    assert list(table.states()) == []
    assert not table.keeps(0, 100)


def test_an_append_that_ends_after_its_partition_was_dropped_changes_nothing(table: StateTable) -> None:
    dropped = held(table)
    table.ran_ahead(0)
    table.drop([0])
    table.caught_up(0, dropped, (), 105)
    table.install(0, table.new_state(0, 0), 105)

    assert table.keeps(0, 105)


def test_a_partition_may_be_dropped_while_all_are_looked_at(table: StateTable) -> None:
    for partition, _ in table.states():
        table.drop([partition])

    assert list(table.states()) == []


def test_a_state_that_was_restored_anew_is_settled(table: StateTable) -> None:
    table.ran_ahead(0)
    table.install(0, table.new_state(0, 0), 120)

    assert table.keeps(0, 120)


def test_faust_has_nothing_to_restore_by_itself(table: StateTable) -> None:
    assert table.persisted_offset(faust.types.TP(TOPIC, 0)) is None
