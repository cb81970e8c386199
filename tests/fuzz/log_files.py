"""Fuzzes the readers of logs: hostile files under mappings that are right."""

from __future__ import annotations

import gzip
import io
import json
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Final

from defusedxml.ElementTree import fromstring

from stream.feeds.replay import Mapping, ReplayError, ReplayReport, load_mapping, read_events
from tests.fuzz.finding import Finding, trace_of
from tests.fuzz.hostile import STRINGS, spoiled
from tests.fuzz.mappings import unread

_KINDS: Final = ("csv", "csv", "csv", "tsv", "jsonl", "json", "xes")
_ENCODINGS: Final = ("utf-8",) * 6 + ("cp1252", "utf-16", "utf-16-le", "utf-32", "shift_jis", "utf-7", "ascii")
_ZONES: Final = ("Europe/Rome", "Australia/Lord_Howe", "Pacific/Apia", "Africa/Casablanca", "Asia/Kathmandu", "UTC")
_PIECES: Final = (
    *('"', '""', '","', '"\n', ',"', '",', "\n", "\r\n", "\r", "\n\n", ",", "\t", ";", "\0", "\ufeff", "\x1a", "\x85"),
    *('x","z\n', 'a,"b\n', ',",",\n', '1,"2\n3",4,5\n', "{", "}", "[", "]", ":", "\\", "\\u", "null", "1e9", "é", "💣"),
    *("<event>", "</event>", "<trace>", "&#0;", "<!DOCTYPE x>"),
)
_MOST_SECONDS: Final = 5.0

_MAPPING: Final = """\
source = "/fuzz"
subject = "{{ticket}}"
[format]
kind = "{kind}"
encoding = "{encoding}"
{more}
[time]
value = "{{when}}"
format = ["iso", "%d/%m/%Y %I:%M %p", "epoch"]
zone = "{zone}"
gap = "{gap}"
overlap = "{overlap}"
[[rule]]
first_of_subject = true
event = "helpdesk.ticket.opened.v1"
[[rule]]
when = {{ what = ["a", "b"] }}
skip = "no event"
[[rule]]
when = {{ what = {{ matches = "[c-f]" }} }}
event = "helpdesk.ticket.replied.v1"
data = {{ actor = "agent" }}
"""
_QUOTES: Final = ("columns = ['ticket', 'when', 'what']", "quoted_lines = 3\nquote = '\"'", "delimiter = ';'")


class LogFileTarget:
    """Reads files and checks that each of their lines, events or records is accounted for."""

    name = "files"
    share = 50

    def __init__(self) -> None:
        self._mappings: dict[str, Mapping] = {}

    def feed(self, dice: Random, inputs: int) -> Iterator[Finding]:
        """Each input is a file."""
        with TemporaryDirectory(prefix="deskpulse-fuzz-") as folder:
            path, log = Path(folder) / "mapping.toml", Path(folder) / "log"
            for _ in range(inputs):
                kind = dice.choice(_KINDS)
                encoding = dice.choice(_ENCODINGS)
                text = _MAPPING.format(
                    kind=kind,
                    encoding=encoding,
                    more=dice.choice(("", "", *_QUOTES)) if kind in {"csv", "tsv"} else "",
                    zone=dice.choice(_ZONES),
                    gap=dice.choice(("end", "earlier", "later", "reject")),
                    overlap=dice.choice(("order", "order", "earlier", "later", "reject")),
                )
                if text not in self._mappings:
                    path.write_text(text)
                    self._mappings[text] = load_mapping(path)
                content = _content(dice, kind, encoding)
                log.write_bytes(content)
                started = time.process_time()
                problem = _problem(self._mappings[text], log, content)
                if problem is None and time.process_time() - started > _MOST_SECONDS:
                    problem = "it takes too long to read"
                if problem is not None:
                    yield Finding(self.name, problem, f"mapping {text!r} log {content!r}")


def _problem(mapping: Mapping, log: Path, content: bytes) -> str | None:
    report = ReplayReport()
    try:
        for event in read_events(log, mapping, report):
            problem = unread(event)
            if problem is not None:
                return problem
        assert all(report.lines())
    except ReplayError as error:
        return None if str(error) and "\n" not in str(error) else f"the error is not one line: {error!r}"
    except Exception as error:  # noqa: BLE001 - whatever it is, it is what is looked for
        return trace_of(error)
    return _unaccounted(report, mapping, content)


def _unaccounted(report: ReplayReport, mapping: Mapping, content: bytes) -> str | None:
    if report.rows != report.mapped + report.skipped.total() + report.rejected + report.unmatched:
        return f"the rows do not add up: {report}"
    content = gzip.decompress(content) if content.startswith(b"\x1f\x8b") else content
    if mapping.format.kind == "xes":
        events = sum(element.tag.endswith("event") for element in fromstring(content).iter())
        return None if events == report.rows else f"{events} events do not add up: {report}"
    encoding = mapping.format.encoding
    try:
        text = content.decode("utf-8-sig" if encoding == "utf-8" else encoding)
    except UnicodeError as error:
        return f"it is read, but cannot be decoded: {error}"
    count = report.line_count
    if count is not None:
        lines = len(io.StringIO(text, newline="").readlines())
        if not lines == count.lines == count.header + count.blank + count.joined + report.rows:
            return f"{lines} lines do not add up: {report}"
    if mapping.format.kind == "json":
        document = json.loads(text)
        if isinstance(document, list) and len(document) != report.rows:
            return f"{len(document)} records do not add up: {report}"
    return None


def _content(dice: Random, kind: str, encoding: str) -> bytes:
    rows = [{"ticket": _cell(dice), "when": _when(dice), "what": _cell(dice)} for _ in range(dice.randrange(1, 12))]
    text = _written(dice, kind, rows)
    for _ in range(dice.choice((0, 1, 1, 2, 6, 20))):
        place = dice.randrange(len(text) + 1)
        text = text[:place] + dice.choice(_PIECES) * dice.choice((1, 1, 1, 40)) + text[place:]
    if dice.random() < 0.3:
        text = text[: dice.randrange(len(text) + 1)]
    written = encoding if dice.random() < 0.9 else dice.choice(_ENCODINGS)
    content = text.encode(written, errors="replace")
    if dice.random() < 0.1:
        content = spoiled(dice, content)
    if dice.random() < 0.1:
        content = gzip.compress(content, 1)
        content = content[: dice.randrange(len(content))] if dice.random() < 0.4 else content
    return content


def _written(dice: Random, kind: str, rows: list[dict[str, str]]) -> str:
    if kind == "jsonl":
        return "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    if kind == "json":
        records: object = rows if dice.random() < 0.7 else {"n": 1, "data": {"a": [1]}, "rows": rows}
        return json.dumps(records, indent=dice.choice((None, 1)))
    if kind == "xes":
        events = "".join(
            "<event>" + "".join(f'<string key="{key}" value="{value}"/>' for key, value in row.items()) + "</event>"
            for row in rows
        )
        return f"<log><trace>{events}</trace></log>"
    delimiter = "," if kind == "csv" else "\t"
    quote = dice.choice(('"', '"', ""))
    cells = [list(rows[0]), *(list(row.values()) for row in rows)]
    end = dice.choice(("\n", "\n", "\r\n", "\r"))
    return end.join(delimiter.join(f"{quote}{cell}{quote}" for cell in line) for line in cells) + end


def _cell(dice: Random) -> str:
    return dice.choice(STRINGS) if dice.random() < 0.15 else dice.choice("abcdefgh")


def _when(dice: Random) -> str:
    day = dice.choice(("2022-03-27", "2022-10-30", "2011-12-30", "2022-04-03", "2022-10-02", "2022-05-08"))
    hour, minute = dice.randrange(6), dice.randrange(60)
    choice = dice.random()
    if choice < 0.1:
        return dice.choice(("", "soon", "1667093400", "2022-03-27T02:30+01:00", "0001-01-01", "9999-12-31T23:59:59"))
    if choice < 0.2:
        return f"{day[8:]}/{day[5:7]}/{day[:4]} {hour + 1}:{minute:02} {dice.choice(('AM', 'pm'))}"
    return f"{day} {hour:02}:{minute:02}"
