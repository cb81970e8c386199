"""Real logs under a calendar: the worker and the oracle read the settings, each in its way, and come to the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from stream.desks.tickets.settings import TicketSettings
from stream.desks.tickets.sla.settings import policies_of
from stream.feeds.replay import load_mapping, read_events
from stream.settings.loading import load_checked
from tests.kinds.tickets import TicketsUnder
from tests.kinds.worker import Worker
from tests.oracle import OracleSettings, compute, differences, read_settings
from tests.oracle.ticket_settings import TicketSettings as OracleTicketSettings

REPOSITORY = Path(__file__).parents[3]
FOLDERS = (REPOSITORY / "tests" / "data", REPOSITORY.parent / "shared" / "data")
LOGS = [
    file
    for folder in FOLDERS
    for name in ("helpdesk_italian", "helpdesk_comments")
    if (file := folder / f"{name}.csv").is_file()
]

OFFICE = """
[calendar]
time_zone = "Europe/Rome"
monday = ["08:30-12:30", "13:30-18:00"]
tuesday = ["08:30-12:30", "13:30-18:00"]
wednesday = ["08:30-12:30", "13:30-18:00"]
thursday = ["08:30-12:30", "13:30-20:00"]
friday = ["08:30-13:00"]
country = "IT"
holidays = ["2011-06-03"]
"""
NIGHTS = """
[calendar]
time_zone = "America/St_Johns"
monday = ["02:30-24:00"]
tuesday = ["22:00-06:00"]
wednesday = ["07:15-11:00", "11:00-12:45", "22:00-06:00"]
saturday = ["12:00-12:00"]
sunday = ["12:30-14:00", "21:30-02:30"]
country = "CA"
subdivision = "NL"

[[sla.policies]]
name = "all"
calendar = "default"
[sla.policies.targets]
first_reply = { priority = { HIGH = "1h30m", other = { within = "0.5d", calendar = "none" } } }
agent_work = { within = "8h", pause = ["hold"], at_risk = "90m" }
"""
LONGEST = {"helpdesk_italian": "resolution", "helpdesk_comments": "first_reply"}
"""What takes most of the time in each of the logs."""


def settings_in(folder: Path, text: str) -> Path:
    file = folder / "deskpulse.toml"
    file.write_text(text, encoding="utf-8")
    return file


@pytest.mark.parametrize("hours", [OFFICE, NIGHTS], ids=["office", "nights"])
@pytest.mark.parametrize("log", LOGS, ids=lambda log: f"{log.parent.parent.name}-{log.stem}")
def test_a_log_comes_to_the_same_business_time_in_the_worker_and_in_the_oracle(
    log: Path, hours: str, tmp_path: Path
) -> None:
    values = [event.value for event in read_events(log, load_mapping(log.stem))]
    settings = load_checked(settings_in(tmp_path, hours))
    worker = Worker(
        TicketsUnder(
            settings.section(TicketSettings).rules(settings.calendar.calendar()), policies=policies_of(settings)
        )
    )
    worker.take(*values)

    calendar, policies = read_settings(hours)
    expected = compute(values, settings=OracleSettings(OracleTicketSettings(calendar=calendar, policies=policies)))
    assert differences(expected, worker.numbers(), sum_tolerance=1e-5) == []
    window: dict[str, Any] = expected["windows"]["lifetime"]
    assert 0 < window[f"{LONGEST[log.stem]}_business_seconds"]["sum"] < window[f"{LONGEST[log.stem]}_seconds"]["sum"]
