"""Whatever a log holds, each of its lines is accounted for."""

from __future__ import annotations

import gzip
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from stream.feeds.replay.delimited import DelimitedReader
from stream.feeds.replay.failure import ReplayError
from stream.feeds.replay.json_lines import JsonLinesReader
from stream.feeds.replay.rows import LineCount, LogReader, LogRow

PIECES = ["a", "bc", " ", ",", "\t", ";", '"', '""', '","', '"\n', "\n", "\r\n", "\r", "\n\n", "\0", "é", "\u2028"]
PIECES += [
    "\x0b",
    "\x85",
    "{",
    "}",
    '{"a": 1}\n',
    'x","z\n',
    "a,b\n",
    '"a","b"\n',
    'a,"b\n',
    ',",",\n',
    'c"\n',
    "\ufeff",
]
TEXTS = st.lists(st.sampled_from(PIECES), max_size=60).map("".join)
ENCODINGS = st.sampled_from(["utf-8", "utf-8-sig", "cp1252", "utf-16"])


def readers(path: Path, encoding: str, quoted_lines: int) -> list[LogReader]:
    return [
        DelimitedReader(
            path, encoding=encoding, delimiter=delimiter, quote=quote, columns=("a", "b"), quoted_lines=quoted_lines
        )
        for delimiter, quote in ((",", '"'), ("\t", '"'), (";", "'"), (",", ""))
    ] + [JsonLinesReader(path, encoding=encoding)]


def lines_of(text: str) -> list[str]:
    return io.StringIO(text, newline="").readlines()


def check_books(rows: list[LogRow], count: LineCount | None, lines: int) -> None:
    assert count is not None
    assert count.lines == lines
    assert count.header + count.blank + count.joined + len(rows) == lines
    positions = [row.position for row in rows]
    assert positions == sorted(set(positions))
    assert all(1 <= position <= lines for position in positions)


def refusal_of(reader: LogReader, rows: list[LogRow]) -> str | None:
    try:
        rows.extend(reader.rows())
    except ReplayError as error:
        return str(error)
    return None


@given(text=TEXTS, quoted_lines=st.integers(1, 6))
@example(text='a,b\n1,"x\n2,y\n', quoted_lines=6)
@example(text='x","z\n' * 40, quoted_lines=2)
@settings(deadline=None, max_examples=400)
def test_every_line_is_that_of_a_row_or_blank(
    tmp_path_factory: pytest.TempPathFactory, text: str, quoted_lines: int
) -> None:
    path = tmp_path_factory.mktemp("logs") / "log"
    path.write_bytes(text.encode())
    lines = lines_of(text.removeprefix("\ufeff"))
    for reader in readers(path, "utf-8", quoted_lines):
        check_books(list(reader.rows()), reader.line_count, len(lines))


@given(text=TEXTS, quoted_lines=st.integers(1, 6))
@settings(deadline=None, max_examples=300)
def test_a_line_without_a_quote_is_a_row_of_its_own_unless_two_quotes_that_fit_are_around_it(
    tmp_path_factory: pytest.TempPathFactory, text: str, quoted_lines: int
) -> None:
    path = tmp_path_factory.mktemp("logs") / "log"
    path.write_bytes(text.encode())
    reader = readers(path, "utf-8", quoted_lines)[0]
    rows = {row.position: row for row in reader.rows()}
    lines = lines_of(text.removeprefix("\ufeff"))
    position = 0
    for number, line in enumerate(lines, 1):
        if number in rows:
            position = number
        elif line.strip("\r\n"):
            row = rows[position]
            assert row.problem is None
            assert number - position < quoted_lines
            assert len(row.fields) == 2
            assert "".join(lines[position - 1 : number]).count('"') >= 1


@given(
    text=TEXTS,
    encoding=ENCODINGS,
    read_as=ENCODINGS,
    pack=st.sampled_from([bytes, gzip.compress]),
    cut=st.integers(0, 40),
)
@settings(deadline=None, max_examples=400)
def test_a_file_in_another_encoding_or_cut_short_is_read_whole_or_refused_with_the_line(
    tmp_path_factory: pytest.TempPathFactory,
    text: str,
    encoding: str,
    read_as: str,
    pack: Callable[[bytes], bytes],
    cut: int,
) -> None:
    path = tmp_path_factory.mktemp("logs") / "log"
    content = pack(text.encode(encoding, errors="replace"))
    path.write_bytes(content[: max(0, len(content) - cut)])
    for reader in readers(path, read_as, 4):
        rows: list[LogRow] = []
        refusal = refusal_of(reader, rows)
        if refusal is None:
            assert reader.line_count is not None
            check_books(rows, reader.line_count, reader.line_count.lines)
        else:
            assert refusal.startswith(f"{path}: ")
            assert "\n" not in refusal
