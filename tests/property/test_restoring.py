from __future__ import annotations

from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from stream.desks.tickets.rules import TicketRules
from stream.state.partition import PartitionState
from stream.windows.business_calendar import BusinessCalendar
from tests.kinds.tickets import TicketsUnder
from tests.kinds.worker import Worker
from tests.moments import office_hours
from tests.property.histories import INVALID_RECORDS, Delivery, cuts, deliveries, survey_logs, ticket_logs
from tests.property.pictures import Changelog, picture, take_delivery

paces = st.sampled_from([1, 3, 10_000])
fingerprints = st.sampled_from([b"", b"other"])
row_limits = st.sampled_from([1, 600, 1_000_000])


def load(data: st.DataObject, state: PartitionState, changelog: Changelog) -> None:
    """Restore a state from a changelog that is read in several fetches."""
    rows = changelog.rows()
    for fetched in data.draw(cuts(rows)) if rows else ():
        state.load(fetched)
    state.loaded()


def assert_crashes_change_nothing(
    data: st.DataObject, delivery: Delivery, partition_of: Callable[[Worker], PartitionState], rules: TicketRules
) -> None:
    """Crashes, each after any append and before any commit, leave a partition as if there had been none.

    Checkpoints come at any pace, and are of no use after some of the crashes, as if settings had changed.
    Compaction has removed rows before others.
    """
    steady = Worker(TicketsUnder(rules))
    changelog = take_delivery(partition_of(steady), delivery, data.draw(row_limits))
    expected, entities = picture(steady, partition_of(steady)), changelog.entities()

    for _ in range(3):
        kept = changelog.until(data.draw(st.integers(0, len(changelog.batches)), label="appends before the crash"))
        if data.draw(st.booleans(), label="compacted"):
            kept = kept.compacted()
        worker = Worker(
            TicketsUnder(rules),
            events_between=data.draw(paces),
            fingerprint=data.draw(fingerprints),
            hot=data.draw(st.sampled_from([1, 10_000])),
        )
        load(data, partition_of(worker), kept)
        changelog = kept + take_delivery(partition_of(worker), delivery, data.draw(row_limits))

        assert picture(worker, partition_of(worker)) == expected
        assert changelog.entities() == entities
        assert worker.numbers() == steady.numbers()


@given(st.data(), ticket_logs(), st.sampled_from([None, office_hours()]))
def test_a_crash_after_any_append_changes_no_ticket(
    data: st.DataObject, log: list[bytes], calendar: BusinessCalendar | None
) -> None:
    delivery = data.draw(deliveries(log, extra=INVALID_RECORDS[:3]))

    assert_crashes_change_nothing(data, delivery, lambda worker: worker.tickets, TicketRules(calendar=calendar))


@given(st.data(), survey_logs())
def test_a_crash_after_any_append_changes_no_survey(data: st.DataObject, log: list[bytes]) -> None:
    delivery = data.draw(deliveries(log, extra=INVALID_RECORDS[:3]))

    assert_crashes_change_nothing(data, delivery, lambda worker: worker.states["surveys"], TicketRules())
