"""What tells the events of a log apart, in one replay and from one to the next."""

from __future__ import annotations

from collections import Counter
from hashlib import blake2b

from stream.feeds.replay.event_types import EventType
from stream.feeds.replay.filling import filled
from stream.feeds.replay.mapping import Mapping
from stream.feeds.replay.quoting import not_text
from stream.feeds.replay.rows import POSITION, LogRow
from stream.feeds.replay.templates import Template


class EventIds:
    """Makes the ids of the events of one log, row by row.

    An id is a stem, which comes from a template or from the row's place and content, and the type of the event.
    """

    def __init__(self, mapping: Mapping) -> None:
        self._id = mapping.id
        self._looked_up = tuple(lookup.prefix for lookup in mapping.lookups)
        paths = mapping.explode
        self._lists = tuple(path for path in paths if not any(other.startswith(f"{path}.") for other in paths))
        self._made: Counter[str] = Counter()
        self._stem = ""
        self._row = 0
        self._rows: set[int] = set()

    def begin(self, row: LogRow) -> bool:
        """Turn to the next row; whether it repeats one that was kept, its id as well as all else in it."""
        self._made.clear()
        self._stem = ""
        self._row = 0
        if self._id is None or self._id.missing(row.fields) is not None:
            return False
        content = frozenset(pair for pair in row.fields.items() if pair[0] != POSITION)
        self._row = hash((self._of_template(self._id, row, row.fields), content))
        return self._row in self._rows

    def keep(self) -> None:
        """Note that the row made events: another one like it is a repetition."""
        if self._row:
            self._rows.add(self._row)

    def make(self, template: Template | None, row: LogRow, fields: dict[str, str], kind: EventType, label: str) -> str:
        """The id of an event of a row, which no other event of the row has.

        ``fields`` are what the rule is applied to, and ``label`` the column that it is about, if it is for several.
        Raises ``ValueError`` when a column of the template is empty, or the row is not text.
        """
        stem = self._from_content(row) if template is None else self._of_template(template, row, fields)
        identifier = f"{stem}:{kind.short_name}[{label}]" if label else f"{stem}:{kind.short_name}"
        self._made[identifier] += 1
        same = self._made[identifier]
        return f"{identifier}:{same}" if same > 1 else identifier

    def _of_template(self, template: Template, row: LogRow, fields: dict[str, str]) -> str:
        stem = filled(template, fields, "id")
        return stem if not row.part or self._tells_elements(template) else f"{stem}.{row.part}"

    def _tells_elements(self, template: Template) -> bool:
        """Whether the rows that were made of one record differ in it."""
        return f"{{{POSITION}}}" in template.text or any(
            column == path or column.startswith(f"{path}.") for column in template.columns for path in self._lists
        )

    def _from_content(self, row: LogRow) -> str:
        """What of a row tells its events from all others: its place and what the log itself says in it."""
        if not self._stem:
            values = row.fields.items()
            own = (
                (column, value)
                for column, value in values
                if not (self._looked_up and column.startswith(self._looked_up))
            )
            content = "\x1e".join(f"{column}\x1f{value}" for column, value in (own if self._looked_up else values))
            try:
                encoded = content.encode()
            except UnicodeEncodeError as error:
                raise ValueError(not_text(row.fields)) from error
            self._stem = f"{row.place}-{blake2b(encoded, digest_size=8).hexdigest()}"
        return self._stem
