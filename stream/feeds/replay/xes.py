"""Logs of process mining: XES, IEEE 1849."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from stream.feeds.replay.failure import ReplayError
from stream.feeds.replay.log_file import open_bytes
from stream.feeds.replay.rows import LogRow

_ATTRIBUTES: Final = frozenset({"string", "date", "int", "float", "boolean", "id"})
_CASE_PREFIX: Final = "case:"


class XesReader:
    """Reads XES as a stream. The attributes of a trace become columns of its events that begin with ``case:``.

    Attributes of attributes, and those that are lists, are left out.
    """

    unit = "event"
    header = None
    line_count = None

    def __init__(self, path: Path) -> None:
        self._path = path

    def rows(self) -> Iterator[LogRow]:
        """Yield a row for each event; raises ``ReplayError`` when the file is no readable XML, or has entities."""
        with open_bytes(self._path) as file:
            try:
                yield from _rows(iterparse(file, events=("start", "end"), forbid_dtd=True))
            except ParseError as error:
                raise ReplayError(f"{self._path}: not XES: {error}") from error
            except DefusedXmlException as error:
                raise ReplayError(f"{self._path}: refused: XES has no document type or entities ({error})") from error
            except (LookupError, ValueError) as error:
                raise ReplayError(f"{self._path}: not XES that can be read: {error}") from error


def _rows(parsed: Iterator[tuple[str, Element]]) -> Iterator[LogRow]:
    open_elements: list[Element] = []
    open_tags: list[str] = []
    case: dict[str, str] = {}
    fields: dict[str, str] = {}
    position = 0
    for happening, element in parsed:
        if happening == "start":
            open_elements.append(element)
            open_tags.append(element.tag.rpartition("}")[2])
            continue
        open_elements.pop()
        tag = open_tags.pop()
        parent = open_tags[-1] if open_tags else ""
        if tag in _ATTRIBUTES and parent == "event":
            fields[element.get("key", "")] = element.get("value", "")
        elif tag in _ATTRIBUTES and parent == "trace":
            case[_CASE_PREFIX + element.get("key", "")] = element.get("value", "")
        elif tag == "event":
            position += 1
            yield LogRow(position, case | fields)
            fields = {}
        elif tag == "trace":
            case = {}
        if open_elements:
            # What was read is let go at once: a log need not fit into memory.
            open_elements[-1].remove(element)
