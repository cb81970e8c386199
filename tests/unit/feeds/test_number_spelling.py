"""Numbers whose thousands are set apart are read where the mapping says how."""

from __future__ import annotations

import pytest

from stream.feeds.replay import ReplayError
from stream.feeds.replay.number_spelling import NumberSpelling
from tests.unit.feeds.mapped_log import MappedLog

RULES = """
[[rule]]
when = { secs = { greater = 1000 } }
after = "{secs}"
event = "helpdesk.ticket.resolved.v1"
[[rule]]
after = { value = "{secs}", unit = "seconds" }
event = "helpdesk.ticket.escalated.v1"
"""


@pytest.mark.parametrize(
    "thousands, text, plain",
    [
        (",", "1,204", "1204"),
        (",", "1,204,005.5 s", "1204005.5 s"),
        (",", "1,2045", "1,2045"),
        (",", "4:02", "4:02"),
        (",", "1 h, 30 min", "1 h, 30 min"),
        (".", "1.204,5", "1204.5"),
        (" ", "1\N{NARROW NO-BREAK SPACE}204", "1204"),
        ("'", "1'204.5", "1204.5"),
        ("", "1,204", "1,204"),
    ],
)
def test_a_number_is_spelled_plainly(thousands: str, text: str, plain: str) -> None:
    assert NumberSpelling(thousands).plain(text) == plain


def test_durations_and_comparisons_read_numbers_with_thousands(mapped: MappedLog) -> None:
    log = 'id,time,secs\na,2020-01-01,"1,204"\n'
    events = mapped.replay(log, RULES, kind='csv"\nthousands = ",')
    assert [event["time"] for event in events] == ["2020-01-01T00:20:04Z"] * 2


def test_a_score_is_read_with_thousands(mapped: MappedLog) -> None:
    rules = """
[[rule]]
event = "helpdesk.survey.responded.v1"
data = { survey = "csat", scale = "1-5", score = "{secs}" }
"""
    events = mapped.replay("id;time;secs\na;2020-01-01;4,0\n", rules, kind='csv"\ndelimiter = ";"\nthousands = ".')
    assert [event["data"]["score"] for event in events] == [4]


@pytest.mark.parametrize("rule", RULES.split("[[rule]]")[1:])
def test_what_may_be_a_number_with_thousands_is_told_how_to_be_read(mapped: MappedLog, rule: str) -> None:
    mapped.replay('id,time,secs\na,2020-01-01,"1,204"\n', f"[[rule]]{rule}")
    (reason,) = mapped.rejected()
    assert reason.endswith("; if its comma sets thousands apart, set thousands in [format]")


def test_an_unknown_separator_of_thousands_is_refused(mapped: MappedLog) -> None:
    with pytest.raises(ReplayError, match=r"format\.thousands: must be one of ',' '\.' .*, not 'x'"):
        mapped.mapping(RULES, kind='csv"\nthousands = "x')
