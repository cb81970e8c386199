"""How a mapping was used is told: which rules fitted, and which values no rule knows."""

from __future__ import annotations

from pathlib import Path

from stream.feeds.replay import MappingUse, load_mapping, read_events
from stream.feeds.replay.mapping_use import MOST_VALUES

MAPPING = """source = "/logs/test"
subject = "{id}"
[format]
kind = "csv"
[time]
value = "{time}"
[[rule]]
when = { step = "skip" }
skip = "not wanted"
[[rule]]
when = { step = ["answer", "reply"], note = { empty = false } }
event = "helpdesk.ticket.replied.v1"
data = { actor = { column = "role", map = { client = "customer" }, default = "agent" } }
[[rule]]
when = { step = { matches = "^clos" } }
event = "helpdesk.ticket.resolved.v1"
"""


def used(tmp_path: Path, rows: list[str]) -> MappingUse:
    (tmp_path / "mapping.toml").write_text(MAPPING)
    log = tmp_path / "log.csv"
    log.write_text("id,time,step,note,role\n" + "\n".join(rows))
    mapping = load_mapping(tmp_path / "mapping.toml")
    use = MappingUse(mapping)
    assert list(read_events(log, mapping, use=use)) == list(read_events(log, mapping))
    return use


def test_each_rule_tells_how_many_rows_it_fitted(tmp_path: Path) -> None:
    steps = ["skip", "answer", "answer", "closed", "closing", "close", "what"]
    use = used(tmp_path, [f"a,2020-01-01,{step},x,client" for step in steps])

    assert use.rules == (
        ("rule 1", "skip not wanted", 1, 0),
        ("rule 2", "helpdesk.ticket.replied.v1", 2, 2),
        ("rule 3", "helpdesk.ticket.resolved.v1", 3, 3),
    )
    assert tuple(use.read) == ("id", "time", "step", "note", "role")


def test_values_that_no_rule_knows_and_those_that_never_occur_are_told(tmp_path: Path) -> None:
    rows = [f"a,2020-01-01,{step},x,{role}" for step, role in zip("uuv", ["client", "boss", ""], strict=True)]
    step, role = used(tmp_path, [*rows, "a,2020-01-01,answer,x,boss", "a,2020-01-01,closed,,boss"]).columns

    assert step.column == "step"
    assert step.places == ("rule 1.when.step", "rule 2.when.step", "rule 3.when.step")
    assert step.unmatched == (("u", 2), ("v", 1))
    assert step.never == ("skip", "reply")
    assert step.counts == {"u": 2, "v": 1, "answer": 1, "closed": 1}
    assert (role.column, role.places) == ("role", ("rule 2.data.actor.map",))
    assert role.unmatched == (("boss", 3),)
    assert role.never == ()


def test_only_so_many_values_are_counted_one_by_one(tmp_path: Path) -> None:
    rows = [f"a,2020-01-01,{number},x,client" for number in range(MOST_VALUES + 5)]
    step, _ = used(tmp_path, [*rows, "a,2020-01-01,answer,x,client"]).columns

    assert len(step.unmatched) == MOST_VALUES
    assert step.more == 5
    assert step.counts["answer"] == 1


def test_values_of_rows_that_are_skipped_on_purpose_are_not_told(tmp_path: Path) -> None:
    rows = [f"a,2020-01-01,skip,x,{role}" for role in ("boss", "boss", "client")] + ["a,2020-01-01,answer,x,boss"]
    step, role = used(tmp_path, rows).columns

    assert step.counts == {"skip": 3, "answer": 1}
    assert role.unmatched == (("boss", 1),)
    assert role.counts == {"boss": 1, "client": 1}


def test_values_of_first_rows_that_are_skipped_are_not_told(tmp_path: Path) -> None:
    (tmp_path / "mapping.toml").write_text(
        MAPPING.replace("[[rule]]", '[[rule]]\nfirst_of_subject = true\nskip = "x"\n[[rule]]', 1)
    )
    (tmp_path / "log.csv").write_text(
        "id,time,step,note,role\na,2020-01-01,what,x,client\na,2020-01-02,that,x,client\n"
    )
    mapping = load_mapping(tmp_path / "mapping.toml")
    use = MappingUse(mapping)
    assert list(read_events(tmp_path / "log.csv", mapping, use=use)) == []
    assert use.columns[0].unmatched == (("that", 1),)


def test_a_rule_that_skips_all_that_is_left_hides_no_value(tmp_path: Path) -> None:
    (tmp_path / "mapping.toml").write_text(MAPPING + '[[rule]]\nskip = "the rest"\n')
    (tmp_path / "log.csv").write_text("id,time,step,note,role\na,2020-01-01,what,x,client\n")
    mapping = load_mapping(tmp_path / "mapping.toml")
    use = MappingUse(mapping)
    assert list(read_events(tmp_path / "log.csv", mapping, use=use)) == []
    assert use.columns[0].unmatched == (("what", 1),)


def test_values_of_skipped_rows_are_no_more_than_those_that_were_counted(tmp_path: Path) -> None:
    rows = [f"a,2020-01-01,skip,x,{number}" for number in range(MOST_VALUES + 5)]
    _, role = used(tmp_path, [*rows, "a,2020-01-01,answer,x,late"]).columns

    assert role.unmatched == (("late", 1),)
    assert role.more == 0


def test_a_test_with_not_names_no_values(tmp_path: Path) -> None:
    rules = MAPPING.replace('step = { matches = "^clos" }', 'note = { not = "y" }')
    (tmp_path / "mapping.toml").write_text(rules)
    columns = MappingUse(load_mapping(tmp_path / "mapping.toml")).columns
    assert [column.column for column in columns] == ["step", "role"]
