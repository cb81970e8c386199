"""One row can hold several moments of a ticket, and none of those that have not come yet."""

from __future__ import annotations

import pytest

from stream.feeds.replay import ReplayError
from stream.feeds.replay.durations import Offset
from stream.feeds.replay.templates import Template
from tests.unit.feeds.mapped_log import MappedLog, short

STORY = """
[[rule]]
event = "helpdesk.ticket.opened.v1"
[[rule]]
time = "{solved}"
event = "helpdesk.ticket.resolved.v1"
[[rule]]
time = "{closed}"
event = "helpdesk.ticket.status_changed.v1"
data = { status = "closed" }
"""


def test_what_has_no_time_has_not_happened(mapped: MappedLog) -> None:
    log = "id,time,solved,closed\na,2020-01-01,2020-01-02,2020-01-03\nb,2020-01-01,,\nc,2020-01-01,2020-01-02, \n"
    assert short(mapped.replay(log, STORY)) == [
        *[("a", "opened"), ("a", "resolved"), ("a", "status_changed")],
        *[("b", "opened"), ("c", "opened"), ("c", "resolved")],
    ]
    assert mapped.report.is_complete


def test_a_row_of_which_nothing_has_happened_is_skipped(mapped: MappedLog) -> None:
    rules = '[[rule]]\ntime = "{solved}"\nevent = "helpdesk.ticket.resolved.v1"\n'
    assert mapped.replay("id,time,solved\na,2020-01-01,\n", rules) == []
    assert mapped.report.skipped == {"no time for rule 1": 1}


def test_a_time_that_must_be_there_rejects_the_row(mapped: MappedLog) -> None:
    rules = '[[rule]]\ntime = "{solved}"\ntime_empty = "reject"\nevent = "helpdesk.ticket.resolved.v1"\n'
    assert mapped.replay("id,time,solved\na,2020-01-01,\n", rules) == []
    (reason,) = mapped.rejected()
    assert reason.startswith("time: the column 'solved' is empty; ")
    assert 'time_empty = "skip"' in reason


def test_half_a_time_is_an_error_and_not_none(mapped: MappedLog) -> None:
    rules = '[[rule]]\ntime = "{day} {hour}"\nevent = "helpdesk.ticket.resolved.v1"\n'
    assert mapped.replay("id,time,day,hour\na,2020-01-01,,10:00\na,2020-01-01,,\n", rules) == []
    assert mapped.report.rejected == 1
    assert mapped.report.skipped.total() == 1


def test_a_duration_can_be_skipped_where_it_is_empty(mapped: MappedLog) -> None:
    rules = '[[rule]]\nafter = "{wait}"\ntime_empty = "skip"\nevent = "helpdesk.ticket.resolved.v1"\n'
    assert short(mapped.replay("id,time,wait\na,2020-01-01,\nb,2020-01-01,5\n", rules)) == [("b", "resolved")]
    assert mapped.report.skipped == {"no time for rule 1": 1}


def test_a_rule_can_spell_its_time_in_its_own_way(mapped: MappedLog) -> None:
    rules = """
[[rule]]
time = { value = "{solved}", format = "%d/%m/%Y %H:%M" }
event = "helpdesk.ticket.resolved.v1"
[[rule]]
time = { value = "{solved}", format = "%d/%m/%Y %H:%M", zone = "UTC" }
event = "helpdesk.ticket.resolved.v1"
"""
    log = "id,time,solved\na,2020-01-01 10:00,02/01/2020 12:00\n"
    events = mapped.replay(log, rules, time='zone = "Europe/Rome"')
    assert [event["time"] for event in events] == ["2020-01-02T11:00:00Z", "2020-01-02T12:00:00Z"]


def test_a_time_of_day_before_that_of_the_start_is_one_of_the_next_day(mapped: MappedLog) -> None:
    rules = """
[[rule]]
event = "helpdesk.ticket.opened.v1"
[[rule]]
time = { value = "{day} {end}", next_day_if_before = "{time}" }
event = "helpdesk.ticket.resolved.v1"
"""
    log = (
        "id,time,day,end\na,2023-11-03 23:58,2023-11-03,00:03\nb,2023-11-03 11:58,2023-11-03,12:03\n"
        "c,2023-11-04 23:58,2023-11-04,03:00\nd,2023-11-05 01:50,2023-11-05,01:10\n"
    )
    events = mapped.replay(log, rules, time='zone = "America/Chicago"')
    assert [event["time"] for event in events if "resolved" in event["type"]] == [
        "2023-11-04T05:03:00Z",
        "2023-11-03T17:03:00Z",
        "2023-11-05T09:00:00Z",
        "2023-11-05T07:10:00Z",
    ]


def test_a_mistake_in_the_time_of_a_rule_is_named(mapped: MappedLog) -> None:
    rule = '[[rule]]\nevent = "helpdesk.ticket.resolved.v1"\n'
    with pytest.raises(ReplayError, match=r"rule 1\.time\.formt: unknown key .did you mean format"):
        mapped.mapping(rule + 'time = { value = "{x}", formt = "iso" }')
    with pytest.raises(ReplayError, match=r"rule 1\.time\.value: is missing"):
        mapped.mapping(rule + 'time = { format = "iso" }')
    with pytest.raises(ReplayError, match=r"rule 1\.time_empty: 'no' is unknown; it must be one of skip, reject"):
        mapped.mapping(rule + 'time_empty = "no"')


def test_only_a_time_of_a_rule_can_be_one_of_the_next_day(mapped: MappedLog) -> None:
    with pytest.raises(ReplayError, match=r"time\.next_day_if_before: unknown key"):
        mapped.mapping('[[rule]]\nevent = "helpdesk.ticket.opened.v1"\n', time='next_day_if_before = "{x}"')


@pytest.mark.parametrize(
    "text, seconds",
    [
        *[("109", 109), ("4:02", 242), ("90 s", 90), ("5min", 300), ("1 h 30 min", 5400), ("2 days", 172_800)],
        *[("250 ms", 0.25), ("1.5 hours", 5400), ("1 Hour, 5 Minutes", 3900)],
    ],
)
def test_a_duration_can_name_its_units(text: str, seconds: float) -> None:
    assert Offset("after", Template("{wait}")).of({"wait": text}).total_seconds() == seconds


@pytest.mark.parametrize("text", ["5 parsecs", "1 h 30", "h", "-5 min", "9" * 400 + " s", "40000 days"])
def test_what_is_no_duration_with_units_is_an_error(text: str) -> None:
    with pytest.raises(ValueError, match="is no duration, such as 109 or 0:01:49"):
        Offset("after", Template("{wait}")).of({"wait": text})


@pytest.mark.parametrize("text", ["-1", "nan", "inf", "4:02", "5 min", "1e300"])
def test_a_number_of_a_unit_is_a_plain_one(text: str) -> None:
    with pytest.raises(ValueError, match="is not a number of the unit that the mapping gives"):
        Offset("after", Template("{wait}"), 60.0).of({"wait": text})


def test_events_can_happen_after_and_before_their_row(mapped: MappedLog) -> None:
    rules = """
[[rule]]
before = { value = "{wait}", unit = "minutes" }
event = "helpdesk.ticket.opened.v1"
[[rule]]
after = ["{talk}", { value = "{wait}", unit = "hours" }]
event = "helpdesk.ticket.resolved.v1"
[[rule]]
after = "{wait} s"
event = "helpdesk.ticket.reopened.v1"
"""
    events = mapped.replay("id,time,wait,talk\na,2020-01-02,1.5,0:01:00\n", rules)
    assert [event["time"][8:19] for event in events] == ["01T23:58:30", "02T01:31:00", "02T00:00:01"]


def test_a_duration_that_leads_out_of_the_calendar_rejects_the_row(mapped: MappedLog) -> None:
    rules = f'[[rule]]\nbefore = {["30000 days"] * 30}\nevent = "helpdesk.ticket.resolved.v1"\n'
    assert mapped.replay("id,time\na,2020-01-01\n", rules) == []
    assert mapped.rejected()[0].startswith("before: there is no time -30000 days, 0:00:00 from ")


def test_a_mistake_in_a_duration_is_named(mapped: MappedLog) -> None:
    rule = '[[rule]]\nevent = "helpdesk.ticket.resolved.v1"\n'
    with pytest.raises(ReplayError, match=r"rule 1\.after\.unit: 'minute' is unknown .did you mean minutes"):
        mapped.mapping(rule + 'after = { value = "{x}", unit = "minute" }')
    with pytest.raises(ReplayError, match=r"rule 1\.before: '{x' has a brace without a column"):
        mapped.mapping(rule + 'before = "{x"')
    with pytest.raises(ReplayError, match=r"rule 1\.after: must hold a duration"):
        mapped.mapping(rule + "after = []")


def test_date_and_hour_can_stand_in_two_columns_by_a_clock_of_twelve_hours(mapped: MappedLog) -> None:
    rules = """
[[rule]]
time = { value = "{date} {hour}", format = "%m/%d/%Y %I:%M:%S %p", zone = "America/New_York" }
event = "helpdesk.ticket.resolved.v1"
"""
    log = "id,time,date,hour\na,2020-01-01,1/2/2020,12:05:00 AM\na,2020-01-01,01/02/2020,1:05:00 pm\n"
    events = mapped.replay(log, rules)
    assert [event["time"] for event in events] == ["2020-01-02T05:05:00Z", "2020-01-02T18:05:00Z"]
