"""From a row of a log to the events that it means."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Final, NamedTuple

import orjson

from stream.feeds.replay.first_rows import FirstRows
from stream.feeds.replay.local_times import LocalTimeError
from stream.feeds.replay.mapping import Mapping
from stream.feeds.replay.row_times import RowTimes
from stream.feeds.replay.rows import POSITION, Row
from stream.feeds.replay.rules import Making
from stream.feeds.replay.templates import Template
from stream.feeds.replay.times import EPOCH, MICROSECOND, parse_duration

_EARLIEST: Final = datetime(1990, 1, 1, tzinfo=UTC)


class ReplayedEvent(NamedTuple):
    """A record to publish: ``value`` is a CloudEvent in JSON, ``key`` its subject.

    ``time`` is when it happened, in whole microseconds since the Unix epoch.
    """

    topic: str
    key: bytes
    value: bytes
    time: int


class MadeEvent(NamedTuple):
    """An event, its type, and its id if the mapping and not the row's place in the file says what that is."""

    type: str
    record: ReplayedEvent
    given_id: str | None


@dataclass(slots=True)
class Outcome:
    """What became of a row: its events or, without any, why it was skipped, or neither if no rule is for it."""

    events: list[MadeEvent] = field(default_factory=list)
    skipped: str = ""


class RowMapper:
    """Maps the rows of one log, in the order of the file. ``latest`` is the last moment that an event may have."""

    def __init__(self, mapping: Mapping, first_rows: FirstRows, times: RowTimes, latest: datetime) -> None:
        self._mapping = mapping
        self._first_rows = first_rows
        self._times = times
        self._subject = ""
        self._row_times: dict[str, datetime] = {}
        self._latest = latest
        self._met: dict[tuple[str, ...], set[tuple[str, ...]]] = {
            rule.once_per: set() for rule in mapping.rules if rule.once_per
        }
        self._contents: dict[int, int] = {}

    def map(self, row: Row) -> Outcome:
        """Make the row's events; raises ``ValueError`` with the reason when a value of it does not fit.

        A row makes all of its events or none. One that does not fit counts for nothing: where a rule asks for
        a first row, in the order of the file, the next one takes its place.
        """
        if row.problem is not None:
            raise ValueError(row.problem)
        row.fields[POSITION] = str(row.position)
        subject = _filled(self._mapping.subject, row.fields, "subject")
        self._row_times = {}
        self._subject = subject
        if self._times.order_tells:
            with suppress(ValueError):  # a rule that needs the time meets the error again
                self._read_time(self._mapping.time, row, [])
        outcome = self._apply_rules(row, is_first=self._first_rows.is_first(subject, row.position))
        if not outcome.events and not outcome.skipped:
            # A row that no rule is for may only seem so: without a time it is nobody's first.
            self._read_time(self._mapping.time, row, [])
        made = len(outcome.events)
        outcome.events = self._unseen(outcome.events)
        if made and not outcome.events:
            outcome.skipped = "an earlier row made the same event"
        self._first_rows.met(subject)
        for columns, met in self._met.items():
            met.add(_values(row, columns))
        return outcome

    def _apply_rules(self, row: Row, *, is_first: bool) -> Outcome:
        outcome = Outcome()
        for rule in self._mapping.rules:
            if rule.first_of_subject not in {None, is_first} or not rule.applies(row):
                continue
            if rule.once_per and _values(row, rule.once_per) in self._met[rule.once_per]:
                outcome.skipped = outcome.skipped or f"same {', '.join(rule.once_per)} as an earlier row"
            elif rule.making is None:
                outcome.skipped = outcome.skipped or rule.skip
                break
            else:
                outcome.events.append(self._make(rule.making, row, outcome.events))
        return outcome

    def _make(self, making: Making, row: Row, before: list[MadeEvent]) -> MadeEvent:
        mapping, kind = self._mapping, making.event
        subject = _filled(making.subject or mapping.subject, row.fields, "subject")
        time = self._time(making, row, before)
        data: dict[str, object] = {}
        for value in making.data:
            value.put(data, row.fields)
        same = sum(event.type == kind.name for event in before)
        template = making.id or mapping.id
        stem = _from_content(row) if template is None else _filled(template, row.fields, "id")
        identifier = f"{stem}:{kind.short_name}" + (f":{same + 1}" if same else "")
        event = {
            "specversion": "1.0",
            "id": identifier,
            "source": mapping.source,
            "type": kind.name,
            "subject": subject,
            "time": time,
            "datacontenttype": "application/json",
            "data": data,
        }
        try:
            record = orjson.dumps(event, option=orjson.OPT_UTC_Z)
        except orjson.JSONEncodeError as error:
            raise ValueError(f"not text: {error}") from error
        kind.check(record)
        replayed = ReplayedEvent(kind.topic, subject.encode(), record, (time - EPOCH) // MICROSECOND)
        return MadeEvent(kind.name, replayed, identifier if template else None)

    def _time(self, making: Making, row: Row, before: list[MadeEvent]) -> datetime:
        time = self._read_time(making.time or self._mapping.time, row, before)
        for template in making.after:
            time += parse_duration(_filled(template, row.fields, "after"))
        return time

    def _read_time(self, template: Template, row: Row, before: list[MadeEvent]) -> datetime:
        time = self._row_times.get(template.text)
        if time is not None:
            return time
        text = template.render(row.fields)
        not_before = EPOCH + before[-1].record.time * MICROSECOND if before else None
        try:
            time = self._times.read(text, template.text, self._subject, not_before)
        except LocalTimeError as error:
            raise ValueError(f"time: {text!r} cannot be read: {error}") from error
        except (ValueError, OverflowError) as error:
            spelling = self._mapping.time_format.spelling
            raise ValueError(f"time: {text!r} is not a time in the format {spelling}") from error
        if not _EARLIEST <= time <= self._latest:
            raise ValueError(f"time: {text!r} lies before 1990 or in the future")
        self._row_times[template.text] = time
        return time

    def _unseen(self, events: list[MadeEvent]) -> list[MadeEvent]:
        """Drop the events that an earlier row made already; a log may hold what was delivered twice."""
        unseen = []
        for event in events:
            if event.given_id is not None:
                known = self._contents.get(hash(event.given_id))
                if known is not None and known != hash(event.record.value):
                    raise ValueError(f"id: {event.given_id!r} is that of another event of an earlier row")
                if known is not None:
                    continue
            unseen.append(event)
        self._contents.update(
            {hash(event.given_id): hash(event.record.value) for event in unseen if event.given_id is not None}
        )
        return unseen


def _filled(template: Template, fields: dict[str, str], name: str) -> str:
    missing = template.missing(fields)
    if missing is not None:
        raise ValueError(f"{name}: the column {missing!r} is empty")
    return template.render(fields)


def _values(row: Row, columns: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(row.fields.get(column, "") for column in columns)


def _from_content(row: Row) -> str:
    content = "\x1e".join(f"{column}\x1f{value}" for column, value in row.fields.items())
    return f"{row.position}-{blake2b(content.encode(), digest_size=8).hexdigest()}"
