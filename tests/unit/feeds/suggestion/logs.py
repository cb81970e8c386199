"""A log as a text, what is suggested for it, and what that makes of it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import orjson

from stream.feeds.replay import ReplayReport, load_mapping, read_events
from stream.feeds.suggestion import Choices, Suggestion, suggest


def table(header: Iterable[str], rows: Iterable[Iterable[object]], delimiter: str = ",") -> str:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows([list(header), *map(list, rows)])
    return text.getvalue()


class Log:
    """A log, what is suggested for it, and what that makes of it."""

    def __init__(self, path: Path, choices: Choices | None = None) -> None:
        self.path = path
        self.suggestion: Suggestion = suggest(path, choices or Choices())
        self.report = ReplayReport()

    @property
    def text(self) -> str:
        return self.suggestion.text

    def events(self, kind: str = "") -> list[dict[str, Any]]:
        self.report = ReplayReport()
        mapping = self.path.with_name("suggested.toml")
        mapping.write_text(self.suggestion.text, "utf-8")
        made = [orjson.loads(event.value) for event in read_events(self.path, load_mapping(mapping), self.report)]
        return [event for event in made if kind in event["type"]]

    def types(self) -> dict[str, int]:
        self.events()
        assert self.report.is_complete
        return {name.removeprefix("helpdesk.").removesuffix(".v1"): n for name, n in self.report.events.items()}


def log_of(folder: Path, content: str | bytes, name: str = "log.csv", choices: Choices | None = None) -> Log:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return Log(path, choices)
