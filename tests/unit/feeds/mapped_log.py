"""A log and a mapping in a folder, and what becomes of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson

from stream.feeds.replay import Mapping, ReplayReport, load_mapping, read_events


class MappedLog:
    """Replays logs in a folder; ``report`` and ``events`` are those of the last one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.report = ReplayReport()
        self.events: list[dict[str, Any]] = []

    def mapping(self, rules: str, *, top: str = "", kind: str = "csv", time: str = "") -> Mapping:
        """A mapping whose log has the columns id and time; ``top`` and ``time`` are further keys."""
        path = self.folder / "mapping.toml"
        path.write_text(
            f'source = "/logs/test"\nsubject = "{{id}}"\n{top}\n[format]\nkind = "{kind}"\n'
            f'[time]\nvalue = "{{time}}"\n{time}\n{rules}\n'
        )
        return load_mapping(path)

    def replay(self, log: str, rules: str, **more: str) -> list[dict[str, Any]]:
        """The events of a log."""
        mapping = self.mapping(rules, **more)
        (self.folder / "log").write_text(log)
        self.report = ReplayReport()
        self.events = [orjson.loads(event.value) for event in read_events(self.folder / "log", mapping, self.report)]
        return self.events

    def rejected(self) -> list[str]:
        """Why rows were rejected."""
        return [example.reason for example in self.report.rejected_examples]


def short(events: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """Subjects and kinds of events."""
    return [(event["subject"], event["type"].split(".")[2]) for event in events]
