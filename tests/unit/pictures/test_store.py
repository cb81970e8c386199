"""A Prometheus that is filled from files."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from stream.feeds.loopback import ReservedPort
from tests.monitoring.tools import MonitoringTools
from tests.pictures.store import Store
from tests.pictures.story import END, FINE

pytestmark = pytest.mark.prometheus

SERIES = '{job="deskpulse",instance="deskpulse-0:6066",team="front desk",channel="phone",window="5m"}'
OCCUPIED = ("helpdesk_agents_occupied_seconds", "team_channel_window:helpdesk_agents_occupied_seconds:sum")


def seconds(stock: str, value: float, moment: datetime) -> str:
    return f"helpdesk_agents_{stock}_seconds{SERIES} {value} {moment.timestamp():.0f}\n"


@pytest.mark.timeout(180)
async def test_what_is_gone_from_a_scrape_is_not_seen_beside_what_is_in_it(
    monitoring_tools: MonitoringTools, tmp_path: Path
) -> None:
    scraped = tmp_path / "samples.om"
    before = END - FINE
    samples = (seconds("occupied", 261, before), seconds("on_queue", 321, before), seconds("on_queue", 21, END))
    scraped.write_text("".join((*samples, "# EOF\n")), "utf-8")
    with ReservedPort() as port:
        store = Store(monitoring_tools.prometheus, monitoring_tools.promtool, tmp_path / "store", port)
        await store.fill([scraped])
        await store.start()
        try:
            found = {
                (name, moment): [float(series["value"][1]) for series in await store.at(name, moment)]
                for name in OCCUPIED
                for moment in (before, END)
            }
            (on_queue,) = await store.at("team_channel_window:helpdesk_agents_on_queue_seconds:sum", END)
        finally:
            await store.stop()

    assert found == {(name, moment): known for name in OCCUPIED for moment, known in ((before, [261]), (END, []))}
    assert float(on_queue["value"][1]) == 21
