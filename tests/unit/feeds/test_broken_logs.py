"""What is broken in a log costs the rows that it is in, never the rows after them."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from stream.feeds.replay import ReplayError
from stream.feeds.replay.delimited import DelimitedReader
from stream.feeds.replay.json_lines import JsonLinesReader
from stream.feeds.replay.rows import LineCount, LogRow
from stream.feeds.replay.text_lines import LONGEST_LINE, TextLines


def reader(
    path: Path, content: str | bytes, *, quoted_lines: int = 5, encoding: str = "utf-8", quote: str = '"'
) -> DelimitedReader:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return DelimitedReader(
        path, encoding=encoding, delimiter=",", quote=quote, columns=("id", "text"), quoted_lines=quoted_lines
    )


def problems(rows: list[LogRow]) -> dict[int, str]:
    return {row.position: row.problem for row in rows if row.problem is not None}


def test_a_quote_that_never_closes_names_its_line_and_costs_no_other_row(tmp_path: Path) -> None:
    lines = [f"{number},text\n" for number in range(1, 20_001)]
    lines[15_000] = '15001,"text\n'
    log = reader(tmp_path / "log.csv", "".join(lines), quoted_lines=100)
    rows = list(log.rows())
    assert [row.position for row in rows] == list(range(1, 20_001))
    assert problems(rows) == {
        15_001: "a quote opens here that is never closed; it would take in 4999 lines, up to the end of the file"
    }
    assert log.line_count == LineCount(lines=20_000)


@pytest.mark.parametrize(
    "content, problem",
    [
        ('1,a\n2,"b\n', "a quote opens here that is never closed"),
        (
            '1,a\n2,"b\n3,c\n',
            "a quote opens here that is never closed; it would take in 1 line, up to the end of the file",
        ),
        (
            '1,a\n2,"b\n3,"c"\n4,d\n',
            "a quote opens here that would take in 1 line, up to line 3, where more than a delimiter follows it",
        ),
        (
            '1,a\n2,"b\n3\n4\n5\n6\n7"\n',
            (
                "a quote opens here that would take in 5 lines, up to line 7; "
                "with format.quoted_lines = 5 that is too many"
            ),
        ),
        (
            '1,a\n"2,b\n3,c"\n4,d\n',
            (
                "a quote opens here that would take in 1 line, up to line 3; "
                "the row would have 1 fields where the header has 2"
            ),
        ),
    ],
)
def test_a_stray_quote_is_told_with_the_lines_that_it_would_have_cost(
    tmp_path: Path, content: str, problem: str
) -> None:
    rows = list(reader(tmp_path / "log.csv", content).rows())
    assert problems(rows)[2] == problem
    assert [row.position for row in rows] == list(range(1, content.count("\n") + 1))


def test_a_row_of_as_many_lines_as_are_allowed_is_one_row(tmp_path: Path) -> None:
    log = reader(tmp_path / "log.csv", '1,"a\nb\n\nd\n""e"""\r\n2,x\n')
    assert list(log.rows()) == [
        LogRow(1, {"id": "1", "text": 'a\nb\n\nd\n"e"'}),
        LogRow(6, {"id": "2", "text": "x"}),
    ]
    assert log.line_count == LineCount(lines=6, joined=4)


def test_a_good_row_of_several_lines_within_the_reach_of_a_stray_quote_is_read(tmp_path: Path) -> None:
    content = '1,"stray\n2,"good\none"\n3,x\n'
    rows = list(reader(tmp_path / "log.csv", content).rows())
    assert list(problems(rows)) == [1]
    assert rows[1:] == [LogRow(2, {"id": "2", "text": "good\none"}), LogRow(4, {"id": "3", "text": "x"})]


def test_text_after_a_closing_quote_and_quotes_inside_a_field_are_read_as_python_reads_them(tmp_path: Path) -> None:
    rows = list(reader(tmp_path / "log.csv", '1,"a"b\n2,19" wide\n3,"a"b"\n').rows())
    assert [row.fields["text"] for row in rows] == ["ab", '19" wide', 'ab"']


@pytest.mark.parametrize("content", ['x","z\n', '"x\ny\n', 'a,"b\n', ',",",\n', '"a\n"b\n\n', "a\0\n"])
def test_many_stray_quotes_are_read_in_bounded_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str
) -> None:
    handed_out = 0
    hand_out = TextLines._from

    def counted(lines: TextLines, number: int) -> Iterator[list[str]]:
        nonlocal handed_out
        for piece in hand_out(lines, number):
            handed_out += len(piece)
            yield piece

    monkeypatch.setattr(TextLines, "_from", counted)
    log = reader(tmp_path / "log.csv", content * 10_000, quoted_lines=1_000)
    assert len(list(log.rows())) >= 10_000
    assert handed_out < 40 * content.count("\n") * 10_000


def test_nul_is_an_error_of_its_row_and_a_quoted_field_does_not_go_over_it(tmp_path: Path) -> None:
    log = reader(tmp_path / "log.csv", '1,a\n2,\0\n3,"b\n\0"\n4,c\r5,d\n')
    rows = list(log.rows())
    assert {position: problem[:22] for position, problem in problems(rows).items()} == {
        2: "it holds NUL: the file",
        3: "a quote opens here tha",
        4: "it holds NUL: the file",
    }
    assert [row.fields for row in rows if row.problem is None] == [
        {"id": "1", "text": "a"},
        {"id": "4", "text": "c"},
        {"id": "5", "text": "d"},
    ]


@pytest.mark.parametrize("quote", ['"', ""])
def test_a_line_that_is_too_long_is_an_error_of_its_row(tmp_path: Path, quote: str) -> None:
    content = "1,a\n2," + "b" * (LONGEST_LINE + 100_000) + "\n3,c\n"
    rows = list(reader(tmp_path / "log.csv", content, quote=quote).rows())
    assert [row.position for row in rows] == [1, 2, 3]
    assert problems(rows) == {2: f"it is longer than {LONGEST_LINE} characters"}


def test_a_header_with_a_quote_that_never_closes_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text('id,"text\n1,a\n')
    with pytest.raises(ReplayError, match="line 1 must name the columns, but cannot be read: unexpected end of data"):
        DelimitedReader(path, encoding="utf-8", delimiter=",", quote='"', columns=())


def test_a_byte_of_another_encoding_is_named_with_its_line_and_the_rows_before_it_are_read(tmp_path: Path) -> None:
    content = "".join(f"{number},é\n" for number in range(1, 30_001)).encode() + b"x,caf\xe9\n"
    log = reader(tmp_path / "log.csv", content)
    rows: list[LogRow] = []
    with pytest.raises(
        ReplayError,
        match=rf"log.csv: line 30001: byte 0xe9 at offset {len(content) - 2}: not utf-8 \(invalid continuation byte\); "
        "the mapping says so in format.encoding, and in cp1252 the byte would be 'é'",
    ):
        rows.extend(log.rows())
    assert len(rows) == 30_000


def test_a_gzip_that_was_cut_short_names_the_line_at_which_it_ends(tmp_path: Path) -> None:
    content = gzip.compress(b"".join(b"%d,text\n" % number for number in range(300_000)), 1)
    log = reader(tmp_path / "log.csv", content[: len(content) // 2])
    rows: list[LogRow] = []
    with pytest.raises(ReplayError, match=r"line \d+: broken gzip: Compressed file ended") as refusal:
        rows.extend(log.rows())
    assert len(rows) > 10_000
    assert f"line {len(rows) + 1}: " in str(refusal.value)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32"])
def test_the_byte_order_mark_of_another_encoding_is_named(tmp_path: Path, encoding: str) -> None:
    log = reader(tmp_path / "log.csv", "1,a\n".encode(encoding))
    with pytest.raises(ReplayError, match=f'mark of {encoding}, so it is not utf-8; say encoding = "{encoding}"'):
        list(log.rows())


def zipped(*names: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name in names:
            archive.writestr(zipfile.ZipInfo(name), "1,a\n")
    return content.getvalue()


def tarred() -> bytes:
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("orders.csv"))
    return content.getvalue()


@pytest.mark.parametrize(
    "content, message",
    [
        (zipped("orders.csv"), "a zip archive, no log; unpack it first: it holds 'orders.csv'"),
        (zipped(*"abcdefg"), "unpack it first: it holds 'a', 'b', 'c', 'd', 'e' and more"),
        (zipped("xl/workbook.xml"), "an Excel workbook, no log; save it as CSV"),
        (zipped("content.xml"), "an OpenDocument file, no log; save it as CSV"),
        (zipped("a")[:20], "a zip archive, no log; unpack it first"),
        (bz2.compress(b"1,a\n"), "packed by bzip2, no log; unpack it first, or pack it by gzip"),
        (lzma.compress(b"1,a\n"), "packed by xz, no log"),
        (b"\x28\xb5\x2f\xfd\x00", "packed by zstd, no log"),
        (b"7z\xbc\xaf\x27\x1c", "a 7z archive, no log"),
        (b"PAR1\x15\x00", "a Parquet file, no log; export it as CSV or JSON Lines"),
        (b"SQLite format 3\x00", "an SQLite database, no log; export the table as CSV"),
        (b"%PDF-1.7\n", "a PDF, no log; export the log as CSV"),
        (gzip.compress(tarred(), mtime=0), "within gzip it is a tar archive, no log; unpack it first"),
        (gzip.compress(zipped("a"), mtime=0), "within gzip it is a zip archive, no log; unpack it first"),
    ],
)
def test_a_file_that_is_no_log_is_told_what_it_is_and_the_way_out(tmp_path: Path, content: bytes, message: str) -> None:
    log = reader(tmp_path / "log", content)
    with pytest.raises(ReplayError, match=message) as refusal:
        list(log.rows())
    assert str(refusal.value).startswith(str(tmp_path / "log"))


def test_lines_of_json_are_all_accounted_for(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    path.write_bytes(b'{"a": 1}\n\n{"a": "\0"}\r\n \n{"a": 2}')
    log = JsonLinesReader(path, encoding="utf-8")
    rows = list(log.rows())
    assert [row.position for row in rows] == [1, 3, 5]
    assert list(problems(rows)) == [3]
    assert log.line_count == LineCount(lines=5, blank=2)
