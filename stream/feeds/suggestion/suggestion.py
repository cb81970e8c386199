"""A mapping to start from, guessed from the first rows of a log."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from stream.feeds.suggestion.change_rules import changed_fields
from stream.feeds.suggestion.column_names import OPENED
from stream.feeds.suggestion.columns import Column, columns_of, nulls_in
from stream.feeds.suggestion.duration_rules import has_thousands
from stream.feeds.suggestion.field_changes import changes_in
from stream.feeds.suggestion.roles import Roles, roles_of
from stream.feeds.suggestion.row_order import order_lines
from stream.feeds.suggestion.rule_text import column_value
from stream.feeds.suggestion.rules import rules_of
from stream.feeds.suggestion.sample import Choices, Sample, take_sample
from stream.feeds.suggestion.side_by_side import Messages, messages_beside
from stream.feeds.suggestion.subjects import comes_again
from stream.feeds.suggestion.time_columns import TimeColumn
from stream.feeds.suggestion.toml_text import string, strings

_MOST_NAMES: Final = 40
_MOSTLY: Final = 0.995
_FEW: Final = 500


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A mapping as TOML, and ``warnings`` of what it could not find out; ``is_usable`` says whether it can be run."""

    text: str
    warnings: tuple[str, ...]
    is_usable: bool


def suggest(path: Path, choices: Choices) -> Suggestion:
    """Guess a mapping from the first rows of a file. Raises ``ReplayError`` when there are none to be read."""
    sample = take_sample(path, choices)
    nulls = nulls_in([*sample.rows, *sample.beside])
    columns = columns_of(sample.rows, nulls)
    happenings = sample.happenings[0] if sample.happenings else None
    roles = roles_of(columns, sample.rows, happenings)
    changes = changes_in(sample.rows[:_FEW]) if happenings is None and roles.repeats else None
    if happenings is not None:
        changes = happenings.changes
    changed = None if changes is None else changed_fields(changes, columns, sample.rows)
    messages = messages_beside(roles, sample.happenings[1], sample.beside, nulls) if sample.beside else None
    order = list(order_lines(roles, columns, sample.rows))
    warnings = list(_warnings(sample, roles))
    lines = [
        *_head(path, sample, warnings),
        *_top(path, roles, nulls),
        *_lists(sample, messages),
        *order,
        "",
        *_format(sample, columns),
        "",
        *_time(roles.main_time if messages is None else messages.opened),
        *(line for rule in rules_of(roles, columns, changed, messages) for line in ("", *rule.lines())),
        "",
        *_columns([*columns, *(messages.columns if messages is not None else ())]),
    ]
    return Suggestion("".join(f"{line}\n" for line in lines), tuple(warnings), roles.main_time is not None)


def _head(path: Path, sample: Sample, warnings: list[str]) -> Iterator[str]:
    rows = len(sample.rows) + len(sample.beside)
    looked_at = f"all {rows} rows" if sample.whole else f"the first {rows} rows"
    yield f"# A first guess from {looked_at} of {string(path.name)}."
    yield "# Read it, mend it, and see what it makes of the log:"
    yield "#   deskpulse replay LOG --mapping THIS_FILE --dry-run"
    for warning in warnings:
        yield f"# WARNING: {warning}"


def _warnings(sample: Sample, roles: Roles) -> Iterator[str]:
    yield from sample.notes
    if sample.unreadable:
        yield f"{sample.unreadable} of the rows looked at could not be cut into columns"
    if roles.main_time is None:
        yield "no column looks like a time: set time.value and time.format"
    elif roles.main_time.spelling.others:
        first, *others = roles.main_time.spelling.format, *roles.main_time.spelling.others
        yield (
            f"the times can be read as {string(first)} and as {' and as '.join(map(string, others))}, for no day is"
            " above 12: check time.format"
        )
    elif roles.main_time.spelling.share < _MOSTLY:
        share = roles.main_time.spelling.share
        yield f"only {share:.0%} of the times are spelled {string(roles.main_time.spelling.format)}"
    if roles.main_time is not None and not roles.repeats and len(roles.times) > 1:
        main = roles.main_time.column
        if not main.matches(OPENED):
            yield f"no time is named like an opening: tickets are opened at {string(main.name)}; check time.value"
    if roles.subject is None:
        yield "no column looks like the id of a ticket: each row is taken for one of its own; check subject"


def _top(path: Path, roles: Roles, nulls: tuple[str, ...]) -> Iterator[str]:
    yield "description = " + string(f"Suggested for {path.name}")
    yield "source = " + string("/logs/" + (path.name.partition(".")[0] or "log"))
    if roles.subject is None:
        yield f"subject = {string('row-{@position}')}"
    else:
        yield _subject(roles.subject)
        if roles.rival is not None:
            yield "# A close call: take this instead if it is the ticket's id:"
            yield f"# {_subject(roles.rival)}"
    if nulls:
        yield f"null = {strings(nulls)} # values that stand for none"


def _lists(sample: Sample, messages: Messages | None) -> Iterator[str]:
    if not sample.happenings:
        return
    taken, *others = sample.happenings
    paths = taken.paths
    if messages is not None:
        paths = (*messages.happenings.paths, *paths)
        others.remove(messages.happenings)
    listed = string(paths[0]) if len(paths) == 1 else strings(paths)
    yield f"explode = {listed} # a row for each element of {'these lists' if messages else 'this list'}"
    for other in others:
        yield f"# There is {string(other.path)} too: --explode {other.path} suggests a second mapping, for a replay"
        yield "# of its own, without what this one tells already, such as the opening."


def _subject(column: Column) -> str:
    several = "several rows each" if comes_again(column) else "one row each"
    return f"subject = {column_value(column.name)} # {len(column.counts)} of them, {several}"


def _format(sample: Sample, columns: list[Column]) -> Iterator[str]:
    log = sample.format
    yield "[format]"
    yield f"kind = {string(log.kind)}"
    if log.kind != "xes" and log.encoding != "utf-8":
        yield f"encoding = {string(log.encoding)}"
    if log.records:
        yield f"records = {string(log.records)} # the array of the records"
    if log.kind in {"csv", "tsv"}:
        if log.delimiter != {"csv": ",", "tsv": "\t"}[log.kind]:
            yield f"delimiter = {string(log.delimiter)}"
        if log.quote != '"':
            yield f"quote = {string(log.quote)}"
        if has_thousands(columns):
            yield 'thousands = ","'
        if log.skip_lines:
            yield f"skip_lines = {log.skip_lines} # lines above the {'rows' if log.columns else 'header'}"
        if log.columns:
            yield f"columns = {strings(log.columns)}"


def _time(main: TimeColumn | None) -> Iterator[str]:
    yield "[time]"
    if main is None:
        yield 'value = "{TIME}" # the column that holds the time'
        yield 'format = "iso" # or epoch, epoch_ms, or such as "%d/%m/%Y %H:%M"'
        yield 'zone = "UTC"'
        return
    spelling = main.spelling
    yield f"value = {string(main.template)}"
    yield f"format = {string(spelling.format)}"
    for other in spelling.others:
        yield f"# format = {string(other)}"
    if spelling.format not in {"epoch", "epoch_ms"} and "%z" not in spelling.format:
        yield 'zone = "UTC" # of times that name none: an IANA zone, such as "Europe/Rome"'


def _columns(columns: list[Column]) -> Iterator[str]:
    yield "# The columns, with how many values they have and the first of them:"
    for column in columns[:_MOST_NAMES]:
        shown = ", ".join(string(value[:40]) for value in list(column.counts)[:3]) or "all empty"
        yield f"#   {string(column.name)}: {len(column.counts)}: {shown}"
    if len(columns) > _MOST_NAMES:
        yield f"#   and {len(columns) - _MOST_NAMES} more"
