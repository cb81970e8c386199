"""Events of the same time come in the order of the file, or in that of a column."""

from __future__ import annotations

import pytest

from stream.feeds.replay import ReplayError
from tests.unit.feeds.mapped_log import MappedLog

SOLVED = '[[rule]]\nevent = "helpdesk.ticket.resolved.v1"\n'
OPENED = '[[rule]]\nfirst_of_subject = true\nevent = "helpdesk.ticket.opened.v1"\ndata = { channel = "{n}" }\n'
REST = '[[rule]]\nskip = "the rest"\n'
LOG = "id,time,n\na,2020-01-01,9\na,2020-01-01,10\na,2020-01-01,x\n"


def sequences(mapped: MappedLog, top: str, log: str = LOG) -> list[str | None]:
    return [event.get("sequence") for event in mapped.replay(log, SOLVED, top=top)]


def test_rows_are_in_the_order_of_the_file(mapped: MappedLog) -> None:
    assert sequences(mapped, "") == ["000000000002", "000000000003", "000000000004"]
    assert sequences(mapped, 'equal_times = "file"') == ["000000000002", "000000000003", "000000000004"]


def test_a_file_can_have_the_newest_row_first(mapped: MappedLog) -> None:
    assert sequences(mapped, 'equal_times = "file_reversed"') == ["999999999998", "999999999997", "999999999996"]


def test_the_order_can_be_left_to_the_kinds_of_events(mapped: MappedLog) -> None:
    assert sequences(mapped, 'equal_times = "kind"') == [None, None, None]


def test_whole_numbers_of_a_column_are_padded_and_all_else_is_text(mapped: MappedLog) -> None:
    assert sequences(mapped, 'sequence = "{n}"') == [f"{9:020}", f"{10:020}", "x"]
    log = "id,time,n,m\na,2020-01-01,7.0,3\na,2020-01-01,007,-1\na,2020-01-01,1.5,4\n"
    padded = [f"{7:020}-{3:020}", f"{7:020}--1", f"1.5-{4:020}"]
    assert sequences(mapped, 'sequence = "{n}-{m}"', log) == padded


def test_a_row_without_its_sequence_is_rejected(mapped: MappedLog) -> None:
    assert sequences(mapped, 'sequence = "{n}"', "id,time,n\na,2020-01-01,\n") == []
    assert mapped.rejected() == ["sequence: the column 'n' is empty"]
    assert sequences(mapped, 'sequence = "{n}"', f"id,time,n\na,2020-01-01,{'x' * 257}\n") == []
    assert mapped.rejected() == ["Expected `str` of length <= 256 - at `$.sequence`"]


def test_all_events_of_a_row_have_the_same_sequence(mapped: MappedLog) -> None:
    events = mapped.replay(LOG, SOLVED + SOLVED)
    assert [event["sequence"][-1] for event in events] == list("223344")


@pytest.mark.parametrize(
    "top, first",
    [("", "9"), ('equal_times = "kind"', "9"), ('equal_times = "file_reversed"', "3"), ('sequence = "{n}"', "3")],
)
def test_the_first_row_of_a_subject_follows_the_order_of_equal_times(mapped: MappedLog, top: str, first: str) -> None:
    log = "id,time,n\na,2020-01-01,9\na,2020-01-01,10\na,2020-01-01,3\nb,2020-01-01,3\n"
    assert [event["data"]["channel"] for event in mapped.replay(log, OPENED + REST, top=top)] == [first, "3"]


def test_the_same_event_in_two_rows_is_still_one(mapped: MappedLog) -> None:
    log = "id,time,uid\na,2020-01-01,1\na,2020-01-01,1\n"
    events = mapped.replay(log, SOLVED, top='id = "{uid}"')
    assert [event["sequence"] for event in events] == ["000000000002"]
    assert mapped.report.skipped == {"an earlier row made the same event": 1}


def test_a_sequence_leaves_nothing_to_say_of_equal_times(mapped: MappedLog) -> None:
    with pytest.raises(ReplayError, match=r"equal_times: must not stand beside sequence"):
        mapped.mapping(SOLVED, top='sequence = "{n}"\nequal_times = "kind"')
    with pytest.raises(
        ReplayError, match=r"equal_times: 'files' is unknown .did you mean file.*file, file_reversed, kind"
    ):
        mapped.mapping(SOLVED, top='equal_times = "files"')
    with pytest.raises(ReplayError, match=r"sequence: '{n' has a brace without a column"):
        mapped.mapping(SOLVED, top='sequence = "{n"')


def test_a_local_time_that_came_twice_follows_the_order_of_the_file(mapped: MappedLog) -> None:
    log = "id,time\na,2022-10-30 02:10\na,2022-10-30 02:50\n"
    rome = 'zone = "Europe/Rome"'
    newest_first = mapped.replay(log, SOLVED, top='equal_times = "file_reversed"', time=rome)
    assert [event["time"][11:16] for event in newest_first] == ["01:10", "00:50"]
    oldest_first = mapped.replay(log, SOLVED, time=rome)
    assert [event["time"][11:16] for event in oldest_first] == ["00:10", "00:50"]


def test_a_local_time_far_from_a_change_is_forgotten_when_one_comes_twice(mapped: MappedLog) -> None:
    log = "id,time\na,2022-10-30 02:50\na,2022-12-01 00:00\na,2022-10-30 02:10\n"
    events = mapped.replay(log, SOLVED, time='zone = "Europe/Rome"')
    assert [event["time"][5:16] for event in events] == ["10-30T00:50", "11-30T23:00", "10-30T00:10"]
