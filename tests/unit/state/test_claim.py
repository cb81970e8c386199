from __future__ import annotations

from stream.state.rows import BEGINNING, MARKER, Row
from tests.kinds.tickets import ticket
from tests.kinds.worker import Worker, records_of
from tests.moments import HOUR

STORY = [
    ticket("opened", 0),
    ticket("replied", 10, actor="agent", author="ann"),
    ticket("resolved", HOUR),
    ticket("reopened", 2 * HOUR),
    ticket("replied", 3 * HOUR, actor="agent", author="bob"),
    ticket("resolved", 4 * HOUR),
]

FIRST_OWNER, SECOND_OWNER = 111, 222


def owner_of(rows: list[Row], owner: int) -> tuple[Worker, list[Row]]:
    """A worker that restores a partition and claims it, and the changelog with its claim."""
    worker = Worker(events_between=1)
    worker.tickets.load(rows)
    _, claim = worker.tickets.claimed_by(owner)
    worker.tickets.load(claim)
    worker.tickets.loaded()
    return worker, [*rows, *claim]


def taken(worker: Worker, end: int) -> list[Row]:
    """The rows of the story up to a place."""
    return worker.tickets.take_in(records_of(STORY[:end]), wall_now=worker.wall_now, row_bytes=1 << 30).rows


def restored(rows: list[Row]) -> Worker:
    """A worker that restores a partition."""
    return owner_of(rows, 999)[0]


def expected(end: int) -> object:
    """The numbers of the story up to a place."""
    worker = Worker()
    worker.take(*STORY[:end])
    return worker.numbers()


def test_an_owner_goes_on_where_the_last_one_stopped() -> None:
    first, rows = owner_of([], FIRST_OWNER)
    rows += taken(first, 2)
    second, rows = owner_of(rows, SECOND_OWNER)
    rows += taken(second, 4)

    assert second.tickets.owner == SECOND_OWNER
    assert restored(rows).numbers() == expected(4)


def test_an_append_before_the_claim_counts_even_if_the_claimant_had_not_read_it() -> None:
    first, rows = owner_of([], FIRST_OWNER)
    rows += taken(first, 2)
    second = Worker(events_between=1)
    second.tickets.load(rows)
    _, claim = second.tickets.claimed_by(SECOND_OWNER)
    between = [*taken(first, 4), *claim]
    second.tickets.load(between)
    second.tickets.loaded()

    assert second.tickets.applied_offset == 3
    assert second.numbers() == expected(4)
    assert restored([*rows, *between]).numbers() == expected(4)


def test_what_a_former_owner_appends_after_the_claim_counts_for_nobody() -> None:
    first, rows = owner_of([], FIRST_OWNER)
    rows += taken(first, 2)
    second, rows = owner_of(rows, SECOND_OWNER)
    rows += taken(second, 5)
    rows += taken(first, 3)

    assert restored(rows).numbers() == expected(5)


def test_a_former_owner_that_is_ahead_does_not_make_the_owner_skip_anything() -> None:
    first, rows = owner_of([], FIRST_OWNER)
    rows += taken(first, 2)
    second, rows = owner_of(rows, SECOND_OWNER)
    rows += taken(first, 6)
    rows += taken(second, 3)

    again = restored(rows)
    assert again.tickets.applied_offset == 2
    assert again.numbers() == expected(3)


def test_rows_that_a_former_owner_shadowed_are_set_right_by_the_next_append() -> None:
    first, rows = owner_of([], FIRST_OWNER)
    rows += taken(first, 2)
    second, rows = owner_of(rows, SECOND_OWNER)
    rows += taken(second, 5)
    rows += taken(first, 3)
    third, rows = owner_of(rows, 333)
    rows += taken(third, 6)
    last = {row.key: row for row in rows}
    compacted = [row for row in rows if last[row.key] is row]

    assert restored(compacted).numbers() == expected(6)


def test_of_two_claims_of_the_same_number_the_first_one_holds() -> None:
    first, second = Worker(), Worker()
    claims = [first.tickets.claimed_by(FIRST_OWNER), second.tickets.claimed_by(SECOND_OWNER)]
    for worker in (first, second):
        for _, rows in claims:
            worker.tickets.load(rows)

    assert (first.tickets.owner, second.tickets.owner) == (FIRST_OWNER, FIRST_OWNER)


def test_a_changelog_begins_with_a_row_that_says_so_and_with_the_number_that_is_given() -> None:
    worker = Worker()
    number, rows = worker.tickets.claimed_by(FIRST_OWNER, first_claim=70_000)
    worker.tickets.load(rows)

    assert (number, worker.tickets.claim) == (70_000, 70_000)
    assert [row.key for row in rows] == [BEGINNING, MARKER]
    number, rows = worker.tickets.claimed_by(SECOND_OWNER, first_claim=90_000)
    assert number == 70_001
    assert [row.key for row in rows] == [MARKER]


def test_a_marker_that_is_deleted_lets_the_source_be_read_anew_and_keeps_the_claims() -> None:
    first, rows = owner_of([], FIRST_OWNER)
    rows += taken(first, 4)
    rows += [Row(MARKER, None), *[Row(row.key, None) for row in rows if row.key != MARKER]]
    again = Worker()
    again.tickets.load(rows)

    assert (again.tickets.applied_offset, again.tickets.watermark, again.tickets.desk.advanced_to) == (-1, 0, 0)
    assert (again.tickets.claim, again.tickets.owner) == (1, FIRST_OWNER)
