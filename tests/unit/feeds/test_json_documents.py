"""The records of a JSON document are read one after the other, from wherever they are in it."""

from __future__ import annotations

import gzip
import json
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stream.feeds.replay import ReplayError, ReplayReport, load_mapping, read_events
from stream.feeds.replay.json_document import JsonDocumentReader
from stream.feeds.replay.rows import LogRow


def reader(path: Path, content: str | bytes, records: str = "") -> JsonDocumentReader:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return JsonDocumentReader(path, encoding="utf-8", records=records)


def values(path: Path, content: str, records: str = "") -> list[dict[str, str]]:
    return [row.fields for row in reader(path, content, records).rows()]


def test_records_become_flat_and_keep_the_spelling_of_numbers_and_the_parsed_object(tmp_path: Path) -> None:
    content = '[{"id": 1.50, "user": {"name": "Ann"}, "tags": ["a", null]},\n 7, {"id": 1e400, "n": 0.0000001}]'
    assert list(reader(tmp_path / "log", content).rows()) == [
        LogRow(
            1,
            {"id": "1.50", "user.name": "Ann", "tags.0": "a", "tags.1": ""},
            record={"id": "1.50", "user": {"name": "Ann"}, "tags": ["a", None]},
        ),
        LogRow(2, {}, "not a JSON object"),
        LogRow(3, {"id": "1e400", "n": "0.0000001"}, record={"id": "1e400", "n": "0.0000001"}),
    ]


@pytest.mark.parametrize(
    "content, records",
    [
        ('[{"a": 1}]', ""),
        ('{"next": null, "n": [1, 2], "tickets": [{"a": 1}], "meta": {"more": [{"b": 1}]}}', ""),
        ('{"data": {"users": [{"b": 2}], "tickets": [{"a": 1}]}}', "data.tickets"),
        ('{"data.x": {"tickets": [{"a": 1}]}}', "data.x.tickets"),
        ('\ufeff \n{"a": [], "tickets": [{"a": 1}]}\n', ""),
    ],
)
def test_the_array_of_records_is_found(tmp_path: Path, content: str, records: str) -> None:
    assert values(tmp_path / "log", content, records) == [{"a": "1"}]


def test_a_document_without_records_has_no_rows(tmp_path: Path) -> None:
    assert values(tmp_path / "log", "[]") == []
    assert values(tmp_path / "log", '{"tickets": [], "count": 0}') == []


@pytest.mark.parametrize(
    "content, records, message",
    [
        (
            '{"a": [{}], "b": [{}], "c": {"d": [1]}}',
            "",
            "must say in format.records which array has the records; its arrays are 'a', 'b', 'c.d'",
        ),
        ('{"a": 1}', "", "which array has the records; it has no array"),
        ("7", "", "it has no array"),
        ('{"a": {"b": [{}]}}', "a.c", "there is no array at 'a.c', .* format.records; its arrays are 'a.b'"),
        ('{"a": {"b": 1}}', "a.b", "there is no array at 'a.b'"),
        ("", "", "it has no array|line 1, column 1: the document ends here, in the middle"),
        ('[{"a": 1}\n, {"a": ', "", "line 2, column 9: the document ends here, in the middle"),
        ('[{"a": 1}\n, {"a": "x', "", "line 2, column 11: the document ends here, in the middle"),
        ('[{"a": 1}\n', "", "line 2, column 1: the document ends here, in the middle"),
        ('[{"a": 1}\n {"a": 2}]', "", "line 2, column 2: not JSON: , must stand here"),
        ('[{"a": 1},\n {a: 2}, {"a": "much later"}]', "", "line 2, column 3: not JSON: Expecting property name"),
        ('[{"a": 1},\n {"b": "two\nlines"}]', "", "line 2, column 12: not JSON: Invalid control character"),
        ('{"a": 1, b: []}', "", "line 1, column 10: not JSON: a member's name in double quotes must stand here"),
        ('[{"a": 1}]\n[{"a": 2}]', "", 'line 2, column 1: .* if each line is a document, kind is "jsonl"'),
        ("[" * 100_000, "", "not JSON that can be read: it is nested too deeply"),
    ],
)
def test_a_document_that_cannot_be_read_is_refused_with_its_place(
    tmp_path: Path, content: str, records: str, message: str
) -> None:
    with pytest.raises(ReplayError, match=message) as refusal:
        list(reader(tmp_path / "log", content, records).rows())
    assert str(refusal.value).startswith(f"{tmp_path / 'log'}: ")


def test_an_undecodable_byte_and_a_broken_gzip_are_told_with_their_place(tmp_path: Path) -> None:
    with pytest.raises(ReplayError, match=r"line 2, column 1: byte 0xe9 at offset 10: not utf-8"):
        list(reader(tmp_path / "log", b'[{"a":1},\n\xe9').rows())
    packed = gzip.compress(b"[" + b'{"a": 1},\n' * 1_000)
    with pytest.raises(ReplayError, match=r"line \d+, column \d+: broken gzip"):
        list(reader(tmp_path / "log", packed[:-20]).rows())


def test_how_many_records_were_read_before_is_told(tmp_path: Path) -> None:
    mapping = tmp_path / "mapping.toml"
    mapping.write_text(
        'source = "/test"\nsubject = "{id}"\n[format]\nkind = "json"\n'
        'records = "data.tickets"\n[time]\nvalue = "{at}"\n'
        '[[rule]]\nevent = "helpdesk.ticket.opened.v1"\n'
    )
    log = tmp_path / "log"
    record = '{"id": "a", "at": "2020-01-01"}'
    log.write_text(f'{{"data": {{"tickets": [{record}, {record}]}}}}')
    report = ReplayReport()
    assert len(list(read_events(log, load_mapping(mapping), report))) == 2
    assert next(report.lines()) == "2 rows: 2 mapped to 2 events"
    log.write_text(f'{{"data": {{"tickets": [{record}, {record}, ')
    with pytest.raises(ReplayError, match="the document ends here, in the middle; 2 rows were read before"):
        list(read_events(log, load_mapping(mapping)))


def test_a_document_that_is_larger_than_what_is_kept_of_it_is_read(tmp_path: Path) -> None:
    record = json.dumps({"id": 1, "text": "x" * 1_000})
    log = reader(
        tmp_path / "log", '{"other": [' + f"{record}, " * 20_000 + f'{record}], "tickets": [{record}]}}', "tickets"
    )
    tracemalloc.start()
    assert len(list(log.rows())) == 1
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 4_000_000


JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda children: st.lists(children, max_size=4) | st.dictionaries(st.text(max_size=3), children, max_size=4),
    max_leaves=20,
)


@given(
    records=st.lists(st.dictionaries(st.text(max_size=3), JSON, max_size=3), max_size=6),
    before=JSON,
    indent=st.sampled_from([None, 1]),
    size=st.integers(1, 7),
)
@settings(deadline=None)
def test_records_are_read_back_wherever_the_text_is_cut_into_chunks(
    tmp_path_factory: pytest.TempPathFactory, records: list[dict[str, Any]], before: object, indent: int, size: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("stream.feeds.replay.decoding._CHUNK", size)
        content = json.dumps({"before": before, "records": {"here": records}, "after": before}, indent=indent)
        log = reader(tmp_path_factory.mktemp("logs") / "log", content, "records.here")
        read = [row.record for row in log.rows()]
    assert read == json.loads(json.dumps(records), parse_int=str, parse_float=str)
