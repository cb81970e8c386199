"""From a row of a log to the events that it means."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, NamedTuple

import orjson

from stream.feeds.replay.changes import Watched
from stream.feeds.replay.data_values import DataValue
from stream.feeds.replay.event_ids import EventIds
from stream.feeds.replay.event_types import UPDATED
from stream.feeds.replay.filling import filled
from stream.feeds.replay.first_rows import Survey
from stream.feeds.replay.mapping import Mapping
from stream.feeds.replay.mapping_use import MappingUse
from stream.feeds.replay.moments import Moments
from stream.feeds.replay.quoting import not_text, quoted
from stream.feeds.replay.rows import POSITION, LogRow
from stream.feeds.replay.rules import Making, Rule
from stream.feeds.replay.times import EPOCH, MICROSECOND

_REPEATED: Final = "an earlier row made the same event"


class ReplayedEvent(NamedTuple):
    """A record to publish: ``value`` is a CloudEvent in JSON, ``key`` its subject.

    ``time`` is when it happened, in whole microseconds since the Unix epoch.
    """

    topic: str
    key: bytes
    value: bytes
    time: int


class MadeEvent(NamedTuple):
    """An event, its type, and what tells it from others.

    ``label`` is the column that it is about, if its rule is for several. ``given_id`` is its id if the mapping and
    not the row's place in the file says what that is. ``content`` is all of it but its place among equal times.
    ``rule`` is the index of its rule, if somebody asks.
    """

    type: str
    label: str
    record: ReplayedEvent
    given_id: str | None
    content: bytes
    rule: int = 0


@dataclass(slots=True)
class Outcome:
    """What became of a row: its events or, without any, why it was skipped, or neither if no rule is for it.

    ``is_on_purpose`` says that a rule skips such rows, and not just all that are left.
    """

    events: list[MadeEvent] = field(default_factory=list)
    skipped: str = ""
    is_on_purpose: bool = False


class RowMapper:
    """Maps the rows of one log, in the order of the file.

    ``moments`` reads the times of the rows; ``use`` counts how the rows use the mapping.
    """

    def __init__(self, mapping: Mapping, survey: Survey, moments: Moments, use: MappingUse | None = None) -> None:
        self._mapping = mapping
        self._first_rows = survey.first_rows
        self._changes = survey.changes
        self._moments = moments
        self._use = use
        self._end = mapping.equal_times.attributes()
        self._ids = EventIds(mapping)
        self._met: dict[tuple[str, ...], set[tuple[str, ...]]] = {
            rule.once_per: set() for rule in mapping.rules if rule.once_per
        }
        self._made: set[tuple[tuple[str, ...], tuple[str, ...]]] = set()
        self._contents: dict[int, int] = {}
        self._ordinal = -1
        self._subject = ""

    def map(self, row: LogRow) -> Outcome:
        """Make the row's events; raises ``ValueError`` with the reason when a value of it does not fit.

        A row makes all of its events or none. One that does not fit counts for nothing: the next row of its subject
        in the file takes its place where a rule asks for a first row or for changes.
        """
        self._ordinal += 1
        if row.problem is not None:
            raise ValueError(row.problem)
        row.fields[POSITION] = row.place
        if self._use is not None:
            self._use.row(row.fields)
        try:
            subject = filled(self._mapping.subject, row.fields, "subject")
        except ValueError:
            skipped = self._skipped_at_once(row)
            if skipped is None:
                raise
            return skipped
        try:
            outcome = self._of_subject(row, subject)
        except ValueError:
            self._first_rows.reject(subject, self._ordinal)
            if self._changes is not None:
                self._changes.reject(subject, self._ordinal)
            raise
        if self._use is not None:
            self._note_use(self._use, row, outcome)
        return outcome

    def fits_as_first(self, row: LogRow, subject: str) -> bool:
        """Whether a row could be the first of its subject, as far as it alone can tell; it is not mapped by this."""
        row.fields[POSITION] = row.place
        self._made.clear()
        self._subject = subject
        self._ids.begin(row)
        try:
            self._apply_rules(row, is_first=True)
        except ValueError:
            return False
        return True

    def _of_subject(self, row: LogRow, subject: str) -> Outcome:
        self._moments.begin(subject)
        self._moments.pass_by(row.fields)
        self._made.clear()
        self._subject = subject
        if self._ids.begin(row):
            return Outcome(skipped=_REPEATED)
        outcome = self._apply_rules(row, is_first=self._first_rows.is_first(subject, self._ordinal))
        if not outcome.events and not outcome.skipped:
            # A row that no rule is for may only seem so: without a place in time it is nobody's first.
            self._require_place_in_time(row)
        made = len(outcome.events)
        outcome.events = self._unseen(outcome.events)
        if made and not outcome.events:
            outcome.skipped = _REPEATED
        if made:
            self._ids.keep()
        self._first_rows.met(subject)
        if self._changes is not None:
            self._changes.met(subject, row.fields)
        for columns, values in self._met.items():
            values.add(_values(row.fields, columns))
        for columns, value in self._made:
            self._met[columns].add(value)
        return outcome

    @staticmethod
    def _note_use(use: MappingUse, row: LogRow, outcome: Outcome) -> None:
        if outcome.is_on_purpose and not outcome.events:
            use.skipped_on_purpose(row.fields)
        for event in outcome.events:
            use.made(event.rule, event.record.value)

    def _skipped_at_once(self, row: LogRow) -> Outcome | None:
        """What becomes of a row without a subject that one of the first rules skips, such as a total."""
        for index, rule in enumerate(self._mapping.rules):
            if rule.making is not None or not rule.is_for_conditions_alone:
                break
            if rule.applies(row.fields):
                if self._use is not None:
                    self._use.fit(index)
                    self._use.skipped_on_purpose(row.fields)
                return Outcome(skipped=rule.skip, is_on_purpose=True)
        return None

    def _apply_rules(self, row: LogRow, *, is_first: bool) -> Outcome:
        outcome = Outcome()
        for index, rule in enumerate(self._mapping.rules):
            if rule.first_of_subject not in {None, is_first}:
                continue
            if rule.expansion is None:
                if rule.applies(row.fields) and self._apply(rule, index, row, row.fields, "", outcome):
                    break
                continue
            is_empty = True
            for label, fields in rule.expansion.of(row.fields):
                is_empty = False
                if self._use is not None:
                    self._use.instance(index, fields)
                if rule.applies(fields):
                    self._apply(rule, index, row, fields, label, outcome)
            if is_empty and rule.applies_to_row(row.fields):
                outcome.skipped = outcome.skipped or f"no value for {rule.place}"
        return outcome

    def _apply(self, rule: Rule, index: int, row: LogRow, fields: dict[str, str], label: str, outcome: Outcome) -> bool:
        """Make the event of a rule that is for a row; whether the rule ends the row."""
        if rule.when_changed and not rule.when_changed & self._changed(row):
            outcome.skipped = outcome.skipped or _unchanged(rule, fields)
            return False
        if self._use is not None:
            self._use.fit(index)
        if rule.once_per and self._has_met(rule.once_per, fields):
            outcome.skipped = outcome.skipped or f"same {', '.join(rule.once_per)} as an earlier row"
        elif rule.making is None:
            outcome.skipped, outcome.is_on_purpose = rule.skip, not rule.is_for_all_rows
            return True
        elif (rule.making.needs_time or rule.making.needs_offsets) and rule.making.is_without_time(fields):
            outcome.skipped = outcome.skipped or f"no time for {rule.place}"
        else:
            event = self._make(rule.making, row, fields, label, outcome.events)
            if event is not None:
                outcome.events.append(event if self._use is None else event._replace(rule=index))
                if rule.expansion is not None and any(map(rule.expansion.provides, rule.once_per)):
                    self._made.add((rule.once_per, _values(fields, rule.once_per)))
            else:
                nothing = "nothing changed" if rule.making.changed_only else "nothing to set"
                outcome.skipped = outcome.skipped or f"{nothing} for {rule.place}"
        return False

    def _make(
        self, making: Making, row: LogRow, fields: dict[str, str], label: str, before: list[MadeEvent]
    ) -> MadeEvent | None:
        mapping, kind = self._mapping, making.event
        subject = filled(making.subject or mapping.subject, fields, "subject")
        not_before = EPOCH + before[-1].record.time * MICROSECOND if before else None
        time = self._time(making, fields, label, not_before)
        for offset in making.offsets:
            time = offset.applied(time, fields)
        data: dict[str, object] = {}
        for value in self._changed_values(making, row) if making.changed_only else making.data:
            value.put(data, fields)
        if not data and kind.name == UPDATED:
            return None
        template = making.id or mapping.id
        identifier = self._ids.make(template, row, fields, kind, label)
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
            content = orjson.dumps(event, option=orjson.OPT_UTC_Z)
        except orjson.JSONEncodeError as error:
            raise ValueError(not_text(fields)) from error
        record = content[:-1] + self._end(row)
        kind.check(record)
        replayed = ReplayedEvent(kind.topic, subject.encode(), record, (time - EPOCH) // MICROSECOND)
        return MadeEvent(kind.name, label, replayed, identifier if template else None, content)

    def _time(self, making: Making, fields: dict[str, str], label: str, not_before: datetime | None) -> datetime:
        start = None
        if making.start is not None and not making.start.is_empty(fields):
            start = self._moments.read(making.start, making.time_format, fields)
            not_before = start if not_before is None else max(start, not_before)
        instance = label if making.has_time_of_instance else ""
        time = self._moments.read(making.time, making.time_format, fields, instance, not_before)
        return making.time_format.next_day(time) if start is not None and time < start else time

    def _has_met(self, columns: tuple[str, ...], fields: dict[str, str]) -> bool:
        values = _values(fields, columns)
        return values in self._met[columns] or (columns, values) in self._made

    def _changed(self, row: LogRow) -> frozenset[Watched]:
        changed = frozenset[Watched]()
        if self._changes is not None:
            changed = self._changes.of_row(self._ordinal, self._subject, row.fields)
        if not changed:
            # As above: nothing is known to have changed in a row without a place in time.
            self._require_place_in_time(row)
        return changed

    def _require_place_in_time(self, row: LogRow) -> None:
        self._moments.of_row(row.fields)
        self._end(row)

    def _changed_values(self, making: Making, row: LogRow) -> list[DataValue]:
        """The fields whose columns changed, and with them the constant ones; none if no column changed."""
        changed = {watched.column for watched in self._changed(row) if not watched.ignored}
        values = [
            value for value in making.data if value.template is None or not changed.isdisjoint(value.template.columns)
        ]
        return values if any(value.template is not None for value in values) else []

    def _unseen(self, events: list[MadeEvent]) -> list[MadeEvent]:
        """Drop the events that an earlier row made already; a log may hold what was delivered twice."""
        unseen = []
        for event in events:
            if event.given_id is not None:
                known = self._contents.get(hash(event.given_id))
                if known is not None and known != hash(event.content):
                    raise ValueError(f"id: {quoted(event.given_id)} is that of another event of an earlier row")
                if known is not None:
                    continue
            unseen.append(event)
        self._contents.update(
            {hash(event.given_id): hash(event.content) for event in unseen if event.given_id is not None}
        )
        return unseen


def _unchanged(rule: Rule, fields: dict[str, str]) -> str:
    ignored = [
        watched.column
        for watched in sorted(rule.when_changed)
        if watched.ignored and fields.get(watched.column, "").strip() in watched.ignored
    ]
    if ignored:
        return f"{', '.join(ignored)} in when_changed_ignore of {rule.place}"
    return f"same {', '.join(rule.changed_columns)} as the row before"


def _values(fields: dict[str, str], columns: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(fields.get(column, "") for column in columns)
