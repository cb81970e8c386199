"""Rows of the version before sequences are taken over, or worked out anew, and never misread."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from schemas.events import SURVEYS_TOPIC, TICKETS_TOPIC
from stream.desks.tickets.desk import TicketDesk
from stream.desks.tickets.ticket_rows import TicketRow, decode_ticket_row, encode_ticket_row
from stream.runtime.disk.rocks_rows import RocksRows
from stream.state.partition import PartitionState
from stream.state.rows import ENTITY, MARKER, MemoryRows, Row, RowStore
from tests.kinds.tickets import ticket
from tests.kinds.worker import Worker, as_json
from tests.moments import HOUR, MINUTE, microseconds, record
from tests.older_changelog import PARTITIONS, source_values, what_was_left
from tests.oracle import compute, differences

REOPENED_AT_ONCE = record("helpdesk.ticket.status_changed.v1", 3 * HOUR, "equal-0", {"status": "open"}, sequence="1")


def rows_left(topic: str, partition: int) -> list[Row]:
    wanted = "changelog", topic, partition
    return [left.row for left in what_was_left() if (left.kind, left.topic, left.partition) == wanted]


def loaded(state: PartitionState, rows: list[Row]) -> PartitionState:
    state.load(rows)
    state.loaded()
    return state


def restored(worker: Worker) -> list[PartitionState]:
    """All partitions of the older worker, restored by this one's code."""
    states = []
    for partition in range(PARTITIONS):
        states.append(loaded(worker.new_state("tickets"), rows_left(TICKETS_TOPIC, partition)))
        states.append(loaded(worker.new_state("surveys"), rows_left(SURVEYS_TOPIC, partition)))
    return states


def numbers_of(worker: Worker, states: list[PartitionState]) -> dict[str, object]:
    worker.tickets, worker.states["surveys"], *others = states
    return as_json(worker.view(*others))


def test_the_numbers_are_those_of_today_and_not_those_that_were_written() -> None:
    worker = Worker()
    states = restored(worker)

    assert differences(compute(source_values()), numbers_of(worker, states), sum_tolerance=1e-5) == []


def test_what_comes_later_finds_its_place_by_its_sequence() -> None:
    worker = Worker()
    states = restored(worker)
    for state in states:
        if isinstance(state.desk, TicketDesk) and state.desk.find("equal-0") is not None:
            worker.take_into(state, [REOPENED_AT_ONCE])

    expected = compute([*source_values(), REOPENED_AT_ONCE])
    assert (
        expected["windows"]["lifetime"]["tickets_reopened"]
        > compute(source_values())["windows"]["lifetime"]["tickets_reopened"]
    )
    assert differences(expected, numbers_of(worker, states), sum_tolerance=1e-5) == []


def without_sequences(row: Row) -> Row:
    """A row as the older version wrote it, whose flags say that an early abandonment left the ticket open."""
    if row.value is None or not row.key.startswith(ENTITY):
        return row
    fields = decode_ticket_row(row.value)._replace(flags=1)
    return Row(row.key, encode_ticket_row(fields[: TicketRow._fields.index("sequences")]))


@pytest.mark.parametrize("kind", ["memory", "rocksdb"])
def test_an_older_row_is_worked_out_anew_even_where_a_checkpoint_is_used(kind: str, tmp_path: Path) -> None:
    worker = Worker(events_between=2)
    outcome = worker.take(ticket("abandoned", 0), ticket("opened", MINUTE))
    later = worker.take(ticket("opened", HOUR, "T-2"), ticket("opened", HOUR, "T-3"))
    rows = [without_sequences(row) for row in outcome.rows] + later.rows
    store: RowStore = RocksRows(tmp_path, "rows", end=0) if kind == "rocksdb" else MemoryRows()
    worker.tickets = loaded(worker.new_state("tickets", store), rows)

    assert worker.tickets.desk.checkpoint == 2
    assert worker.state()["open_tickets"] == 2
    assert worker.count("tickets_abandoned") == 1
    store.close()


def test_an_ended_ticket_whose_older_row_calls_it_open_departs() -> None:
    worker = Worker()
    (row,) = [row for row in worker.take(ticket("abandoned", 0), ticket("opened", MINUTE)).rows if row.key == b"eT-1"]
    older = without_sequences(row)
    worker.desk(TicketDesk).horizon = microseconds(HOUR)

    assert older.value is not None
    departed = worker.desk(TicketDesk).depart(older.key, older.value)
    assert departed is not None
    assert departed.contributions
    assert departed.contributions == worker.desk(TicketDesk).contributions_in(older.value)


def test_a_marker_of_this_version_has_its_format() -> None:
    outcome = Worker().take(ticket("opened", 0))
    (marker,) = [row.value for row in outcome.rows if row.key == MARKER]

    assert marker is not None
    assert msgspec.msgpack.decode(marker)[0] == 5
