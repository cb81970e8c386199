"""Values are looked up in a second file by a key."""

from __future__ import annotations

import pytest

from stream.feeds.replay import ReplayError
from tests.unit.feeds.mapped_log import MappedLog

LOOKUP = '[lookup.author]\nfile = "users.csv"\nkey = "user"\ncolumn = "by"\n'
RULE = """
[[rule]]
when = { "author.name" = { not = "nobody" } }
event = "helpdesk.ticket.replied.v1"
[rule.data]
actor = { column = "author.role", map = { client = "customer" }, default = "agent" }
author = "{author.name}"
"""
USERS = "user,name,role,age\nu1,Ann,client,\nu2,Bob,staff,?\n"
LOG = "id,time,by\na,2020-01-01,u1\na,2020-01-02, u2\na,2020-01-03,u3\na,2020-01-04,\n"


def replayed(mapped: MappedLog, users: str = USERS, lookup: str = LOOKUP, log: str = LOG) -> list[dict[str, str]]:
    (mapped.folder / "users.csv").write_text(users)
    return [event["data"] for event in mapped.replay(log, lookup + RULE)]


def test_the_values_of_another_file_are_columns(mapped: MappedLog) -> None:
    assert [(data["actor"], data.get("author")) for data in replayed(mapped)] == [
        *[("customer", "Ann"), ("agent", "Bob"), ("agent", None), ("agent", None)],
    ]


def test_ids_do_not_change_with_the_other_file(mapped: MappedLog) -> None:
    replayed(mapped)
    ids = [event["id"] for event in mapped.events]
    replayed(mapped, USERS.replace("Ann", "Anna"))
    assert [event["id"] for event in mapped.events] == ids


def test_the_other_file_can_be_of_any_kind_and_its_key_made_of_several_columns(mapped: MappedLog) -> None:
    (mapped.folder / "users.jsonl").write_text('{"user": "u/1", "name": "Ann", "role": "client"}\n')
    lookup = '[lookup.author]\nfile = "users.jsonl"\nkey = "user"\nvalue = "{by}/{n}"\nformat = { kind = "jsonl" }\n'
    (data,) = replayed(mapped, lookup=lookup, log="id,time,by,n\na,2020-01-01,u,1\n")
    assert data["author"] == "Ann"


def test_a_key_that_two_rows_have_is_an_error_that_names_both(mapped: MappedLog) -> None:
    message = (
        r"users\.csv: lines 2 and 4 both have the user 'u1'; lookup\.author\.key in .*mapping\.toml must name a col"
    )
    with pytest.raises(ReplayError, match=message):
        replayed(mapped, USERS + "u1,Cy,staff,\n")


@pytest.mark.parametrize(
    "old, new, message",
    [
        ("users.csv", "people.csv", r"mapping\.toml: lookup\.author\.file: there is no file .*people\.csv"),
        (
            'key = "user"',
            'key = "id"',
            r"users\.csv: there is no column 'id', .* lookup\.author\.key; .* user, name, role",
        ),
        ('column = "by"', "", r"lookup\.author\.column: a lookup has either a column .* or value, a template"),
        ('column = "by"', 'value = "{"', r"lookup\.author\.value: '{' has a brace"),
        ('column = "by"', 'column = "author.id"', r"lookup\.author: must not be named like a part of the log"),
        ('column = "by"', 'column = "who"', r"no column 'who', which .* names in lookup\.author\.column"),
        ("lookup.author", 'lookup."a.b"', r"lookup\.a\.b: must be a name without a dot"),
        ('file = "users.csv"', "", r"lookup\.author\.file: is missing"),
        ('key = "user"', 'key = "user"\nkeys = 1', r"lookup\.author\.keys: unknown key .did you mean key"),
        ('key = "user"', 'key = "user"\nformat.kind = "cvs"', r"lookup\.author\.format\.kind: 'cvs' is unknown"),
    ],
)
def test_what_is_wrong_with_a_lookup_is_named(mapped: MappedLog, old: str, new: str, message: str) -> None:
    with pytest.raises(ReplayError, match=message):
        replayed(mapped, lookup=LOOKUP.replace(old, new))


def test_a_column_that_the_other_file_lacks_is_named_with_its_place(mapped: MappedLog) -> None:
    with pytest.raises(ReplayError, match=r"users\.csv: there is no column 'role', .* names in rule 1\.data\.actor"):
        replayed(mapped, "user,name\nu1,Ann\n")


def test_a_row_of_the_other_file_that_cannot_be_read_is_named(mapped: MappedLog) -> None:
    with pytest.raises(ReplayError, match=r"users\.csv: line 2: it has 1 fields where the header has 4"):
        replayed(mapped, "user,name,role,age\nu1\n")


def test_a_log_with_such_columns_of_its_own_is_refused(mapped: MappedLog) -> None:
    with pytest.raises(ReplayError, match=r"the column 'author\.age' is called like those of \[lookup\.author\]"):
        replayed(mapped, log="id,time,by,author.age\na,2020-01-01,u1,5\n")
