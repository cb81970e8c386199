"""The mapping: what says which row of a log means which events."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Final

from stream.feeds.replay.changes import Watched
from stream.feeds.replay.conditions import conditions_of
from stream.feeds.replay.episodes import Episodes
from stream.feeds.replay.failure import ReplayError
from stream.feeds.replay.language.mapping_table import MappingTable
from stream.feeds.replay.language.reading import read_mapping_table
from stream.feeds.replay.log_format import LogFormat
from stream.feeds.replay.lookups import Lookup, lookups_of
from stream.feeds.replay.nulls import Nulls
from stream.feeds.replay.number_spelling import NumberSpelling
from stream.feeds.replay.rules import Rule, RuleDefaults, rule_of
from stream.feeds.replay.sequences import EqualTimes
from stream.feeds.replay.templates import Template
from stream.feeds.replay.times import TimeFormat

_SHIPPED: Final = files("stream.feeds") / "mappings"


@dataclass(frozen=True, slots=True)
class Mapping:
    """A validated mapping.

    ``source`` is the CloudEvents source of all events; ``subject``, ``time`` and ``id`` are what a rule uses
    that has none of its own; without ``id``, ids come from the row's position and content. ``first_by`` says
    what the first row of a subject is: the earliest (``time``) or the one that comes first (``file``).
    ``explode`` are the paths of the lists in a JSON record that make a row for each of their elements. ``episodes``
    tells the returns of a subject apart.
    """

    file: str
    description: str
    source: str
    format: LogFormat
    nulls: Nulls
    explode: tuple[str, ...]
    episodes: Episodes | None
    lookups: tuple[Lookup, ...]
    time: Template
    time_format: TimeFormat
    subject: Template
    id: Template | None
    first_by: str
    equal_times: EqualTimes
    rules: tuple[Rule, ...]

    @property
    def needs_first_rows(self) -> bool:
        """Whether the earliest row of each subject must be known before the first row is mapped."""
        return self.first_by == "time" and any(rule.first_of_subject is not None for rule in self.rules)

    @property
    def watched_columns(self) -> tuple[Watched, ...]:
        """The columns whose changes from row to row must be known."""
        return tuple(dict.fromkeys(watched for rule in self.rules for watched in rule.watched_columns))

    def columns(self) -> dict[str, str]:
        """The columns that the mapping reads, each with the first place in the file that names it."""
        places: dict[str, str] = {}
        templates = [(self.subject, "subject"), (self.time, "time.value"), (self.id, "id")]
        templates += [(self.equal_times.template, "sequence")]
        templates += [(lookup.value, f"{lookup.place}.{lookup.value_key}") for lookup in self.lookups]
        for template, place in templates:
            for column in template.columns if template else ():
                places.setdefault(column, place)
        for column, place in self.episodes.columns() if self.episodes else ():
            places.setdefault(column, place)
        for rule in self.rules:
            for column, place in rule.columns():
                places.setdefault(column, place)
        return places


def shipped_mappings() -> tuple[str, ...]:
    """The names of the mappings that come with the product."""
    return tuple(sorted(entry.name.removesuffix(".toml") for entry in _SHIPPED.iterdir() if ".toml" in entry.name))


def load_mapping(path: str | Path) -> Mapping:
    """Read a mapping from a file, or the one that comes with the product under a bare name.

    Raises ``ReplayError`` with one line that names the file, the key and what would be right.
    """
    return _mapping_of(read_mapping_table(_found(Path(path)), str(path)), str(path))


def _found(given: Path) -> Path | Traversable:
    if given.suffix or len(given.parts) != 1 or given.is_file():
        return given
    if given.name not in shipped_mappings():
        known = ", ".join(shipped_mappings())
        raise ReplayError(f"{given}: no such mapping; give the path of a .toml file, or one of {known}")
    return _SHIPPED / f"{given.name}.toml"


def _mapping_of(table: MappingTable, file: str) -> Mapping:
    log_format, time_format = table.format.log_format(), table.time.time_format()
    defaults = RuleDefaults(table.time, time_format, table.null, NumberSpelling(log_format.thousands))
    return Mapping(
        file=file,
        description=table.description,
        source=table.source,
        format=log_format,
        nulls=table.null,
        explode=table.explode,
        episodes=_episodes_of(table, defaults),
        lookups=lookups_of(table.lookup, Path(file).parent),
        time=table.time.value,
        time_format=time_format,
        subject=table.subject,
        id=table.id,
        first_by=table.first_by,
        equal_times=EqualTimes(table.equal_times or "file", table.sequence, exploded=bool(table.explode)),
        rules=tuple(rule_of(rule, f"rule {number}", defaults) for number, rule in enumerate(table.rule, 1)),
    )


def _episodes_of(table: MappingTable, defaults: RuleDefaults) -> Episodes | None:
    if table.episode is None:
        return None
    begins = conditions_of(table.episode.begins, "episode.begins", defaults.time_format, defaults.numbers)
    return Episodes(table.subject, begins)
