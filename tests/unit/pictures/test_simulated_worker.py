"""The samples of a worker that lives through a simulated week."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from schemas.events import TICKETS_TOPIC
from tests.event_records import record
from tests.pictures.simulated_worker import SimulatedWorker
from tests.pictures.story import CLOSELY, COARSE, END, FINE, SLOT, WEEK, scrapes, slots

MOMENT = datetime(2026, 3, 10, 12, tzinfo=UTC)
NOW = int(MOMENT.timestamp()) * 1_000_000
NAMES = ("helpdesk_tickets_opened", "helpdesk_consumer_lag_records", "helpdesk_process_start_time_seconds")


def worker_with(*values: bytes) -> SimulatedWorker:
    worker = SimulatedWorker(0, 1)
    for number, value in enumerate(values):
        worker.publish(TICKETS_TOPIC, b"ticket-%d" % number, value)
    return worker


def opened() -> bytes:
    data = {"channel": "email", "priority": "normal"}
    return record("helpdesk.ticket.opened.v1", "ticket-0", "2026-03-10T11:50:00Z", data)


def samples(worker: SimulatedWorker) -> dict[str, str]:
    lines = worker.scrape(MOMENT, MOMENT, NAMES).splitlines()
    return dict(line.removesuffix(f" {MOMENT.timestamp():.0f}").rsplit(" ", 1) for line in lines)


def test_each_sample_says_once_whose_it_is_and_when_it_was() -> None:
    worker = worker_with(opened())
    worker.live_until(NOW, reading=True)
    for line in worker.scrape(MOMENT, MOMENT, NAMES).splitlines():
        assert re.fullmatch(r'\w+\{job="deskpulse",instance="deskpulse-0:6066"[^}]*\} \S+ 1773144000', line)
        assert line.count("instance=") == 1


def test_only_what_has_a_wanted_name_is_scraped() -> None:
    worker = worker_with(opened())
    worker.live_until(NOW, reading=True)
    assert {name.partition("{")[0] for name in samples(worker)} == {*NAMES, "up"}


def test_what_is_not_read_is_lag_and_what_is_read_is_counted() -> None:
    worker = worker_with(opened())
    worker.live_until(NOW, reading=False)
    assert sum(float(value) for name, value in samples(worker).items() if "lag_records" in name) == 1
    worker.live_until(NOW, reading=True)
    found = samples(worker)
    assert sum(float(value) for name, value in found.items() if "lag_records" in name) == 0
    (of_the_hour,) = [value for name, value in found.items() if "tickets_opened{" in name and 'window="1h"' in name]
    assert float(of_the_hour) == 1


def test_the_process_says_that_it_started_when_the_week_did() -> None:
    (started,) = [value for name, value in samples(worker_with()).items() if "start_time" in name]
    assert float(started) == MOMENT.timestamp()


def test_the_week_is_scraped_more_often_at_its_end() -> None:
    moments = list(scrapes())
    assert (moments[0], moments[-1]) == (END - WEEK, END)
    assert moments[1] - moments[0] == COARSE
    assert moments[-1] - moments[-2] == FINE
    assert END - CLOSELY in moments


def test_all_scrapes_of_a_slot_are_in_one_block_of_prometheus() -> None:
    found = dict(slots())
    assert [moment for moments in found.values() for moment in moments] == list(scrapes())
    for slot, moments in found.items():
        assert slot.timestamp() % SLOT.total_seconds() == 0
        assert slot <= moments[0] <= moments[-1] < slot + SLOT
