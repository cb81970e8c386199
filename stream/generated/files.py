"""Every generated file: schemas, what `deploy` has for monitoring, manifests, and the tables in the documentation."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Final

from schemas.asyncapi import EventsByTopic, events_of
from schemas.files import schema_files
from stream.desks.kinds import KINDS, SOURCE_TOPICS
from stream.feeds.replay.language.data_tables import FieldTable
from stream.feeds.replay.language.format_tables import FORMAT_TABLES
from stream.feeds.replay.language.mapping_table import EpisodeTable, LookupTable, MappingTable
from stream.feeds.replay.language.rule_tables import EventRuleTable, ExplodeTable, SkipRuleTable
from stream.feeds.replay.language.time_tables import TimeTable
from stream.feeds.replay.language.when_tables import ColumnTests
from stream.generated.kubernetes import kubernetes_files
from stream.generated.tables import alerts_table, events_table, mapping_table, metrics_table, settings_table
from stream.monitoring.dashboards.dashboard_files import dashboard_files, provisioning_files
from stream.monitoring.exported_files import DASHBOARDS, RULES, RUNBOOKS, TEMPLATES, monitoring_files, within
from stream.monitoring.rule_files import generated_note
from stream.monitoring.rules import Links
from stream.settings.monitoring import MonitoringSettings

READ: Final[EventsByTopic] = {kind.topic: kind.events for kind in KINDS}
"""The events of each topic that deskpulse reads."""

PUBLISHED: Final[EventsByTopic] = {topic: events for kind in KINDS for topic, events in kind.published.items()}
"""The events of each topic that deskpulse writes for others."""

TABLES: Final[Mapping[str, Mapping[str, Callable[[], str]]]] = {
    "schemas/README.md": {"events": partial(events_table, events_of(READ, PUBLISHED))},
    "stream/metrics/README.md": {"metrics": metrics_table},
    "stream/settings/README.md": {"settings": settings_table},
    "deploy/README.md": {"alerts": alerts_table},
    "stream/feeds/mappings/README.md": {
        "file": partial(mapping_table, MappingTable),
        "format": partial(mapping_table, *FORMAT_TABLES.values()),
        "time": partial(mapping_table, TimeTable),
        "episode": partial(mapping_table, EpisodeTable),
        "lookup": partial(mapping_table, LookupTable),
        "rule": partial(mapping_table, EventRuleTable, SkipRuleTable),
        "when": partial(mapping_table, ColumnTests, head="test", says="holds if the column"),
        "explode": partial(mapping_table, ExplodeTable),
        "data": partial(mapping_table, FieldTable),
        "events": partial(events_table, events_of(READ, {})),
    },
}
"""What makes the tables of each page, by the names in their markers."""

FOLDERS: Final = (
    "schemas/json",
    "schemas/examples",
    *(f"deploy/{folder}" for folder in (RULES, RUNBOOKS, TEMPLATES, DASHBOARDS)),
    "deploy/grafana/provisioning/dashboards",
    "deploy/grafana/provisioning/datasources",
)
"""Folders that hold nothing but generated files."""

_COMMAND: Final = "make generate"


def generated(root: Path) -> dict[str, str]:
    """The text of every generated file by its path below ``root``, the folder of the repository.

    Raises ``FileNotFoundError`` for a page of the documentation that is missing, ``ValueError`` for one without the
    markers of its tables.
    """
    version = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    files = {f"schemas/{path}": text for path, text in schema_files(version, READ, PUBLISHED).items()}
    thresholds = MonitoringSettings()
    monitoring = within(DASHBOARDS, dashboard_files(thresholds))
    monitoring |= monitoring_files(Links(), thresholds, _COMMAND, handbook="../README.md")
    files |= {f"deploy/{path}": text for path, text in monitoring.items()}
    provisioning = provisioning_files(f"# {generated_note(_COMMAND)}\n")
    files |= {f"deploy/grafana/provisioning/{path}": text for path, text in provisioning.items()}
    for path, tables in TABLES.items():
        page = (root / path).read_text("utf-8")
        try:
            for name, table in tables.items():
                page = with_table(page, name, table())
        except ValueError as error:
            raise ValueError(f"{path}: {error}") from None
        files[path] = page
    return files | kubernetes_files(
        {path: text for path, text in files.items() if path.startswith(f"deploy/{RULES}/")},
        [path for path in files if path.startswith(f"deploy/{DASHBOARDS}/")],
        SOURCE_TOPICS,
    )


def with_table(page: str, name: str, table: str) -> str:
    """The page with the table between its markers made anew. Raises ``ValueError`` unless it has them exactly once."""
    begin, end = f"<!-- {name}: generated -->", f"<!-- /{name} -->"
    blocks = re.findall(f"{re.escape(begin)}.*?{re.escape(end)}", page, re.DOTALL)
    if len(blocks) != 1:
        raise ValueError(f"there must be one block {begin} … {end}, not {len(blocks)}")
    return page.replace(blocks[0], f"{begin}\n{table}\n{end}")


def stale(root: Path, files: Mapping[str, str]) -> list[str]:
    """The paths of files that are missing, differ from ``files`` or should not be there, in order."""
    differing = {path for path, text in files.items() if not _holds(root / path, text)}
    present = {path.relative_to(root).as_posix() for folder in FOLDERS for path in (root / folder).glob("*")}
    return sorted(differing | (present - files.keys()))


def write(root: Path, files: Mapping[str, str]) -> list[str]:
    """Write the files that are stale, remove those that should not be there; the paths of both, in order."""
    changed = stale(root, files)
    for name in changed:
        path = root / name
        if (text := files.get(name)) is None:
            path.unlink()
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8", newline="\n")
    return changed


def _holds(path: Path, text: str) -> bool:
    return path.is_file() and path.read_bytes() == text.encode("utf-8")
