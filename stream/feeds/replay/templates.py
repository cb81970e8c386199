"""Texts with the values of columns in them, such as ``"{Date} {Time}"``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from stream.feeds.replay.rows import POSITION

_PIECES: Final = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]|[^{}]+")


class Template:
    """A text in which ``{column}`` stands for the value of a column and ``{@position}`` for the row's place.

    Braces themselves are written twice. ``single`` is the column that the text consists of, if it is just one.
    Raises ``ValueError`` when a brace stands alone.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.columns: tuple[str, ...] = ()
        self.single: str | None = None
        self._pieces: list[tuple[str, bool]] = []
        for piece in _PIECES.finditer(text):
            column = piece.group(1)
            if piece.group() in {"{", "}"} or column == "":
                raise ValueError(f'{text!r} has a brace without a column; write {{column}}, or "{{{{" for a brace')
            if column is not None:
                self._pieces.append((column, True))
                if column != POSITION:
                    self.columns += (column,)
            else:
                self._pieces.append((piece.group().replace("{{", "{").replace("}}", "}"), False))
        if len(self._pieces) == 1 and self._pieces[0][1]:
            self.single = self._pieces[0][0]

    @classmethod
    def of(cls, column: str) -> Template:
        """The value of one column, whose name may have braces in it."""
        template = cls("")
        template.text = f"{{{column}}}"
        template.columns = () if column == POSITION else (column,)
        template._pieces = [(column, True)]
        template.single = column
        return template

    def render(self, fields: Mapping[str, str]) -> str:
        """The text for a row."""
        if self.single is not None:
            return fields.get(self.single, "")
        return "".join(fields.get(piece, "") if is_column else piece for piece, is_column in self._pieces)

    def missing(self, fields: Mapping[str, str]) -> str | None:
        """The first column that is empty in a row, if any is."""
        return next((column for column in self.columns if not fields.get(column, "").strip()), None)

    def is_empty(self, fields: Mapping[str, str]) -> bool:
        """Whether it has columns and all of them are empty in a row."""
        return bool(self.columns) and not any(fields.get(column, "").strip() for column in self.columns)
