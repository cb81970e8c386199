from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from stream.desks.tickets.desk import TicketDesk
from stream.feeds.simulator import Simulator, SimulatorSettings
from stream.state.labels import LabelBounds
from stream.state.records import RecordLimits
from stream.state.rows import CHECKPOINT, PANE, Row
from stream.windows.moments import DAY
from stream.windows.sliding import WINDOWS
from tests.kinds.tickets import ticket, tickets_of
from tests.kinds.worker import UNLIMITED, Worker, records_of
from tests.moments import DAY as DAY_SECONDS

END = datetime(2026, 11, 1, tzinfo=UTC)


def history(days: int, tickets: int, seed: int = 1) -> list[bytes]:
    """The ticket events of a simulated helpdesk."""
    events = Simulator(SimulatorSettings(), seed).history(END - timedelta(days=days), END, tickets)
    return [event.value for event in events if event.topic == "helpdesk.tickets"]


def rows_of(worker: Worker, values: list[bytes], run: int = 200, row_bytes: int = UNLIMITED) -> list[Row]:
    """The rows of a worker that takes events in by runs of so many."""
    rows: list[Row] = []
    for first in range(0, len(values), run):
        records = records_of(values[first : first + run], first)
        start = 0
        while start < len(records):
            outcome = worker.tickets.take_in(records, wall_now=worker.wall_now, row_bytes=row_bytes, start=start)
            rows += outcome.rows
            start += outcome.consumed
    return rows


def restored(rows: list[Row], **options: object) -> Worker:
    """Another worker that is restored from rows."""
    worker = Worker(**options)  # type: ignore[arg-type]
    worker.tickets.load(rows)
    worker.tickets.loaded()
    return worker


def heads(rows: list[Row]) -> int:
    """How many checkpoints there are."""
    return sum(row.key == CHECKPOINT for row in rows)


def test_a_checkpoint_comes_after_so_many_events() -> None:
    values = history(days=5, tickets=400)

    assert heads(rows_of(Worker(), values)) == 0
    assert heads(rows_of(Worker(events_between=len(values) // 3), values)) in (1, 2)


def test_a_restart_from_a_checkpoint_has_the_same_numbers() -> None:
    worker = Worker(events_between=500)
    rows = rows_of(worker, history(days=40, tickets=600))

    assert heads(rows) > 1
    assert restored(rows).numbers() == worker.numbers()


def test_a_checkpoint_made_under_other_settings_is_not_used() -> None:
    worker = Worker(events_between=500)
    rows = rows_of(worker, history(days=40, tickets=600))
    tampered = [row for row in rows if row.key[:1] != PANE]

    assert restored(tampered, fingerprint=b"other").numbers() == worker.numbers()
    assert restored(tampered).numbers() != worker.numbers()


def test_a_checkpoint_writes_only_the_panes_that_changed() -> None:
    worker = Worker(events_between=1)
    first = worker.take(ticket("opened", 0)).rows
    second = worker.take(*(ticket("opened", 2 * DAY_SECONDS + at, f"T-{at}") for at in range(20))).rows
    written = [{row.key for row in rows if row.key[:1] == PANE and row.value is not None} for rows in (first, second)]

    assert (heads(first), heads(second)) == (1, 1)
    assert all(written)
    assert not written[0] & written[1]


def test_panes_that_fell_out_of_their_window_leave_with_the_next_checkpoint() -> None:
    worker = Worker(events_between=500)
    held: dict[bytes, bytes | None] = {}
    held.update(rows_of(worker, history(days=120, tickets=1_500)))
    panes = sum(key[:1] == PANE and value is not None for key, value in held.items())

    assert panes <= sum(shape.length // shape.pane + 1 for shape in WINDOWS)


def test_a_checkpoint_that_does_not_fit_is_left_out_and_nothing_depends_on_it(caplog: pytest.LogCaptureFixture) -> None:
    worker, free = Worker(events_between=500), Worker()
    values = history(days=40, tickets=600)
    rows = rows_of(worker, values, run=20, row_bytes=4_000)
    rows_of(free, values)

    assert heads(rows) == 0
    assert restored(rows).numbers() == free.numbers()
    assert "A checkpoint of a partition's tickets takes" in caplog.text
    assert "no more than 8000 fit into an append" in caplog.text


def test_label_values_that_were_told_apart_are_told_apart_after_a_restart() -> None:
    first, second = (
        [ticket("opened", at, f"T-{at}", team=f"team-{at % 40}") for at in range(start, start + 40)]
        for start in (0, 1_000)
    )
    worker = Worker(events_between=1, bounds=LabelBounds(30, {}))
    rows = rows_of(worker, first)
    again = restored(rows, bounds=LabelBounds(30, {}), events_between=1)
    again.take(*first, *second)
    steady = Worker(bounds=LabelBounds(30, {}))
    steady.take(*first, *second)

    assert again.numbers() == steady.numbers()


def test_a_worker_that_tells_other_label_values_apart_works_the_windows_out_anew() -> None:
    values = [ticket("opened", at, f"T-{at}", team=f"team-{at}") for at in range(20)]
    rows = rows_of(Worker(events_between=1, bounds=LabelBounds(10, {})), values)
    bounds = LabelBounds(10, {})
    for number in range(15, 25):
        bounds.fold("team", f"team-{number}")
    worker, fresh = restored(rows, bounds=bounds), Worker(bounds=bounds)
    fresh.take(*values)

    assert worker.numbers() == fresh.numbers()


class TestDeparture:
    LIMITS = RecordLimits(kept=32 * DAY)

    def test_what_departs_leaves_its_numbers_behind(self) -> None:
        values = history(days=150, tickets=1_500)
        worker, free = Worker(events_between=300, limits=self.LIMITS), Worker()
        rows = rows_of(worker, values)
        rows_of(free, values)

        assert len(tickets_of(worker.desk(TicketDesk))) < len(tickets_of(free.desk(TicketDesk))) / 2
        assert worker.numbers() == free.numbers()
        assert worker.view().summary("tickets").by_labels == free.view().summary("tickets").by_labels
        for fingerprint in (b"", b"other"):
            again = restored(rows, limits=self.LIMITS, fingerprint=fingerprint)
            assert again.numbers() == free.numbers()
            assert dict(again.view().days()) == dict(free.view().days())

    def test_an_open_ticket_never_departs(self) -> None:
        old = ticket("opened", 0, "OLD")
        worker = Worker(events_between=1, limits=self.LIMITS)
        worker.take(old)
        for day in range(1, 200):
            worker.take(ticket("opened", day * DAY_SECONDS, f"T-{day}"))

        assert "OLD" in tickets_of(worker.desk(TicketDesk))

    def test_events_of_a_departed_ticket_come_too_late(self) -> None:
        worker = Worker(events_between=1, limits=self.LIMITS)
        worker.take(ticket("opened", 0, "OLD"), ticket("resolved", 60, "OLD"))
        for day in range(1, 70):
            worker.take(ticket("opened", day * DAY_SECONDS, f"T-{day}"))
        assert "OLD" not in tickets_of(worker.desk(TicketDesk))

        outcome = worker.take(ticket("opened", 0, "OLD"))

        assert [rejection.reason for rejection in outcome.rejections] == ["too_late"]
        assert "raise retention.days" in outcome.rejections[0].detail
        assert worker.count("tickets_opened") == 70

    def test_a_ticket_that_is_still_there_takes_late_events(self) -> None:
        worker = Worker(limits=self.LIMITS)
        worker.take(ticket("opened", 0, "OLD"), ticket("opened", 70 * DAY_SECONDS, "NEW"))

        assert worker.take(ticket("resolved", 60, "OLD")).applied == 1

    def test_days_that_the_report_no_longer_reaches_are_kept_in_one_sum(self) -> None:
        worker, free = Worker(events_between=1, limits=self.LIMITS), Worker()
        rows: dict[bytes, bytes | None] = {}
        for day in range(0, 520, 4):
            pair = (
                ticket("opened", day * DAY_SECONDS, f"T-{day}"),
                ticket("resolved", day * DAY_SECONDS + 90, f"T-{day}"),
            )
            rows.update(worker.take(*pair).rows)
            free.take(*pair)
        departed = [key for key, value in rows.items() if key[:1] == b"d" and value is not None]
        again = restored([Row(key, value) for key, value in rows.items() if key != b"m"] + [Row(b"m", rows[b"m"])])

        assert len(departed) <= 101
        assert worker.numbers() == free.numbers()
        assert again.numbers() == free.numbers()
