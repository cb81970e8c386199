"""The picture of the demo's numbers shows all that the demo shows."""

from __future__ import annotations

import html
import re

import pytest

from stream.cli.snapshot import DEFAULT_WINDOWS
from stream.desks.kinds import KINDS
from tests.pictures.demo_snapshot import PICTURE, picture_of

SECTIONS = [section for kind in KINDS for section in kind.rows]
ROWS = [row for kind in KINDS for rows in kind.rows.values() for row in rows]
COLUMNS = [column for kind in KINDS for column in kind.columns]


def text_of(picture: str) -> str:
    """What can be read in a picture."""
    parts = re.findall(r"<text[^>]*>([^<]*)</text>", picture)
    return html.unescape("\n".join(parts)).replace("\N{NO-BREAK SPACE}", " ")


def missing(names: list[str], picture: str) -> list[str]:
    """The names that stand nowhere in a picture as the whole text of a cell."""
    cells = {cell.strip() for cell in re.split(r"[│┃\n]", text_of(picture))}
    return [name for name in names if name not in cells]


@pytest.mark.parametrize(
    "names", [SECTIONS, ROWS, COLUMNS, list(DEFAULT_WINDOWS)], ids=["sections", "rows", "columns", "windows"]
)
def test_the_picture_of_the_demo_shows_every_section_row_window_and_column(names: list[str]) -> None:
    assert names
    assert missing(names, PICTURE.read_text("utf-8")) == [], "make it anew: python -m tests.pictures.demo_snapshot"


def test_a_section_that_is_missing_from_a_picture_is_noticed() -> None:
    printed = "│ \x1b[1mReplies\x1b[0m │\n│   SLA compliance │ 90 %│\n"

    assert missing(["Replies", "SLA", "SLA compliance"], picture_of(printed)) == ["SLA"]
