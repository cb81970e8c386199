"""Fuzzes replays: hostile mappings and hostile logs."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Final

import msgspec
import orjson

from schemas.events import SurveyEvent, TicketEvent
from stream.feeds.event_log import read_event_log
from stream.feeds.replay import ReplayedEvent, ReplayError, ReplayReport, load_mapping, read_events
from tests.fuzz.event_records import RecordMaker
from tests.fuzz.finding import Finding, trace_of
from tests.fuzz.hostile import NUMBERS, STRINGS, TIMES, nested, spoiled

_decode = msgspec.json.Decoder(TicketEvent | SurveyEvent).decode

_MOST_EVENTS: Final = 200
_COLUMNS: Final = ("ticket", "when", "what", "score")
_KINDS: Final = ("csv", "tsv", "jsonl", "xes")

_QUOTED: Final = re.compile(r'"[^"]*"')

_BASE: Final = """\
source = "/fuzz"
subject = "{ticket}"
first_by = "time"
equal_times = "file_reversed"
null = ["f", "-1"]
[format]
kind = "%s"
encoding = "utf-8"
thousands = ","
[time]
value = "{when}"
format = "iso"
zone = "UTC"
[[rule]]
first_of_subject = true
event = "helpdesk.ticket.opened.v1"
id = "{ticket}"
data = { channel = "{what}", priority = { column = "what", map = { "a" = "low" }, default = "high" } }
[[rule]]
when = { what = { matches = "[a-e]", not = ["b"], empty = false } }
event = "helpdesk.survey.responded.v1"
after = ["{score}"]
data = { survey = "csat", scale = "0-10", score = "{score}", comment = "{what}" }
[[rule]]
when = { what = ["a", "b"] }
skip = "no event"
[[rule]]
when = { score = { less = "{ticket}", differs = "{what}" }, when = { after = "2000-01-01" } }
for_each = { matches = "^(sc|wh)" }
explode = { column = "@value", separator = "e" }
time = { value = "{when}", zone = "Europe/Rome", next_day_if_before = "{what}" }
before = { value = "{score}", unit = "hours" }
event = "helpdesk.ticket.merged.v1"
data = { into = "{@element}" }
[[rule]]
when_changed = ["what"]
when_changed_ignore = ["c", "-1"]
changed_only = true
explode = { column = "score", as = "json" }
event = "helpdesk.ticket.updated.v1"
data = { team = "{what}", assignee = { column = "score", clear_if_empty = true } }
"""

_VALUES: Final = (
    '"utf-16"',
    '"utf-32"',
    '"hex"',
    '"zlib"',
    '"rot13"',
    '"undefined"',
    '"idna"',
    '"punycode"',
    '"unicode_escape"',
    '"a\\u0000b"',
    '"epoch"',
    '"epoch_ms"',
    '"%Y %Y"',
    '"%"',
    '"%%"',
    '"%Q"',
    '"%d/%m/%Y %H:%M:%S %z"',
    '"%j%U%w%G%V%u"',
    '"Europe"',
    '"../UTC"',
    '"("',
    '"(a+)+$"',
    '"(?P<x>a)(?P=x)"',
    '"a{999999999999}"',
    '"\\\\"',
    '"\\u0000"',
    '"\\n"',
    '"{@position}"',
    '"{}"',
    '"{nowhere}"',
    '"file"',
    '""',
    '"24:00:00"',
    '"3162240000"',
    '["3162240000", "3162240000", "3162240000"]',
    "[]",
    "[1]",
    "{}",
    "{ a = 1 }",
    "0",
    "1e400",
    "nan",
    "true",
    "1979-05-27",
    "9" * 5_000,
)


class MappingTarget:
    """Reads logs by mappings. A log and a mapping that are right are as often spoiled as not."""

    name = "mappings"
    share = 50

    def feed(self, dice: Random, inputs: int) -> Iterator[Finding]:
        """Each input is a mapping and a log, or a log of events."""
        with TemporaryDirectory(prefix="deskpulse-fuzz-") as folder:
            mapping, log = Path(folder) / "mapping.toml", Path(folder) / "log"
            for _ in range(inputs):
                kind = dice.choice(_KINDS)
                mapping.write_bytes(text := _mapping(dice, kind))
                log.write_bytes(content := _log(dice, kind))
                problem = _problem(mapping, log)
                if problem is not None:
                    yield Finding(self.name, problem, f"mapping {text!r} log {content!r}")


def _problem(mapping: Path, log: Path) -> str | None:
    try:
        report = ReplayReport()
        events = list(islice(read_events(log, load_mapping(mapping), report), _MOST_EVENTS))
        assert all(report.lines())
        for event in events:
            problem = unread(event)
            if problem is not None:
                return problem
    except ReplayError as error:
        return None if str(error) and "\n" not in str(error) else f"the error is not one line: {error!r}"
    except Exception as error:  # noqa: BLE001 - whatever it is, it is what is looked for
        return trace_of(error)
    try:
        for _ in read_event_log(log):
            pass
    except ReplayError:
        return None
    except Exception as error:  # noqa: BLE001 - as above
        return f"as a log of events: {trace_of(error)}"
    return None


def unread(event: ReplayedEvent) -> str | None:
    """Why a worker would not take an event of the replay."""
    try:
        read = _decode(event.value)
    except msgspec.DecodeError as error:
        return f"the worker would refuse {event.value!r}: {error}"
    return None if read.subject.encode() == event.key else f"the key {event.key!r} is not the subject of the event"


def _mapping(dice: Random, kind: str) -> bytes:
    text = _BASE % kind
    choice = dice.random()
    if choice < 0.35:
        return text.encode()
    if choice < 0.75:
        lines = text.splitlines()
        for _ in range(dice.randrange(1, 3)):
            place = dice.randrange(len(lines))
            strings = list(_QUOTED.finditer(lines[place]))
            key, equals, _ = lines[place].partition(" = ")
            if strings and dice.random() < 0.7:
                chosen = dice.choice(strings)
                lines[place] = lines[place][: chosen.start()] + dice.choice(_VALUES) + lines[place][chosen.end() :]
            elif equals:
                lines[place] = f"{key} = {dice.choice(_VALUES)}"
        if dice.random() < 0.3:
            lines.insert(
                lines.index("[format]") + 1,
                f"{dice.choice(('delimiter', 'quote', 'columns', 'strange'))} = {dice.choice(_VALUES)}",
            )
        return "\n".join(lines).encode()
    if choice < 0.76:
        return b"a = " + b"[" * dice.choice((10, 100_000))
    return spoiled(dice, text.encode())


def _log(dice: Random, kind: str) -> bytes:
    if dice.random() < 0.1:
        return _spoiled_or_not(dice, b"\n".join(RecordMaker(dice).record() or b"" for _ in range(3)))
    rows = [{column: _cell(dice, column) for column in _COLUMNS} for _ in range(dice.randrange(1, 6))]
    if kind == "jsonl":
        content = b"\n".join(orjson.dumps(row) for row in rows)
        content += b"\n" + nested(dice) if dice.random() < 0.05 else b""
    elif kind == "xes":
        events = "".join(
            "<event>"
            + "".join(f'<string key="{key}" value="{_escaped(value)}"/>' for key, value in row.items())
            + "</event>"
            for row in rows
        )
        prolog = '<!DOCTYPE x [<!ENTITY e "e">]>' if dice.random() < 0.03 else ""
        content = f"{prolog}<log><trace>{events}</trace></log>".encode(errors="replace")
    else:
        delimiter = "," if kind == "csv" else "\t"
        quoted = [['"' + value.replace('"', '""') + '"' for value in row.values()] for row in rows]
        content = "\r\n".join(delimiter.join(cells) for cells in ([list(_COLUMNS), *quoted])).encode()
    return _spoiled_or_not(dice, content)


def _spoiled_or_not(dice: Random, content: bytes) -> bytes:
    choice = dice.random()
    if choice < 0.3:
        content = spoiled(dice, content)
    if choice < 0.02 or choice > 0.97:
        content = gzip.compress(content, 1)
        return spoiled(dice, content) if choice > 0.98 else content
    return content


def _cell(dice: Random, column: str) -> str:
    choice = dice.random()
    if choice < 0.15:
        return dice.choice(STRINGS)
    if choice < 0.2:
        return str(dice.choice((*NUMBERS, "inf", "nan", "1e999", "9" * 5_000)))
    if column == "when":
        return dice.choice(TIMES) if choice < 0.4 else f"2024-03-04T12:{dice.randrange(60):02}:00Z"
    if column == "score":
        return str(dice.randrange(-1, 12))
    return dice.choice("abcdefgh") if column == "what" else str(dice.randrange(6))


def _escaped(value: str) -> str:
    return "".join(
        character if character.isalnum() or character in " -:." else f"&#{ord(character)};" for character in value
    )
