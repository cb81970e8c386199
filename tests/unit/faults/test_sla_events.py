from __future__ import annotations

from datetime import UTC, datetime

import msgspec
import pytest

from schemas.events import SlaActivated, SlaBreached, SlaClockData, SlaRetracted, SlaRetractedData
from stream.core import Core
from stream.runtime.kafka.placement import partition_of
from stream.settings.settings import Settings
from stream.state.rows import MemoryRows
from stream.windows.clock import EventClock
from tests.faults.sla_events import in_order, judge_sla_events, standing
from tests.kinds.tickets import ticket
from tests.kinds.worker import UNLIMITED, records_of
from tests.moments import HOUR, microseconds

LOG = [ticket("opened", 0, channel="chat"), ticket("replied", HOUR, actor="agent")]
DATA = SlaClockData(sla="first_reply", number=1, policy="p", target_seconds=1, elapsed_seconds=1)


def event(kind: type[SlaActivated | SlaBreached], identifier: str) -> bytes:
    return msgspec.json.encode(
        kind(specversion="1.0", id=identifier, source="s", subject="T-1", time=datetime.now(UTC), data=DATA)
    )


def retraction(of: str) -> bytes:
    return msgspec.json.encode(
        SlaRetracted(
            specversion="1.0",
            id=f"{of}/retracted",
            source="s",
            subject="T-1",
            time=datetime.now(UTC),
            data=SlaRetractedData(retracts=of),
        )
    )


def published() -> list[bytes]:
    state = Core(Settings(), "s", clock=EventClock()).new_state("tickets", MemoryRows())
    outcome = state.take_in(records_of(LOG), wall_now=microseconds(HOUR), row_bytes=UNLIMITED)
    return [record.value for record in outcome.outgoing]


def test_the_last_mention_of_an_id_counts() -> None:
    first, second = event(SlaActivated, "a"), event(SlaBreached, "b")

    assert standing([first, second, first, second]) == ({"a", "b"}, 0)
    assert standing([first, second, retraction("b"), second, retraction("b")]) == ({"a"}, 2)


def test_what_the_worker_says_is_right() -> None:
    verdict = judge_sla_events(LOG, published())

    assert (verdict.breaches, verdict.breaches_lost, verdict.breaches_doubled, verdict.lines) == (1, 0, 0, [])


def test_a_breach_that_lacks_or_stands_where_it_should_not_is_found() -> None:
    kept = [value for value in published() if b"breached.v1" not in value]
    lost = judge_sla_events(LOG, kept)
    assert (lost.breaches_lost, lost.breaches_doubled, len(lost.lines)) == (1, 0, 1)

    doubled = judge_sla_events(LOG, [*published(), event(SlaBreached, "T-1/x/1/breach/5")])
    assert (doubled.breaches_lost, doubled.breaches_doubled, len(doubled.lines)) == (0, 1, 1)


def test_what_a_ticket_had_in_its_former_partition_comes_before_what_it_has_where_it_is_now() -> None:
    before, now = partition_of(b"T-1", 8), partition_of(b"T-1", 12)
    assert before != now
    first, second = event(SlaBreached, "a"), retraction("a")
    where = {now: [second], before: [first]}

    assert list(in_order(where, [8, 12])) == [first, second]
    with pytest.raises(ValueError, match=rf"helpdesk.sla\[{now}\] has an event of T-1, which never was there"):
        list(in_order(where, [8]))
