"""One rule is for many columns, or for each element of a list."""

from __future__ import annotations

import json

import pytest

from stream.feeds.replay import MappingUse, ReplayError, read_events
from tests.unit.feeds.mapped_log import MappedLog, short

RATED = """
[[rule]]
for_each = ["sat_1", "sat_2"]
subject = "{id}-{@column}"
event = "helpdesk.survey.responded.v1"
data = { survey = "csat", scale = "1-5", score = "{@value}", ticket = "{id}" }
"""
MERGED = """
[[rule]]
explode = { column = "merged", as = "json" }
subject = "{@element}"
event = "helpdesk.ticket.merged.v1"
data = { into = "{id}" }
"""
MERGED_BY_SEPARATOR = MERGED.replace('as = "json"', 'separator = ";"')
RATINGS = "id,time,sat_1,sat_2,sat_note\na,2020-01-01,4,,x\nb,2020-01-01,2,5,\nc,2020-01-01, ,,\n"


def test_each_column_that_is_not_empty_makes_an_event(mapped: MappedLog) -> None:
    events = mapped.replay(RATINGS, RATED)
    assert [(event["subject"], event["data"]["score"]) for event in events] == [
        ("a-sat_1", 4),
        ("b-sat_1", 2),
        ("b-sat_2", 5),
    ]
    assert [event["id"].partition(":")[2] for event in events] == [
        "survey.responded[sat_1]",
        "survey.responded[sat_1]",
        "survey.responded[sat_2]",
    ]
    assert mapped.report.skipped == {"no value for rule 1": 1}


def test_a_row_that_the_rule_is_not_for_is_not_skipped_by_it(mapped: MappedLog) -> None:
    rules = RATED.replace("subject", 'when = { sat_note = "x", "@value" = "4" }\nsubject')
    mapped.replay("id,time,sat_1,sat_2,sat_note\na,2020-01-01,,,x\nb,2020-01-01,,,\nc,2020-01-01,3,,x\n", rules)
    assert mapped.report.skipped == {"no value for rule 1": 1}
    assert [example.position for example in mapped.report.unmatched_examples] == [3, 4]


def test_columns_can_be_given_by_a_pattern(mapped: MappedLog) -> None:
    by_name = mapped.replay(RATINGS, RATED)
    by_pattern = RATED.replace('["sat_1", "sat_2"]', '{ matches = "^sat_[0-9]" }')
    assert mapped.replay(RATINGS, by_pattern) == by_name
    with pytest.raises(
        ReplayError, match=r"no column is matched by rule 1\.for_each\.matches .* columns are id, time, s"
    ):
        mapped.replay(RATINGS, RATED.replace('["sat_1", "sat_2"]', '{ matches = "^rating" }'))


def test_conditions_and_maps_see_the_column_and_its_value(mapped: MappedLog) -> None:
    rules = """
[[rule]]
for_each = { matches = "^sat_" }
when = { "@column" = { not = "sat_note" }, "@value" = ["good", "bad"] }
event = "helpdesk.survey.responded.v1"
data = { survey = "csat", scale = "good-bad", score = { column = "@value", map = { good = 1, bad = 0 } } }
"""
    events = mapped.replay("id,time,sat_1,sat_2,sat_note\na,2020-01-01,good,meh,bad\n", rules)
    assert [event["data"]["score"] for event in events] == [1]


def test_what_no_rule_knows_of_many_columns_is_told(mapped: MappedLog) -> None:
    rules = """
[[rule]]
for_each = ["sat_1", "sat_2"]
when = { "@value" = ["good", "bad"] }
event = "helpdesk.ticket.resolved.v1"
"""
    mapping = mapped.mapping(rules)
    (mapped.folder / "log").write_text("id,time,sat_1,sat_2\na,2020-01-01,good,meh\n")
    use = MappingUse(mapping)
    assert len(list(read_events(mapped.folder / "log", mapping, use=use))) == 1
    (column,) = use.columns
    assert (column.column, column.unmatched, column.never) == ("@value", (("meh", 1),), ("bad",))
    assert use.rules[0].rows == 1
    assert "@value" not in use.read


def test_each_element_of_a_list_in_json_makes_an_event(mapped: MappedLog) -> None:
    log = 'id,time,merged\na,2020-01-01,"[1967, ""1968"", null]"\nb,2020-01-01,\nc,2020-01-01,7\nd,2020-01-01,[]\n'
    assert short(mapped.replay(log, MERGED)) == [("1967", "merged"), ("1968", "merged"), ("7", "merged")]
    assert len({event["id"] for event in mapped.events}) == 3
    assert mapped.report.skipped == {"no value for rule 1": 2}


def test_each_part_between_separators_makes_an_event(mapped: MappedLog) -> None:
    log = "id,time,merged\na,2020-01-01,1; 2;;?;3\n"
    assert short(mapped.replay(log, MERGED_BY_SEPARATOR, top='null = "?"')) == [(n, "merged") for n in "123"]


def test_the_elements_of_a_list_can_be_objects(mapped: MappedLog) -> None:
    rules = MERGED.replace('"{@element}"', '"{@element.ticket.id}"')
    cell = json.dumps([{"ticket": {"id": 1}}, {"ticket": {"id": 2}}]).replace('"', '""')
    assert short(mapped.replay(f'id,time,merged\na,2020-01-01,"{cell}"\n', rules)) == [("1", "merged"), ("2", "merged")]


def test_a_cell_that_is_no_list_rejects_the_row(mapped: MappedLog) -> None:
    assert mapped.replay("id,time,merged\na,2020-01-01,1;2\n", MERGED) == []
    assert mapped.rejected() == [
        "explode: '1;2' in the column 'merged' is not JSON; explode.separator is for lists that are not"
    ]


def test_lists_in_many_columns_are_exploded_too(mapped: MappedLog) -> None:
    rules = MERGED_BY_SEPARATOR.replace('"merged"', '"@value"').replace("explode", 'for_each = ["m1", "m2"]\nexplode')
    events = mapped.replay("id,time,m1,m2\na,2020-01-01,1;2,3;4\n", rules)
    assert [event["subject"] for event in events] == ["1", "2", "3", "4"]
    assert [event["id"].partition(":")[2] for event in events] == [
        *("ticket.merged[m1]", "ticket.merged[m1]:2", "ticket.merged[m2]", "ticket.merged[m2]:2"),
    ]


def test_an_element_that_a_later_row_repeats_can_be_left_out(mapped: MappedLog) -> None:
    rules = MERGED_BY_SEPARATOR.replace("[[rule]]", '[[rule]]\nonce_per = ["id", "@element"]')
    log = "id,time,merged\na,2020-01-01,1\na,2020-01-02,1;2\nb,2020-01-02,1\n"
    assert [event["subject"] for event in mapped.replay(log, rules)] == ["1", "2", "1"]


def test_a_list_with_the_same_element_twice_makes_one_event_where_asked(mapped: MappedLog) -> None:
    rules = MERGED_BY_SEPARATOR.replace("[[rule]]", '[[rule]]\nonce_per = ["id", "@element"]')
    assert len(mapped.replay("id,time,merged\na,2020-01-01,1;1\n", rules)) == 1


@pytest.mark.parametrize(
    "old, new, message",
    [
        (', as = "json"', "", r'explode\.as: a list is either as = "json" or has a separator'),
        ('as = "json"', 'as = "yaml"', r"explode\.as: 'yaml' is unknown; it must be one of json"),
        ('as = "json"', 'separator = ""', r"explode\.separator: must not be empty"),
        ('"merged"', '"@element"', r"explode\.column: must name the column that holds the list"),
        ('"merged"', '"@value"', r"explode\.column: must name the column that holds the list"),
        ("explode = {", 'explode = { sep = ";",', r"explode\.sep: unknown key"),
        ("explode", "for_each = { match = 1 }\nexplode", r"for_each\.matches: is missing; .* .is match meant to be it"),
        ("explode", "for_each = { matches = '(' }\nexplode", r"for_each\.matches: not a regular expression"),
        ("explode", "for_each = 1\nexplode", r"for_each: must be a string or a list of strings"),
        (
            'event = "helpdesk.ticket.merged.v1"',
            'skip = "no"',
            r"(explode|data|subject): a rule that skips makes no event",
        ),
    ],
)
def test_what_is_wrong_with_a_list_is_named(mapped: MappedLog, old: str, new: str, message: str) -> None:
    with pytest.raises(ReplayError, match=rf"rule 1\.{message}"):
        mapped.mapping(MERGED.replace(old, new))


def test_what_a_rule_does_not_provide_is_no_column(mapped: MappedLog) -> None:
    rules = '[[rule]]\nsubject = "{@value}"\nevent = "helpdesk.ticket.resolved.v1"\n'
    with pytest.raises(ReplayError, match=r"no column '@value', .* rule 1\.subject .@value is known only .* for_each"):
        mapped.replay("id,time\na,2020-01-01\n", rules)
    log = '{"id": "a", "time": "2020-01-01", "@value": "b"}'
    assert short(mapped.replay(log, rules, kind="jsonl")) == [("b", "resolved")]


def test_the_time_of_a_row_in_the_repeated_hour_is_the_same_for_all_columns_of_a_rule(mapped: MappedLog) -> None:
    rules = """
[[rule]]
event = "helpdesk.ticket.opened.v1"
[[rule]]
after = "{secs}"
event = "helpdesk.ticket.resolved.v1"
[[rule]]
for_each = ["sat_tone", "sat_speed"]
after = "{secs}"
subject = "{id}-{@column}"
event = "helpdesk.survey.responded.v1"
data = { survey = "csat", scale = "1-5", score = "{@value}" }
"""
    log = "id,time,secs,sat_tone,sat_speed\na,2023-11-05 01:00:21,600,5,4\n"
    events = mapped.replay(log, rules, time='zone = "America/Chicago"')
    assert [event["time"] for event in events] == ["2023-11-05T06:00:21Z", *["2023-11-05T06:10:21Z"] * 3]
