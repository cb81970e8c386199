"""A log becomes events as its mapping says, and every row is accounted for."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stream.feeds.replay import Mapping, ReplayedEvent, ReplayError, ReplayReport, load_mapping, read_events

HEAD = """source = "/logs/test"
subject = "{id}"
{more}
[format]
kind = "{kind}"

[time]
value = "{time}"
"""
OPENED = """
[[rule]]
first_of_subject = true
event = "helpdesk.ticket.opened.v1"
"""
RATED = """
[[rule]]
event = "helpdesk.survey.responded.v1"
data = { survey = "csat", scale = "1-5", score = "{score}", comment = "{text}" }
"""
LATEST = datetime(2030, 1, 1, tzinfo=UTC)


class Desk:
    """A folder with a log and a mapping."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log = folder / "log"
        self.report = ReplayReport()

    def mapping(self, rules: str, *, kind: str = "csv", more: str = "") -> Mapping:
        path = self.folder / "mapping.toml"
        path.write_text(HEAD.replace("{kind}", kind).replace("{more}", more) + rules)
        return load_mapping(path)

    def read(self, log: str, rules: str, *, kind: str = "csv", more: str = "") -> list[ReplayedEvent]:
        self.log.write_text(log)
        self.report = ReplayReport()
        return list(read_events(self.log, self.mapping(rules, kind=kind, more=more), self.report, latest=LATEST))

    def made(self, log: str, rules: str, *, kind: str = "csv", more: str = "") -> list[dict[str, Any]]:
        return [orjson.loads(event.value) for event in self.read(log, rules, kind=kind, more=more)]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def types(events: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(event["subject"], event["type"].split(".")[2]) for event in events]


def test_an_event_has_all_that_a_cloud_event_needs(desk: Desk) -> None:
    (event,) = desk.read("id,time,score,text\ns1,2020-05-01 10:00:00,4,fine\n", RATED)
    decoded = orjson.loads(event.value)
    assert decoded.pop("id").endswith(":survey.responded")
    assert decoded == {
        "specversion": "1.0",
        "source": "/logs/test",
        "type": "helpdesk.survey.responded.v1",
        "subject": "s1",
        "time": "2020-05-01T10:00:00Z",
        "datacontenttype": "application/json",
        "sequence": "000000000002",
        "data": {"survey": "csat", "scale": "1-5", "score": 4, "comment": "fine"},
    }
    assert event[:2] == ("helpdesk.surveys", b"s1")
    assert event.time == 1_588_327_200_000_000


def test_the_first_row_of_a_ticket_is_the_earliest_one(desk: Desk) -> None:
    log = "id,time\na,2020-01-03\nb,2020-01-02\na,2020-01-01\na,2020-01-01\n"
    events = desk.made(log, OPENED)
    assert [(event["subject"], event["time"]) for event in events] == [
        ("b", "2020-01-02T00:00:00Z"),
        ("a", "2020-01-01T00:00:00Z"),
    ]
    assert desk.report.unmatched == 2


def test_the_first_row_of_a_ticket_can_be_the_one_that_comes_first(desk: Desk) -> None:
    log = "id,time\na,2020-01-03\nb,2020-01-02\na,2020-01-01\n"
    events = desk.made(log, OPENED, more='first_by = "file"')
    assert [(event["subject"], event["time"][:10]) for event in events] == [("a", "2020-01-03"), ("b", "2020-01-02")]


@pytest.mark.parametrize("order", ["time", "file"])
@pytest.mark.parametrize(
    "time, reason", [("never", "is not a time in the format iso"), ("1899-12-31", "lies before 1990 or in the future")]
)
def test_a_row_whose_time_cannot_be_is_never_the_first(desk: Desk, order: str, time: str, reason: str) -> None:
    log = f"id,time\na,{time}\na,2020-01-01\n"
    assert types(desk.made(log, OPENED, more=f'first_by = "{order}"')) == [("a", "opened")]
    assert desk.report.rejected_examples == [(2, f"time: {time!r} {reason}")]


def test_several_rules_can_fit_a_row_and_one_that_skips_ends_it(desk: Desk) -> None:
    rules = f"""
{OPENED}
[[rule]]
when = {{ step = "print" }}
skip = "printing is no event"
[[rule]]
when = {{ step = {{ not = "other" }} }}
event = "helpdesk.ticket.resolved.v1"
[[rule]]
when = {{ step = "done" }}
event = "helpdesk.ticket.status_changed.v1"
data = {{ status = "closed" }}
"""
    log = "id,time,step\na,2020-01-01,print\na,2020-01-02,print\na,2020-01-03,done\na,2020-01-04,other\n"
    assert types(desk.made(log, rules)) == [("a", "opened"), ("a", "resolved"), ("a", "status_changed")]
    assert desk.report.mapped == 2
    assert desk.report.skipped == {"printing is no event": 1}
    assert desk.report.unmatched_examples == [(5, "id=a, time=2020-01-04, step=other")]


def test_conditions_test_values_lists_patterns_emptiness_and_their_opposites(desk: Desk) -> None:
    def fits(condition: str) -> list[str]:
        rule = f'[[rule]]\nwhen = {{ step = {condition} }}\nevent = "helpdesk.ticket.resolved.v1"\n'
        rest = '[[rule]]\nskip = "the rest"\n'
        log = "id,time,step\n" + "".join(f"{name},2020-01-01,{step}\n" for name, step in steps.items())
        return [event["subject"] for event in desk.made(log, rule + rest)]

    steps = {"a": "Resolve ticket", "b": "Closed", "c": "", "d": "  ", "e": "resolve"}
    assert fits('"Closed"') == ["b"]
    assert fits('["Closed", "resolve"]') == ["b", "e"]
    assert fits('{ matches = "(?i)^resolve" }') == ["a", "e"]
    assert fits("{ empty = true }") == ["c", "d"]
    assert fits("{ empty = false }") == ["a", "b", "e"]
    assert fits('{ not = ["Closed", ""], empty = false }') == ["a", "e"]


def test_several_rows_can_make_one_event(desk: Desk) -> None:
    rules = """
[[rule]]
once_per = ["id", "comment"]
event = "helpdesk.ticket.replied.v1"
data = { actor = "agent", author = "{author}" }
"""
    rows = ["a,2020-01-01,1,ann", "a,2020-01-01,1,ann", "a,2020-01-02,2,bob", "b,2020-01-03,1,cy", "a,2020-01-01,1,ann"]
    events = desk.made("id,time,comment,author\n" + "\n".join(rows), rules)
    assert [event["data"]["author"] for event in events] == ["ann", "bob", "cy"]
    assert desk.report.skipped == {"same id, comment as an earlier row": 2}


def test_a_row_that_does_not_fit_leaves_its_place_to_the_next_one(desk: Desk) -> None:
    rules = RATED.replace("event", 'once_per = ["answer"]\nevent')
    log = "id,time,answer,score,text\na,2020-01-01,1,x,\na,2020-01-01,1,5,\n"
    assert [event["data"]["score"] for event in desk.made(log, rules)] == [5]
    assert (desk.report.rejected, desk.report.mapped) == (1, 1)


def test_values_are_mapped_defaulted_left_out_and_cleared(desk: Desk) -> None:
    rules = """
[[rule]]
event = "helpdesk.ticket.updated.v1"
[rule.data]
priority = { column = "p", map = { 1 = "high", "" = "low" }, default = "normal" }
team = "{t}"
category = { value = "{t}/{p}", map = { "x/1" = "urgent x" }, default = "any" }
assignee = { column = "t", clear_if_empty = true }
channel = "{{web}}"
"""
    events = desk.made("id,time,p,t\na,2020-01-01,1,x\na,2020-01-02,7,\na,2020-01-03,,y\n", rules)
    common = {"channel": "{web}"}
    assert [event["data"] for event in events] == [
        common | {"priority": "high", "team": "x", "category": "urgent x", "assignee": "x"},
        common | {"priority": "normal", "category": "any", "assignee": None},
        common | {"priority": "low", "team": "y", "category": "any", "assignee": "y"},
    ]


def test_an_event_can_happen_some_time_after_its_row(desk: Desk) -> None:
    rules = """
[[rule]]
after = ["{wait}", "{talk}"]
event = "helpdesk.ticket.resolved.v1"
"""
    events = desk.made("id,time,wait,talk\na,2020-01-01,100,0:02:03\nb,2020-01-01,,5\nc,2020-01-01,1,x\n", rules)
    assert [event["time"] for event in events] == ["2020-01-01T00:03:43Z"]
    assert desk.report.rejected_examples == [
        (3, "after: the column 'wait' is empty; time_empty = \"skip\" makes no event of such a row"),
        (4, "'x' is no duration, such as 109 or 0:01:49"),
    ]


@pytest.mark.parametrize(
    "row, reason",
    [
        ("a,2020-01-01,6,", "the score 6 is not on the scale 1-5"),
        ("a,2020-01-01,11,", "Expected `int` <= 10 - at `$.data.score`"),
        ("a,2020-01-01,4.5,", "score: '4.5' is not a whole number"),
        ("a,2020-01-01,good,", "score: 'good' is not a whole number; on the scale good-bad good is 1 and bad is 0"),
        ("a,2020-01-01,,", "Object missing required field `score` - at `$.data`"),
        ("a,1899-01-01,4,", "time: '1899-01-01' lies before 1990 or in the future"),
        ("a,2999-01-01,4,", "time: '2999-01-01' lies before 1990 or in the future"),
        ("a,01/02/2020,4,", "time: '01/02/2020' is not a time in the format iso"),
        (",2020-01-01,4,", "subject: the column 'id' is empty"),
        ("a,2020-01-01,4", "it has 3 fields where the header has 4"),
        (f"{'a' * 600},2020-01-01,4,", "Expected `str` of length <= 512 - at `$.subject`"),
    ],
)
def test_a_row_that_does_not_fit_is_rejected_with_its_place_and_the_reason(desk: Desk, row: str, reason: str) -> None:
    assert desk.made(f"id,time,score,text\n{row}\ns,2020-01-01,4.0,ok\n", RATED)[0]["data"]["score"] == 4
    assert desk.report.rejected_examples == [(2, reason)]
    assert not desk.report.is_complete


def test_a_value_that_its_map_does_not_know_rejects_the_row(desk: Desk) -> None:
    rules = """
[[rule]]
event = "helpdesk.ticket.replied.v1"
data = { actor = { column = "role", map = { client = "customer" } } }
"""
    assert len(desk.made("id,time,role\na,2020-01-01,client\na,2020-01-01,boss\n", rules)) == 1
    assert desk.report.rejected_examples == [(3, "actor: 'boss' is not in its map, and there is no default")]


def test_text_that_is_no_unicode_rejects_the_row(desk: Desk) -> None:
    log = '{"id": "a", "time": "2020-01-01", "score": 3, "text": "\\ud800"}\n'
    assert desk.made(log, RATED, kind="jsonl") == []
    assert desk.report.rejected == 1


def test_a_second_replay_gives_the_same_bytes(desk: Desk) -> None:
    log = "id,time\na,2020-01-01\na,2020-01-01\nb,2020-01-01\n"
    rules = '[[rule]]\nevent = "helpdesk.ticket.resolved.v1"\n[[rule]]\nevent = "helpdesk.ticket.resolved.v1"\n'
    first = desk.read(log, rules)
    assert desk.read(log, rules) == first
    assert len({orjson.loads(event.value)["id"] for event in first}) == 6


def test_rows_that_the_log_holds_twice_make_one_event_where_the_log_has_ids(desk: Desk) -> None:
    log = "id,time,uid\na,2020-01-01,1\na,2020-01-01,1\na,2020-01-02,1\na,2020-01-02,\n"
    events = desk.made(log, '[[rule]]\nevent = "helpdesk.ticket.resolved.v1"\n', more='id = "{uid}"')
    assert [event["id"] for event in events] == ["1:ticket.resolved"]
    assert desk.report.skipped == {"an earlier row made the same event": 1}
    assert desk.report.rejected_examples == [
        (4, "id: '1:ticket.resolved' is that of another event of an earlier row"),
        (5, "id: the column 'uid' is empty"),
    ]


def test_the_scores_of_good_and_bad_are_told_where_they_are_wrong(desk: Desk) -> None:
    rules = RATED.replace("1-5", "good-bad")
    desk.made("id,time,score,text\na,2020-01-01,5,\n", rules)
    (example,) = desk.report.rejected_examples
    assert example.reason == "the score 5 is not on the scale good-bad, where good is 1 and bad is 0"
    with pytest.raises(
        ReplayError, match=r"score\.map\.Good: 'good': .*; on the scale good-bad good is 1 and bad is 0"
    ):
        desk.mapping(rules.replace('"{score}"', '{ column = "score", map = { Good = "good" } }'))


def test_an_update_that_would_set_nothing_is_not_sent(desk: Desk) -> None:
    rules = '[[rule]]\nevent = "helpdesk.ticket.updated.v1"\ndata = { priority = "{p}" }\n'
    events = desk.made("id,time,p\na,2020-01-01,\nb,2020-01-01,low\n", rules)
    assert [event["data"] for event in events] == [{"priority": "low"}]
    assert desk.report.skipped == {"nothing to set for rule 1": 1}


def test_a_rule_placed_first_skips_rows_without_time_or_subject(desk: Desk) -> None:
    log = "id,time,day\na,2020-01-01,x\nTotal,,\n,,2 rows\n"
    desk.made(log, OPENED)
    time, subject = (example.reason for example in desk.report.rejected_examples)
    assert "skip them by a [[rule]] placed first, with when = { 'time' = { empty = true } }" in time
    assert subject == "subject: the column 'id' is empty"
    skip = '[[rule]]\nwhen = { time = { empty = true } }\nskip = "a total"\n'
    assert len(desk.made(log, skip + OPENED)) == 1
    assert desk.report.skipped == {"a total": 2}
    desk.made(log, OPENED + skip)
    assert desk.report.rejected == 1


def test_a_column_that_the_log_does_not_have_is_named_with_those_that_it_has(desk: Desk) -> None:
    log = "id,time,step\na,2020-01-01,x\n"
    rules = '[[rule]]\nwhen = { stop = "x" }\nevent = "helpdesk.ticket.resolved.v1"\n'
    with pytest.raises(
        ReplayError, match=r"there is no column 'stop', which .* names in rule 1.when.stop; .* id, time, step"
    ):
        desk.made(log, rules)


def test_a_log_that_is_not_there_is_named_at_once(desk: Desk) -> None:
    with pytest.raises(ReplayError, match=f"{desk.log}: No such file"):
        read_events(desk.log, desk.mapping(OPENED))


def test_lines_above_the_header_are_no_part_of_the_log(desk: Desk) -> None:
    log = 'Report "of calls\n\nid,time\na,2020-01-01\n\nb,2020-01-01,"x\n'
    rules = '[[rule]]\nsubject = "{id}-{@position}"\nevent = "helpdesk.ticket.resolved.v1"\n'
    events = desk.made(log, rules, kind='csv"\nskip_lines = 2\n#')
    assert [event["subject"] for event in events] == ["a-4"]
    assert next(desk.report.lines()) == "6 lines: 2 above the header, 1 header, 2 rows, 1 blank"
    assert [example.position for example in desk.report.rejected_examples] == [6]
    with pytest.raises(ReplayError, match=r"line 8 must name the columns, but it is empty"):
        desk.made(log, rules, kind='csv"\nskip_lines = 7\n#')
    with pytest.raises(ReplayError, match=r"line 2 must name the columns, but it is empty; .* skip_lines"):
        desk.made(log, rules, kind='csv"\nskip_lines = 1\n#')
    with pytest.raises(ReplayError, match=r"format\.skip_lines: must be a whole number of lines from 0, not -1"):
        desk.made(log, rules, kind='csv"\nskip_lines = -1\n#')
    with pytest.raises(ReplayError, match=r"it may stand further down \(see skip_lines in"):
        desk.made(log.replace('"', ""), rules)


def test_lines_above_the_rows_are_skipped_in_a_log_without_a_header_too(desk: Desk) -> None:
    rules = '[[rule]]\nevent = "helpdesk.ticket.resolved.v1"\n'
    kind = 'csv"\nskip_lines = 1\ncolumns = ["id", "time"]\n#'
    assert len(desk.made("a report,of,calls\na,2020-01-01\n", rules, kind=kind)) == 1
    assert desk.report.rows == 1


def test_a_stray_quote_in_a_large_log_costs_one_row_and_the_lines_add_up(desk: Desk) -> None:
    lines = ["id,time,note", *(f"t{number},2020-01-01,x" for number in range(20_000)), "", "last,2020-01-01,"]
    lines[15_001] = 't,2020-01-01,"x'
    lines[100] = 't,2020-01-01,"x\ny"'
    rules = '[[rule]]\nevent = "helpdesk.ticket.resolved.v1"\n'
    assert len(desk.made("\n".join(lines) + "\n", rules)) == 20_000
    assert list(desk.report.lines()) == [
        "20004 lines: 1 header, 20001 rows in 20002 lines, 1 blank",
        "20001 rows: 20000 mapped to 20000 events",
        "  20000 helpdesk.ticket.resolved.v1",
        "1 rejected:",
        (
            "  line 15003: a quote opens here that is never closed; "
            "it would take in 5001 lines, up to the end of the file"
        ),
    ]


@pytest.mark.parametrize("order", ["time", "file"])
def test_a_log_that_cannot_be_read_on_says_how_many_rows_were_read_before(desk: Desk, order: str) -> None:
    desk.log.write_bytes(b"id,time\na,2020-01-01\nb,2020-01-01\nc,2020-01-0\xe9\n")
    mapping = desk.mapping(OPENED, more=f'first_by = "{order}"')
    with pytest.raises(ReplayError, match=r"line 4: byte 0xe9 at offset 45: .*; 2 rows were read before"):
        list(read_events(desk.log, mapping))


def test_a_log_that_cannot_be_read_at_all_does_not_speak_of_rows_before(desk: Desk) -> None:
    desk.log.write_text("[1, 2\n")
    with pytest.raises(ReplayError) as raised:
        list(read_events(desk.log, desk.mapping(OPENED, kind="xes")))
    assert "rows were read" not in str(raised.value)


def test_the_report_tells_people_what_became_of_the_rows(desk: Desk) -> None:
    rules = """
[[rule]]
when = { step = "skip" }
skip = "not wanted"
[[rule]]
when = { step = "do" }
event = "helpdesk.ticket.resolved.v1"
"""
    rows = ["a,2020-01-01,do", "a,2020-01-01,skip", "a,later,do", *["a,2020-01-01,what"] * 12]
    desk.made("id,time,step\n" + "\n".join(rows), rules)
    lines = list(desk.report.lines())
    assert lines[:9] == [
        "16 lines: 1 header, 15 rows, 0 blank",
        "15 rows: 1 mapped to 1 events",
        "  1 helpdesk.ticket.resolved.v1",
        "1 skipped",
        "  1 not wanted",
        "1 rejected:",
        "  line 4: time: 'later' is not a time in the format iso",
        "12 without a rule, the first 10:",
        "  line 5: id=a, time=2020-01-01, step=what",
    ]
    assert len(lines) == 18


STEPS = """
[[rule]]
first_of_subject = true
event = "helpdesk.ticket.opened.v1"
[[rule]]
when = { step = "solved" }
event = "helpdesk.ticket.resolved.v1"
"""


def in_rome(desk: Desk, log: str, rules: str = STEPS, more: str = "") -> list[tuple[str, str]]:
    path = desk.folder / "rome.toml"
    head = (
        HEAD.replace("{kind}", "csv").replace("{more}", "").replace("[time]", f'[time]\nzone = "Europe/Rome"\n{more}')
    )
    path.write_text(head + rules)
    desk.log.write_text(log)
    desk.report = ReplayReport()
    events = [orjson.loads(event.value) for event in read_events(desk.log, load_mapping(path), desk.report)]
    return [(event["type"].split(".")[2], event["time"]) for event in events]


def test_a_ticket_that_was_opened_while_the_clocks_were_put_forward_is_opened_before_it_is_solved(desk: Desk) -> None:
    log = "id,time,step\na,2022-03-27 02:30,new\na,2022-03-27 03:10,solved\n"
    assert in_rome(desk, log) == [("opened", "2022-03-27T01:00:00Z"), ("resolved", "2022-03-27T01:10:00Z")]
    assert list(desk.report.lines())[-1] == "local times that the clocks skipped, read as the end of the gap: 1"
    assert in_rome(desk, log, more='gap = "reject"') == [
        ("opened", "2022-03-27T01:10:00Z"),
        ("resolved", "2022-03-27T01:10:00Z"),
    ]
    assert desk.report.rejected_examples == [
        (2, "time: '2022-03-27 02:30' cannot be read: the clocks of Europe/Rome skipped it")
    ]


def test_where_the_clocks_were_put_back_the_order_of_a_tickets_rows_tells_the_hour(desk: Desk) -> None:
    log = (
        "id,time,step\na,2022-10-30 02:50,new\nb,2022-10-30 02:10,new\n"
        "a,2022-10-30 02:40,solved\nb,2022-10-30 02:50,solved\n"
    )
    assert in_rome(desk, log) == [
        ("opened", "2022-10-30T00:50:00Z"),
        ("opened", "2022-10-30T00:10:00Z"),
        ("resolved", "2022-10-30T01:40:00Z"),
        ("resolved", "2022-10-30T00:50:00Z"),
    ]
    assert list(desk.report.lines())[-2:] == [
        "local times that the clocks showed twice, read as the first: 3",
        "local times that the clocks showed twice, read as the second, as the order tells: 1",
    ]


def test_rows_that_make_no_event_tell_the_hour_too(desk: Desk) -> None:
    rules = '[[rule]]\nwhen = { step = "print" }\nskip = "printing is no event"\n' + STEPS
    log = "id,time,step\na,2022-10-30 02:50,print\na,2022-10-30 02:10,solved\na,2022-10-30 02:20,solved\n"
    assert in_rome(desk, log, rules) == [("resolved", "2022-10-30T01:10:00Z"), ("resolved", "2022-10-30T01:20:00Z")]


def test_where_one_row_tells_of_several_times_the_order_of_the_rules_tells_the_hour(desk: Desk) -> None:
    rules = (
        '[[rule]]\nevent = "helpdesk.ticket.opened.v1"\n'
        '[[rule]]\nevent = "helpdesk.ticket.resolved.v1"\ntime = "{done}"\n'
    )
    log = "id,time,done\na,2022-10-30 02:50,2022-10-30 02:10\n"
    assert in_rome(desk, log, rules) == [("opened", "2022-10-30T00:50:00Z"), ("resolved", "2022-10-30T01:10:00Z")]


VALUES = st.sampled_from(
    ["", "a", "b", "1", "5", "9", "2020-01-01", "2020-01-01T00:00:01", "2999-01-01", "é", "\ud800"]
)
RULES = """
[[rule]]
first_of_subject = true
event = "helpdesk.ticket.opened.v1"
data = { channel = "{step}" }
[[rule]]
when = { step = "a" }
once_per = ["text"]
event = "helpdesk.ticket.replied.v1"
data = { actor = "agent" }
[[rule]]
when = { step = ["b", "9"] }
skip = "not wanted"
[[rule]]
when = { score = { empty = false } }
subject = "{id}-survey"
event = "helpdesk.survey.responded.v1"
data = { survey = "ces", scale = "1-5", score = "{score}", comment = "{text}" }
"""


@given(
    rows=st.lists(st.fixed_dictionaries(dict.fromkeys(["id", "time", "step", "score", "text"], VALUES)), max_size=12),
    order=st.sampled_from(["time", "file"]),
)
@settings(deadline=None)
def test_every_row_is_mapped_skipped_rejected_or_unmatched(
    tmp_path_factory: pytest.TempPathFactory, rows: list[dict[str, str]], order: str
) -> None:
    desk = Desk(tmp_path_factory.mktemp("desk"))
    log = "".join(json.dumps(row) + "\n" for row in rows)
    events = desk.made(log, RULES, kind="jsonl", more=f'first_by = "{order}"')
    report = desk.report
    assert report.rows == len(rows)
    assert report.mapped + report.skipped.total() + report.rejected + report.unmatched == report.rows
    assert report.events.total() == len(events)
    assert len({event["id"] for event in events}) == len(events)
    openings = [event["subject"] for event in events if event["type"] == "helpdesk.ticket.opened.v1"]
    assert len(set(openings)) == len(openings)
