"""Logs are read as what they are, and broken ones are told from good ones."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stream.feeds.replay.delimited import DelimitedReader
from stream.feeds.replay.failure import ReplayError
from stream.feeds.replay.json_lines import JsonLinesReader
from stream.feeds.replay.rows import LogRow
from stream.feeds.replay.xes import XesReader

XES = """<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1.0" xmlns="http://www.xes-standard.org/">
  <extension name="Concept" prefix="concept" uri="http://www.xes-standard.org/concept.xesext"/>
  <global scope="event"><string key="concept:name" value="DEFAULT"/></global>
  <string key="concept:name" value="a log"/>
  <trace>
    <string key="concept:name" value="Case 1"><string key="nested" value="x"/></string>
    <event>
      <string key="concept:name" value="Open &amp; read"/>
      <date key="time:timestamp" value="2012-10-09T14:50:17.000+02:00"/>
      <int key="cost" value="3"/>
      <list key="many"><string key="inner" value="y"/></list>
    </event>
    <event><string key="concept:name" value="Close"/></event>
  </trace>
  <trace><event><string key="concept:name" value="Open"/></event></trace>
</log>
"""


def delimited(
    path: Path,
    *,
    encoding: str = "utf-8",
    delimiter: str = ",",
    quote: str = '"',
    columns: tuple[str, ...] = (),
    short_rows: bool = False,
) -> DelimitedReader:
    return DelimitedReader(
        path, encoding=encoding, delimiter=delimiter, quote=quote, columns=columns, short_rows=short_rows
    )


def as_it_is(content: bytes) -> bytes:
    return content


def write(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def test_a_position_is_the_line_at_which_a_row_begins(tmp_path: Path) -> None:
    log = write(tmp_path / "log.csv", 'id,text\r\n1,"two\nlines"\r\n\r\n2,one\r\n')
    assert list(delimited(log).rows()) == [
        LogRow(2, {"id": "1", "text": "two\nlines"}),
        LogRow(5, {"id": "2", "text": "one"}),
    ]


def test_a_row_with_fields_too_many_or_too_few_is_told(tmp_path: Path) -> None:
    log = write(tmp_path / "log.csv", "a,b\n1\n1,2\n1,2,3\n")
    assert [(row.position, row.problem) for row in delimited(log).rows()] == [
        (2, "it has 1 fields where the header has 2"),
        (3, None),
        (4, "it has 3 fields where the header has 2"),
    ]


def test_where_short_rows_are_allowed_the_fields_that_one_lacks_are_empty(tmp_path: Path) -> None:
    log = write(tmp_path / "log.csv", 'a|b|c\n1\n1|\n\n1|2|3\n1|2|3|4\n"1\n1"|2\n')
    assert [
        (row.position, row.fields, row.problem) for row in delimited(log, delimiter="|", short_rows=True).rows()
    ] == [
        (2, {"a": "1", "b": "", "c": ""}, None),
        (3, {"a": "1", "b": "", "c": ""}, None),
        (5, {"a": "1", "b": "2", "c": "3"}, None),
        (6, {}, "it has 4 fields where the header has 3"),
        (
            7,
            {},
            (
                "a quote opens here that would take in 1 line, up to line 8; the row would have 2 fields where the"
                " header has 3"
            ),
        ),
        (8, {"a": '1"', "b": "2", "c": ""}, None),
    ]


@pytest.mark.parametrize("pack", [as_it_is, gzip.compress])
@pytest.mark.parametrize(
    "written, read", [("utf-8", "utf-8"), ("utf-8-sig", "utf-8"), ("utf-8-sig", "UTF8"), ("utf-16", "utf-16")]
)
def test_a_byte_order_mark_is_no_part_of_the_first_column(
    tmp_path: Path, written: str, read: str, pack: Callable[[bytes], bytes]
) -> None:
    content = "Größe,b\n1,ü\n".encode(written)
    log = write(tmp_path / "log", pack(content))
    assert list(delimited(log, encoding=read).rows()) == [LogRow(2, {"Größe": "1", "b": "ü"})]


def test_tabs_other_delimiters_quotes_and_missing_headers_can_be_configured(tmp_path: Path) -> None:
    tabs = write(tmp_path / "log.tsv", 'a\tb\nsay "hi\t2\n')
    assert [row.fields for row in delimited(tabs, delimiter="\t", quote="").rows()] == [{"a": 'say "hi', "b": "2"}]
    bare = write(tmp_path / "bare.csv", "1;'2;3'\n")
    assert list(delimited(bare, delimiter=";", quote="'", columns=("x", "y")).rows()) == [
        LogRow(1, {"x": "1", "y": "2;3"})
    ]


@given(
    rows=st.lists(
        st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")), min_size=2, max_size=2)
    )
)
def test_what_a_csv_writer_wrote_is_read_back(tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]]) -> None:
    text = io.StringIO(newline="")
    csv.writer(text).writerows([["a", "b"], *rows])
    log = write(tmp_path_factory.mktemp("logs") / "log.csv", text.getvalue())
    assert [list(row.fields.values()) for row in delimited(log).rows()] == rows


@pytest.mark.parametrize(
    "content, message",
    [
        (b"", "line 1 must name the columns, but it is empty"),
        (b"a,b,a\n", "line 1 names the column 'a' twice"),
        (b"a,b\n1,\xff\n", "not utf-8 .*; the mapping says so in format.encoding"),
        (gzip.compress(b"a,b\n1,2\n" * 1000, mtime=0)[:-20], "broken gzip"),
    ],
)
def test_a_broken_file_is_refused_in_one_line(tmp_path: Path, content: bytes, message: str) -> None:
    log = write(tmp_path / "log.csv", content)
    with pytest.raises(ReplayError, match=message) as refusal:
        list(delimited(log).rows())
    assert str(log) in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_a_file_without_the_mark_that_its_encoding_wants_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "log.csv", b"\x00\xd8a,b\n")

    with pytest.raises(ReplayError, match=r"log\.csv: line 1: byte 0x00 at offset 0: not utf-16 \(.+\); the mapping "):
        DelimitedReader(path, encoding="utf-16", delimiter=",", quote='"', columns=())


def test_json_objects_become_flat_and_keep_the_spelling_of_numbers(tmp_path: Path) -> None:
    record = '{"id": 1.50, "user": {"name": "Ann", "admin": true}, "tags": ["a", {"b": null}], "big": 1e400}'
    log = write(tmp_path / "log.jsonl", f"{record}\n\n")
    (row,) = JsonLinesReader(log, encoding="utf-8").rows()
    assert row == LogRow(
        1,
        {"id": "1.50", "user.name": "Ann", "user.admin": "true", "tags.0": "a", "tags.1.b": "", "big": "1e400"},
        record={"id": "1.50", "user": {"name": "Ann", "admin": True}, "tags": ["a", {"b": None}], "big": "1e400"},
    )


def test_a_line_that_is_no_object_is_told_and_the_next_one_read(tmp_path: Path) -> None:
    log = write(tmp_path / "log.jsonl", '{"a": \n[1]\n{"a": "b"}\n' + "[" * 100_000 + "\n")
    problems = [row.problem for row in JsonLinesReader(log, encoding="utf-8").rows()]
    assert problems[0] is not None
    assert problems[0].startswith("not JSON")
    assert problems[1:3] == ["not a JSON object", None]
    assert problems[3] is not None


@given(st.dictionaries(st.text(min_size=1), st.text()))
def test_a_flat_object_of_texts_is_read_back(tmp_path_factory: pytest.TempPathFactory, record: dict[str, str]) -> None:
    log = write(tmp_path_factory.mktemp("logs") / "log.jsonl", json.dumps(record) + "\n")
    assert [row.fields for row in JsonLinesReader(log, encoding="utf-8").rows()] == [record]


@pytest.mark.parametrize("pack", [as_it_is, gzip.compress])
def test_events_of_a_trace_carry_the_attributes_of_their_case(tmp_path: Path, pack: Callable[[bytes], bytes]) -> None:
    log = write(tmp_path / "log.xes", pack(XES.encode()))
    assert list(XesReader(log).rows()) == [
        LogRow(
            1,
            {
                "case:concept:name": "Case 1",
                "concept:name": "Open & read",
                "time:timestamp": "2012-10-09T14:50:17.000+02:00",
                "cost": "3",
            },
        ),
        LogRow(2, {"case:concept:name": "Case 1", "concept:name": "Close"}),
        LogRow(3, {"concept:name": "Open"}),
    ]


@pytest.mark.parametrize(
    "content, message",
    [
        ("<log><trace>", "not XES"),
        ("this is no XML", "not XES"),
        ('<?xml version="1.0" encoding="foo"?><log/>', "not XES that can be read: unknown encoding: foo"),
        ('<?xml version="1.0" encoding="shift_jis"?><log/>', "not XES that can be read: multi-byte encodings"),
        ('<!DOCTYPE log [<!ENTITY a "b">]><log/>', "refused: XES has no document type or entities"),
        ('<!DOCTYPE log SYSTEM "file:///etc/passwd"><log/>', "refused: XES has no document type or entities"),
    ],
)
def test_xml_that_is_broken_or_has_entities_is_refused(tmp_path: Path, content: str, message: str) -> None:
    with pytest.raises(ReplayError, match=message):
        list(XesReader(write(tmp_path / "log.xes", content)).rows())
