"""The mapping: what says which row of a log means which events."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Final

from stream.feeds.replay.changes import Watched
from stream.feeds.replay.data_values import read_template
from stream.feeds.replay.explosion import read_explode
from stream.feeds.replay.failure import ReplayError
from stream.feeds.replay.log_format import LogFormat, read_log_format, read_time_format
from stream.feeds.replay.lookups import Lookup, read_lookups
from stream.feeds.replay.nulls import Nulls, read_nulls
from stream.feeds.replay.number_spelling import NumberSpelling
from stream.feeds.replay.rules import Rule, RuleDefaults, read_rule
from stream.feeds.replay.sequences import EqualTimes, read_equal_times
from stream.feeds.replay.templates import Template
from stream.feeds.replay.times import TimeFormat
from stream.feeds.replay.toml_table import TomlTable

_ORDERS: Final = ("time", "file")
_SHIPPED: Final = files("stream.feeds") / "mappings"


@dataclass(frozen=True, slots=True)
class Mapping:
    """A validated mapping.

    ``source`` is the CloudEvents source of all events; ``subject``, ``time`` and ``id`` are what a rule uses
    that has none of its own; without ``id``, ids come from the row's position and content. ``first_by`` says
    what the first row of a subject is: the earliest (``time``) or the one that comes first (``file``).
    ``explode`` are the paths of the lists in a JSON record that make a row for each of their elements.
    """

    file: str
    description: str
    source: str
    format: LogFormat
    nulls: Nulls
    explode: tuple[str, ...]
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
    return _read_mapping(TomlTable.read(_found(Path(path)), str(path)), str(path))


def _found(given: Path) -> Path | Traversable:
    if given.suffix or len(given.parts) != 1 or given.is_file():
        return given
    if given.name not in shipped_mappings():
        known = ", ".join(shipped_mappings())
        raise ReplayError(f"{given}: no such mapping; give the path of a .toml file, or one of {known}")
    return _SHIPPED / f"{given.name}.toml"


def _read_mapping(table: TomlTable, file: str) -> Mapping:
    # The keys of the top come first: a table that holds one of them says so.
    description, source = table.text("description", ""), table.text("source")
    first_by = table.choice("first_by", _ORDERS, "time")
    nulls = read_nulls(table)
    subject = read_template(table, "subject")
    identifier = read_template(table, "id") if table.has("id") else None
    equal_times = read_equal_times(table, exploded=table.has("explode"), first_by=first_by)
    log_format = read_log_format(table.table("format", required=True))
    time = table.table("time", required=True)
    numbers = NumberSpelling(log_format.thousands)
    defaults = RuleDefaults(read_template(time, "value"), read_time_format(time), time, nulls, numbers)
    time.finish()
    mapping = Mapping(
        file=file,
        description=description,
        source=source,
        format=log_format,
        nulls=nulls,
        explode=read_explode(table, log_format.kind),
        lookups=read_lookups(table, Path(file).parent),
        time=defaults.time,
        time_format=defaults.time_format,
        subject=subject,
        id=identifier,
        first_by=first_by,
        equal_times=equal_times,
        rules=tuple(read_rule(rule, defaults) for rule in table.tables("rule")),
    )
    table.finish()
    if not mapping.source:
        table.fail("source", 'must not be empty; it names where the events come from, such as "/logs/helpdesk"')
    return mapping
