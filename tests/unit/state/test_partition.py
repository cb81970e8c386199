from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
import pytest

from stream.desks.tickets.rules import TicketRules
from stream.desks.tickets.ticket import TicketState
from stream.runtime.kafka.changelog import APPEND_BYTES, ROW_BYTES
from stream.state.marker import FORMAT, decode_marker
from stream.state.partition import Outcome, PartitionState
from stream.state.rejection import Reason
from stream.state.rows import OUTBOX, Row
from stream.windows.moments import to_microseconds
from tests.kinds.surveys import survey
from tests.kinds.tickets import TicketsUnder, desk_of, ticket, tickets_of
from tests.kinds.worker import UNLIMITED, Worker, non_zero, records_of
from tests.moments import HOUR, microseconds, record

STORY = (
    ticket("opened", 0, channel="email", team="first"),
    ticket("replied", 10, actor="agent", author="ann"),
    ticket("opened", 5, "T-2"),
    ticket("resolved", HOUR),
    ticket("replied", HOUR + 1, actor="customer"),
    ticket("merged", 20, "T-3", into="T-1"),
    ticket("updated", 30, "T-4", category="complaint"),
)

MARKER_KEY = b"m"

SMALL_RUN = ROW_BYTES // 16
SMALL_APPEND = APPEND_BYTES // 16
"""The limits of the runtime made smaller together, so that a run at its limit is quickly made."""

SMILE = "\N{SLIGHTLY SMILING FACE}"


def taken(state: PartitionState, values: Sequence[bytes], first: int = 0, row_bytes: int = UNLIMITED) -> Outcome:
    """The outcome of one run of records with the given first offset."""
    outcome = state.take_in(
        records_of(values, first), wall_now=microseconds("2030-01-01T00:00:00Z"), row_bytes=row_bytes
    )
    state.went_out(len(outcome.outgoing))
    return outcome


def marker_of(outcome: Outcome) -> tuple[int, int, int]:
    """Format, offset and watermark of the marker at the end of an outcome's rows."""
    key, value = outcome.rows[-1]
    assert key == MARKER_KEY
    assert value is not None
    version, offset, watermark, *_ = decode_marker(value)
    return version, offset, watermark


def picture(worker: Worker, state: PartitionState) -> dict[str, Any]:
    """All that follows from a partition's state, in a form that can be compared."""
    desk = desk_of(state)
    return {
        "numbers": worker.numbers(),
        "windows": {name: non_zero(totals) for name, totals in state.windows.totals().items()},
        "offset": state.applied_offset,
        "watermark": state.watermark,
        "tickets": {
            subject: (
                ticket.timeline,
                ticket.attributes,
                ticket.history,
                ticket.series,
                {slot: getattr(ticket, slot) for slot in TicketState.__slots__},
            )
            for subject, ticket in tickets_of(desk).items()
        },
        "open": {series: list(created) for series, created in desk.open.opened()},
        "waiting": dict(desk.open.waiting()),
        "without_opening": desk.unopened.count,
    }


class TestMarker:
    def test_replayed_records_below_the_marker_are_skipped(self) -> None:
        worker = Worker()
        taken(worker.tickets, STORY)
        before = picture(worker, worker.tickets)

        outcome = taken(worker.tickets, [*STORY[3:], ticket("escalated", 2 * HOUR)], first=3)

        assert (outcome.replayed, outcome.applied, outcome.duplicates) == (len(STORY) - 3, 1, 0)
        assert worker.tickets.applied_offset == before["offset"] + 1
        assert worker.count("tickets_escalated") == 1

    def test_a_run_that_lies_below_the_marker_has_no_rows(self) -> None:
        worker = Worker()
        taken(worker.tickets, STORY)

        outcome = taken(worker.tickets, STORY)

        assert (outcome.consumed, outcome.replayed, outcome.rows) == (len(STORY), len(STORY), [])

    def test_the_marker_is_the_last_row(self) -> None:
        worker = Worker()
        outcome = taken(worker.tickets, STORY, first=40)

        assert [row.key for row in outcome.rows] == [b"eT-1", b"eT-2", b"eT-3", b"eT-4", OUTBOX, MARKER_KEY]
        assert marker_of(outcome) == (FORMAT, 40 + len(STORY) - 1, microseconds(HOUR + 1))

    def test_the_marker_passes_duplicates_and_rejected_records(self) -> None:
        worker = Worker()
        taken(worker.tickets, [STORY[0]])

        outcome = taken(worker.tickets, [STORY[0], b"{"], first=1)

        assert outcome.rows == [outcome.rows[-1]]
        assert marker_of(outcome)[:2] == (FORMAT, 2)

    def test_offsets_may_have_gaps(self) -> None:
        worker = Worker()
        taken(worker.tickets, [STORY[0]], first=7)

        outcome = taken(worker.tickets, [STORY[1]], first=900)

        assert outcome.applied == 1
        assert marker_of(outcome)[1] == 900

    def test_a_rejected_record_does_not_raise_the_watermark(self) -> None:
        worker = Worker()
        outcome = taken(worker.tickets, [STORY[0], ticket("opened", "2031-01-01T00:00:00Z", "T-9")])

        assert marker_of(outcome) == (FORMAT, 1, microseconds(0))


class TestBadRecords:
    @pytest.mark.parametrize("place", range(4))
    def test_one_bad_record_does_not_stop_its_batch(self, place: int) -> None:
        worker = Worker()
        values: list[bytes | None] = [*STORY[:3]]
        values.insert(place, None)

        outcome = worker.take(*values)

        assert (outcome.consumed, outcome.applied) == (4, 3)
        assert [(rejection.record.offset, rejection.reason) for rejection in outcome.rejections] == [
            (place, Reason.INVALID)
        ]

    def test_every_bad_record_is_handed_back_as_it_came(self) -> None:
        worker = Worker()
        values = [b"\xff", b"{}", record("helpdesk.ticket.exploded.v1", 0, "T-1", {})]
        outcome = worker.take(*values)

        assert [rejection.record.value for rejection in outcome.rejections] == values
        assert [rejection.reason for rejection in outcome.rejections] == [
            Reason.NOT_JSON,
            Reason.INVALID,
            Reason.UNKNOWN_TYPE,
        ]

    @pytest.mark.parametrize(
        "event",
        [
            ticket("escalated", 3 * HOUR),
            ticket("escalated", 0.5),
            ticket("updated", 3 * HOUR, channel="chat"),
            ticket("updated", 1, priority="high"),
            ticket("opened", -1),
            ticket("opened", 3 * HOUR, "T-9"),
        ],
        ids=["last", "in between", "update at the end", "update in between", "earlier opening", "new ticket"],
    )
    def test_an_exception_inside_apply_leaves_the_ticket_as_it_was(
        self, event: bytes, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        worker = Worker()
        taken(worker.tickets, STORY)
        before = picture(worker, worker.tickets)
        poisoned = to_microseconds(desk_of(worker.tickets).decode(event).time)
        step = TicketState.step

        def failing_step(self: TicketState, time: int, *arguments: Any) -> None:  # noqa: ANN401 - passed on as they are
            step(self, time, *arguments)
            if time == poisoned:
                raise ArithmeticError("boom")

        with monkeypatch.context() as patched:
            patched.setattr(TicketState, "step", failing_step)
            outcome = taken(worker.tickets, [event], first=len(STORY))

        assert [(rejection.reason, rejection.detail) for rejection in outcome.rejections] == [
            (Reason.FAILED, "ArithmeticError: boom")
        ]
        after = picture(worker, worker.tickets)
        assert after.pop("offset") == before.pop("offset") + 1
        assert after == before
        assert outcome.rows == [outcome.rows[-1]]

        assert taken(worker.tickets, [event], first=len(STORY) + 1).applied == 1

    def test_after_an_exception_the_ticket_counts_as_if_the_event_had_come_once(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        steady, shaken = Worker(), Worker()
        taken(steady.tickets, STORY)
        failures = iter([ArithmeticError("boom")])
        step = TicketState.step

        def failing_step(self: TicketState, *arguments: Any) -> None:  # noqa: ANN401 - passed on as they are
            step(self, *arguments)
            for failure in failures:
                raise failure

        taken(shaken.tickets, STORY[:1])
        with monkeypatch.context() as patched:
            patched.setattr(TicketState, "step", failing_step)
            taken(shaken.tickets, STORY[1:2], first=1)
        taken(shaken.tickets, STORY[1:], first=2)

        assert shaken.numbers() == steady.numbers()


class TestRestoring:
    def test_rows_restore_an_equal_state(self) -> None:
        worker = Worker()
        rows: list[Row] = []
        for offset, value in enumerate(STORY):
            rows += taken(worker.tickets, [value], first=offset).rows
        before = picture(worker, worker.tickets)
        worker.tickets = worker.new_state("tickets")
        worker.tickets.load(rows)
        worker.tickets.loaded()

        assert picture(worker, worker.tickets) == before

    def test_a_restored_state_goes_on_as_if_nothing_had_happened(self) -> None:
        worker, other = Worker(), Worker()
        taken(other.tickets, STORY)
        rows = taken(worker.tickets, STORY[:3]).rows
        worker.tickets = worker.new_state("tickets")
        worker.tickets.load(rows)
        worker.tickets.loaded()

        outcome = taken(worker.tickets, STORY)

        assert (outcome.replayed, outcome.applied) == (3, len(STORY) - 3)
        assert worker.numbers() == other.numbers()

    def test_a_key_that_was_deleted_is_gone(self) -> None:
        worker = Worker()
        rows = taken(worker.tickets, STORY).rows
        worker.tickets = worker.new_state("tickets")
        worker.tickets.load([*rows, Row(b"eT-1", None), Row(b"eT-8", None), rows[-1]])
        worker.tickets.loaded()

        assert "T-1" not in tickets_of(desk_of(worker.tickets))
        assert worker.count("tickets_opened") == 1

    def test_rows_of_a_later_format_are_refused(self) -> None:
        worker = Worker()

        with pytest.raises(ValueError, match="format 6, this version reads formats 3, 4 and 5"):
            worker.tickets.load([Row(MARKER_KEY, msgspec.msgpack.encode((6, 0, 0, 0, 0, 0)))])

    @pytest.mark.parametrize("row", [Row(b"x", b""), Row(b"", b"")])
    def test_rows_of_unknown_kind_are_refused(self, row: Row) -> None:
        marker = taken(Worker().tickets, STORY).rows[-1]

        with pytest.raises(ValueError, match="unknown kind"):
            Worker().tickets.load([row, marker])

    def test_an_empty_changelog_restores_an_empty_state(self) -> None:
        worker = Worker()
        worker.tickets.load([])
        worker.tickets.loaded()

        assert worker.tickets.applied_offset == -1
        assert taken(worker.tickets, STORY[:1]).applied == 1


class TestRuns:
    def test_row_bytes_split_a_run(self) -> None:
        worker, whole = Worker(), Worker()
        taken(whole.tickets, STORY)
        records = records_of(STORY)
        start = 0
        consumed = []
        while start < len(records):
            outcome = worker.tickets.take_in(
                records, wall_now=microseconds("2030-01-01T00:00:00Z"), row_bytes=300, start=start
            )
            start += outcome.consumed
            consumed.append(outcome.consumed)
            assert marker_of(outcome)[1] == start - 1

        assert sum(consumed) == len(STORY)
        assert len(consumed) > 1
        assert worker.numbers() == whole.numbers()

    def test_a_run_takes_at_least_one_record(self) -> None:
        assert taken(Worker().tickets, STORY, row_bytes=0).consumed == 1

    def test_rejected_records_do_not_split_a_run(self) -> None:
        outcome = taken(Worker().tickets, [b"{", b"{", STORY[0], STORY[1]], row_bytes=1)

        assert outcome.consumed == 3

    def test_an_entity_that_changed_twice_is_one_row(self) -> None:
        outcome = taken(Worker().tickets, STORY[:2])

        assert [row.key for row in outcome.rows if row.key not in (OUTBOX, MARKER_KEY)] == [b"eT-1"]

    def test_only_what_changed_has_rows(self) -> None:
        worker = Worker()
        taken(worker.tickets, STORY[:3])

        outcome = taken(worker.tickets, [ticket("escalated", HOUR, "T-2")], first=3)

        assert [row.key for row in outcome.rows] == [b"eT-2", MARKER_KEY]

    def test_the_rows_of_any_run_of_tickets_fit_into_one_append(self) -> None:
        value = "x" * 256
        attributes = {"channel": value, "priority": value, "category": value, "team": value}
        subject = "y" * 500
        outcome = taken(
            Worker().tickets,
            [ticket("opened", 0, f"{subject}{n}", **attributes) for n in range(SMALL_RUN // 256)],
            row_bytes=SMALL_RUN,
        )

        assert size_of(outcome.rows) <= SMALL_APPEND

    def test_rows_that_grow_while_the_run_goes_on_fit_into_one_append(self) -> None:
        value = SMILE * 256
        attributes = {"channel": value, "priority": value, "category": value, "team": value}
        openings = [ticket("opened", 0, f"{n}") for n in range(SMALL_RUN // 300)]
        updates = [ticket("updated", 1, f"{n}", **attributes) for n in range(len(openings))]
        outcome = taken(Worker().tickets, [*openings, *updates], row_bytes=SMALL_RUN)

        assert size_of(outcome.rows) <= SMALL_APPEND

    def test_the_rows_of_any_run_of_surveys_fit_into_one_append(self) -> None:
        value = SMILE * 256
        answer = {"survey": "nps", "scale": "0-10", "score": 1, "channel": value, "team": value, "ticket": 2 * value}
        outcome = taken(
            Worker().states["surveys"],
            [survey("responded", 0, f"{value}{n}", **answer) for n in range(SMALL_RUN // 256)],
            row_bytes=SMALL_RUN,
        )

        assert size_of(outcome.rows) <= SMALL_APPEND


def size_of(rows: Sequence[Row]) -> int:
    """The bytes of keys and values."""
    return sum(len(key) + len(value or b"") for key, value in rows)


def test_restoring_under_other_rules_counts_by_these() -> None:
    rows = taken(Worker().tickets, STORY).rows
    one_reply = Worker(TicketsUnder(TicketRules(first_contact_rule="one_reply")))
    in_time = Worker(TicketsUnder(TicketRules(first_contact_rule="closed_within", first_contact_limit=1)))
    for worker in (one_reply, in_time):
        worker.tickets.load(rows)
        worker.tickets.loaded()

    assert one_reply.count("tickets_resolved_first_contact") == 1
    assert in_time.count("tickets_resolved_first_contact") == 0
