"""The page about mappings tells the truth: its examples are replayed, and make the events that it shows."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Final, NamedTuple

import orjson
import pytest

from stream.feeds.replay import Mapping, ReplayReport, load_mapping, read_events
from stream.feeds.replay.event_types import EVENT_TYPES
from stream.feeds.replay.language.data_tables import DataTable
from stream.feeds.replay.language.table import Table

REFERENCE: Final = (Path(__file__).parents[3] / "stream/feeds/mappings/README.md").read_text()
BLOCK: Final = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LOGS: Final = {"csv", "tsv", "jsonl"}
RULE: Final = '[[rule]]\nevent = "helpdesk.ticket.resolved.v1"\n'


class Example(NamedTuple):
    """A mapping, or part of one, with the log, the other files and the events that follow it on the page."""

    line: int
    mapping: str
    log: str
    files: dict[str, str]
    events: str


def examples() -> list[Example]:
    found: list[Example] = []
    log_before = ""
    for block in BLOCK.finditer(REFERENCE):
        language, name, content = block.groups()
        if language == "toml":
            line = REFERENCE.count("\n", 0, block.start()) + 1
            found.append(Example(line, content, log_before, {}, ""))
            log_before = ""
        elif name:
            found[-1].files[name] = content
        elif language in LOGS and found:
            found[-1] = found[-1]._replace(log=content)
        elif language in LOGS:
            log_before = content
        elif language == "text":
            found[-1] = found[-1]._replace(events=content)
    return found


def completed(part: str) -> str:
    """The part of a mapping with the least that makes it a whole one."""
    top, tables = re.split(r"^(?=\[)|\Z", part, maxsplit=1, flags=re.MULTILINE)
    kind = "jsonl" if "explode" in top else "csv"
    return "\n".join(
        [
            "" if "source =" in top else 'source = "/logs/example"',
            "" if "subject =" in top else 'subject = "{ticket}"',
            top,
            "" if "[format]" in tables else f'[format]\nkind = "{kind}"',
            "" if "[time]" in tables else '[time]\nvalue = "{time}"',
            tables,
            "" if "[[rule]]" in tables else RULE,
        ]
    )


def log_of(mapping: Mapping) -> str:
    """A log with the columns that the mapping reads, and none of a lookup."""
    if mapping.format.kind == "jsonl":
        return json.dumps(dict.fromkeys(mapping.columns(), "")) + "\n"
    columns = [*mapping.columns(), "sat_speed"]
    return mapping.format.delimiter.join(columns) + "\n"


def test_the_page_has_examples() -> None:
    assert len(examples()) > 25
    assert sum(bool(example.events) for example in examples()) >= 10


@pytest.mark.parametrize("example", [pytest.param(example, id=f"line {example.line}") for example in examples()])
def test_each_example_of_the_page_can_be_replayed(tmp_path: Path, example: Example) -> None:
    (tmp_path / "mapping.toml").write_text(completed(example.mapping))
    mapping = load_mapping(tmp_path / "mapping.toml")
    for name, content in example.files.items():
        (tmp_path / name).write_text(content)
    (tmp_path / "log").write_text(example.log or log_of(mapping), encoding=mapping.format.encoding)
    report = ReplayReport()
    shown = []
    for event in read_events(tmp_path / "log", mapping, report):
        made = orjson.loads(event.value)
        kind = made["type"].removeprefix("helpdesk.").removesuffix(".v1")
        shown.append(f"{made['time']} {made['subject']} {kind} {json.dumps(made['data'])}")
    if example.log:
        assert shown == example.events.splitlines()
        assert report.is_complete


def test_a_quick_start_and_five_shapes_of_log_are_whole_mappings() -> None:
    whole = [example for example in examples() if "source =" in example.mapping]
    assert len(whole) == 6
    assert all(example.log and example.events for example in whole)


def tables(kind: type[Table] = Table) -> list[type[Table]]:
    """A table and all that are made of it."""
    return [kind, *(table for part in kind.__subclasses__() for table in tables(part))]


def test_the_page_names_every_key_of_a_mapping() -> None:
    keys = {key for table in tables() if not issubclass(table, DataTable) for key in table.fields()}
    assert keys > {"source", "skip_lines", "overlap", "not", "as", "next_day_if_before", "unit", "clear_if_empty"}
    for key in (*keys, "{@position}", "{@column}", "{@value}", "{@element}", *EVENT_TYPES):
        assert any(f"`{spelled}`" in REFERENCE for spelled in (key, f"[{key}]", f"[[{key}]]", f"[{key}.…]")), key


@pytest.mark.parametrize("name", EVENT_TYPES)
def test_the_page_names_the_fields_of_each_event(name: str) -> None:
    row = next(line for line in REFERENCE.splitlines() if line.startswith(f"| `{name}` |"))
    fields = [f"**`{field}`**" if spec.required else f"`{field}`" for field, spec in EVENT_TYPES[name].fields.items()]
    assert row.split(" | ")[2].removesuffix(" |") == ", ".join(fields)


@pytest.mark.parametrize("anchor", sorted(set(re.findall(r"\]\(#([^)]*)\)", REFERENCE))))
def test_links_within_the_page_lead_to_a_heading(anchor: str) -> None:
    headings = re.findall(r"^#+ (.*)$", REFERENCE, re.MULTILINE)
    assert anchor in {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}
