"""A mapping is refused with one line that says where it is wrong and what would be right."""

from __future__ import annotations

from pathlib import Path

import pytest

from stream.feeds.replay import ReplayError, load_mapping, shipped_mappings

MAPPING = """source = "/logs/test"
subject = "{id}"

[format]
kind = "csv"

[time]
value = "{time}"

[[rule]]
when = { kind = "a" }
event = "helpdesk.ticket.replied.v1"
data = { actor = "agent" }
"""


def write(tmp_path: Path, old: str = "", new: str = "") -> Path:
    assert old in MAPPING
    path = tmp_path / "mapping.toml"
    path.write_text(MAPPING.replace(old, new) if old else MAPPING)
    return path


def test_a_minimal_mapping_is_valid(tmp_path: Path) -> None:
    mapping = load_mapping(write(tmp_path))
    assert mapping.columns() == {"id": "subject", "time": "time.value", "kind": "rule 1.when.kind"}
    assert mapping.first_by == "time"
    assert not mapping.needs_first_rows


def test_an_expression_that_a_later_python_may_read_otherwise_is_used_without_a_word(tmp_path: Path) -> None:
    condition = load_mapping(write(tmp_path, 'kind = "a"', 'kind = { matches = "[a&&c]" }')).rules[0].conditions[0]

    assert condition.holds({"kind": "a"})


def test_a_column_may_have_braces_in_its_name(tmp_path: Path) -> None:
    mapping = load_mapping(write(tmp_path, '"agent"', '{ column = "wh}a{t" }'))

    assert mapping.columns()["wh}a{t"] == "rule 1.data.actor"
    making = mapping.rules[0].making
    assert making is not None
    data: dict[str, object] = {}
    making.data[0].put(data, {"wh}a{t": "bot"})
    assert data == {"actor": "bot"}


@pytest.mark.parametrize("name", shipped_mappings())
def test_shipped_mappings_are_found_by_their_bare_names(name: str) -> None:
    assert load_mapping(name).description


def test_the_real_logs_have_shipped_mappings() -> None:
    assert shipped_mappings() == (
        "call_center",
        "helpdesk_comments",
        "helpdesk_italian",
        "maven_subscriptions",
        "nps_verbatims",
        "queue_log",
        "simulated_call_centre",
        "user_events_funnel",
        "wisesight_thai",
    )


@pytest.mark.parametrize(
    "old, new, message",
    [
        ('source = "/logs/test"\n', "", "source: is missing; it must be a string"),
        ("source", "sauce", r"source: is missing; it must be a string \(is sauce meant to be it\?\)"),
        ('"/logs/test"', '""', "source: must not be empty"),
        ('"/logs/test"', '"/logs', r"not TOML: .*line 1"),
        ('"{id}"', '"{id"', "subject: '{id' has a brace without a column; write {column}"),
        ('"{id}"', '"{}"', "subject: '{}' has a brace without a column"),
        (
            '"helpdesk.ticket.replied.v1"',
            '"helpdesk.review.submitted.v1"',
            r"helpdesk.review.submitted.v1 cannot be mapped: its categories are objects; .* without --mapping",
        ),
        (
            'subject = "{id}"',
            'subject = "{id}"\nfirst_by = "line"',
            "first_by: 'line' is unknown; it must be one of time, file",
        ),
        (
            '"csv"',
            '"cvs"',
            r"format.kind: 'cvs' is unknown \(did you mean csv\?\); it must be one of csv, tsv, jsonl, json, xes",
        ),
        ('"csv"', '"csv"\nencoding = "utf-9"', "format.encoding: 'utf-9' is unknown"),
        ('"csv"', '"csv"\nencoding = "hex"', "format.encoding: 'hex' is unknown"),
        ('"csv"', '"csv"\nencoding = "undefined"', "format.encoding: 'undefined' is unknown"),
        ('"csv"', '"csv"\nencoding = "a\\u0000b"', "format.encoding: .* is unknown"),
        ('"/logs/test"', "9" * 5_000, "not TOML: "),
        ('"/logs/test"', "[" * 100_000, "not TOML that can be read: it is nested too deeply"),
        (
            '"{time}"',
            '"{time}"\nformat = "%Y %Y"',
            "time.format: cannot be used: '%Y %Y' names a part of the time twice",
        ),
        ('kind = "a"', 'kind = { matches = "a{999999999999}" }', "rule 1.when.kind.matches: not a regular expression"),
        ('"agent"', '{ column = "" }', "rule 1.data.actor.column: must name a column"),
        ('"csv"', '"csv"\ndelimiter = ";;"', r"format.delimiter: must be one character, .* not ';;'"),
        (
            '"csv"',
            '"csv"\nquoted_lines = 0',
            "format.quoted_lines: must be a whole number of lines from 1, not 0",
        ),
        (
            '"csv"',
            '"csv"\ncolumns = ["id", "time", "id"]',
            "format.columns: names the column 'id' twice",
        ),
        (
            'subject = "{id}"',
            'subject = "{id}"\nfirst_by = "file"\nequal_times = "file_reversed"',
            'first_by: must not be "file" beside equal_times = "file_reversed"',
        ),
        ('"csv"', '"csv"\nquoted_lines = true', "format.quoted_lines: must be a whole number of lines"),
        ('"csv"', '"csv"\nrecords = "a"', "format.records: unknown key"),
        ('"{time}"', '"{time}"\ngap = "order"', "time.gap: 'order' is unknown.*; it must be one of end, earlier"),
        ('"{time}"', '"{time}"\noverlap = "end"', "time.overlap: 'end' is unknown.*; it must be one of order, earlier"),
        ('"{time}"', '"{time}"\nformat = ["iso", "%Q"]', "time.format: cannot be used: 'Q' is a bad directive"),
        ('"csv"', '"csv"\nquote = ","', "format.quote: must be one character other than the delimiter"),
        (
            '"csv"',
            '"csv"\ndelimeter = ";"',
            r"format.delimeter: unknown key \(did you mean delimiter\?\); known are kind",
        ),
        ('"csv"', '"xes"\ndelimiter = ";"', "format.delimiter: unknown key; known are kind, encoding"),
        ('"{time}"', '"{time}"\nzone = "Europe/Roma"', "time.zone: 'Europe/Roma' is no IANA time zone"),
        ('"{time}"', '"{time}"\nformat = "%Q"', "time.format: cannot be used: 'Q' is a bad directive"),
        ('"{time}"', '"{time}"\nformat = "d/m/Y"', "time.format: cannot be used: 'd/m/Y' is neither"),
        ("[[rule]]", "[rule]", r"rule: there must be at least one \[\[rule\]\], and \[rule\] is a single table; write"),
        (
            "[[rule]]",
            "[[rules]]",
            r"rule: there must be at least one \[\[rule\]\] \(is \[\[rules\]\] meant to be it\?\)",
        ),
        ("[[rule]]", "[[Rule]]", r"rule: there must be at least one \[\[rule\]\] \(is \[\[Rule\]\] meant to be it\?\)"),
        ("[[rule]]", "[x]", r"rule: there must be at least one \[\[rule\]\]$"),
        ("[time]", "[times]", r"time: is missing; there must be a table \[time\] \(is \[times\] meant to be it\?\)"),
        ("[format]", "[FORMAT]", r"format: is missing; there must be a table \[format\] \(is \[FORMAT\] meant"),
        ("[format]", "[x]", r"format: is missing; there must be a table \[format\]$"),
        ("[time]", "[[time]]", r"time: must be one table, \[time\], not an array of them"),
        ("[time]", 'time = "x"\n[x]', "format.time: unknown key; known are kind"),
        (
            '"{time}"',
            '"{time}"\nfirst_by = "time"',
            r"time.first_by: unknown key, but one of the top of the file: it must",
        ),
        (
            "[[rule]]",
            '[[rule]]\nnull = "?"',
            r"rule 1.null: unknown key, but one of the top of the file: it must stand",
        ),
        ("when =", "When =", r"rule 1.When: unknown key \(did you mean when\?\)"),
        ("[[rule]]", '[[rule]]\nfirst_of_subject = "yes"', "rule 1.first_of_subject: must be true or false, not 'yes'"),
        ("[[rule]]", '[[rule]]\nafter = "{a"', "rule 1.after: '{a' has a brace without a column"),
        ("[[rule]]", '[[rule]]\nskip = "not wanted"', "rule 1.event: a rule has either event.* or skip"),
        ('event = "helpdesk.ticket.replied.v1"', 'skip = "no"', "rule 1.data: a rule that skips makes no event"),
        ("replied", "repled", r"rule 1.event: .* \(did you mean helpdesk.ticket.replied.v1\?\); it must be one of"),
        ('"a"', "1", "rule 1.when.kind: must be a string or a list of strings"),
        ('"a"', '{ matches = "(" }', "rule 1.when.kind.matches: not a regular expression: missing"),
        ('"a"', '{ match = "x" }', r"rule 1.when.kind.match: unknown key \(did you mean matches\?\)"),
        (
            '"a"',
            "{ }",
            "rule 1.when.kind: must hold a test: matches, empty, not, equals, differs, less, greater, before, after",
        ),
        (
            "actor",
            "acter",
            r"rule 1.data.actor: is missing; helpdesk.ticket.replied.v1 must have it \(is acter meant to be it\?\)",
        ),
        (
            'actor = "agent"',
            'actor = "agent", visible = "public"',
            r"rule 1.data.visible: unknown key \(did you mean visibility\?\); known are actor, visibility, author",
        ),
        ('data = { actor = "agent" }', "", "rule 1.data.actor: is missing; helpdesk.ticket.replied.v1 must have it"),
        ('"agent"', '"agnt"', "rule 1.data.actor: 'agnt' must be one of customer, agent, bot, automation"),
        ('"agent"', "3", "rule 1.data.actor: 3 must be one of customer"),
        ('"agent"', '{ column = "k", map = { a = "agnt" } }', "rule 1.data.actor.map.a: 'agnt' must be one of"),
        ('"agent"', '{ column = "k", default = "agnt" }', "rule 1.data.actor.default: 'agnt' must be one of"),
        ('"agent"', '{ map = { a = "agent" } }', "rule 1.data.actor.column: is missing"),
        ('"agent"', '{ column = "k", clear_if_empty = true }', "clear_if_empty: only helpdesk.ticket.updated.v1"),
        ('"agent"', '{ column = "k", value = "{k}" }', "rule 1.data.actor.column: must not stand beside value"),
        ('{ actor = "agent" }', "3", "rule 1.data: must be a table, not a number"),
        (
            'source = "/logs/test"',
            'source = "/logs/test"\nnull = { kind = 1 }',
            "null.kind: must be a string or a list",
        ),
        ("[[rule]]", '[lookup."a.b"]\nfile = "x"\n[[rule]]', "lookup.a.b: must be a name without a dot"),
        ("[[rule]]", '[lookup.x]\nfile = "x"\nkey = "y"\n[[rule]]', "lookup.x.column: a lookup has either a column"),
        (
            "[[rule]]",
            '[lookup.x]\nfile = "x"\nkey = "y"\ncolumn = "z"\nformat = { kind = "csv", quote = "::" }\n[[rule]]',
            "lookup.x.format.quote: must be one character other than the delimiter",
        ),
        (
            "[[rule]]",
            '[lookup.x]\nfile = "x"\nkey = "y"\nvalue = "{x.z}"\n[[rule]]',
            "lookup.x: must not be named like a part of the log",
        ),
        ('event = "helpdesk.ticket.replied.v1"', 'skip = ""', "rule 1.event: a rule has either event.* or skip"),
        ("when = {", "when = [{ }]\nonce_per = {", r"rule 1.when: must be one table, \[when\], not an array of them"),
        ("[[rule]]", '[[rule]]\nexplode = { column = "", as = "json" }', "rule 1.explode.column: must name the column"),
        (
            "[[rule]]",
            '[[rule]]\nexplode = { column = "@value", as = "json" }',
            "rule 1.explode.column: must name the column that holds the list",
        ),
        ("[[rule]]", "[[rule]]\nafter = []", 'rule 1.after: must hold a duration, such as "{wait}"'),
        (
            "[[rule]]",
            '[[rule]]\nafter = { value = "{a}", unit = "hour" }',
            r"rule 1.after.unit: 'hour' is unknown \(did you mean hours\?\); it must be one of milliseconds",
        ),
        ("[[rule]]", '[[rule]]\ntime = { gap = "end" }', "rule 1.time.value: is missing; it must be a string"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(tmp_path: Path, old: str, new: str, message: str) -> None:
    path = write(tmp_path, old, new)
    with pytest.raises(ReplayError, match=message) as refusal:
        load_mapping(path)
    assert str(refusal.value).startswith(f"{path}: ")
    assert "\n" not in str(refusal.value)


def test_a_mapping_that_is_not_there_is_named_with_those_that_are(tmp_path: Path) -> None:
    missing = tmp_path / "missing.toml"
    with pytest.raises(ReplayError, match=rf"{missing}: No such file"):
        load_mapping(missing)
    with pytest.raises(ReplayError, match=r"nothing: no such mapping; give the path .* call_center, helpdesk_comments"):
        load_mapping("nothing")
