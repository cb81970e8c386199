"""How the rows of a log used a mapping: for whoever checks the mapping before a replay."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping as Fields
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from stream.feeds.replay.conditions import Condition
from stream.feeds.replay.mapping import Mapping
from stream.feeds.replay.quoting import encodable
from stream.feeds.replay.rules import Rule
from stream.feeds.replay.templates import Template

MOST_VALUES: Final = 1000
"""How many values of a column that the mapping does not name are counted one by one."""


class RuleUse(NamedTuple):
    """A rule: its place in the mapping, what it ``makes`` (a type of event, or ``skip`` and its reason).

    ``rows`` is how many rows it fitted, and with ``for_each`` or ``explode`` how many columns or elements of them.
    ``events`` is how many events it made.
    """

    place: str
    makes: str
    rows: int
    events: int


class ColumnUse(NamedTuple):
    """A column, or a template, whose values the mapping tells apart by ``when`` or ``map`` at ``places``.

    ``counts`` are the rows of each value, and ``unmatched`` those of its values that no ``when`` and no ``map`` of
    the mapping fits, the most frequent first. ``more`` rows have yet other values, which were too many to count
    one by one. ``never`` are the values that the mapping names and that no row has. ``is_of_log`` says that it is a
    column of the log, or of several, and not what a rule is applied to within a row; ``makes_events`` that a rule
    which makes an event looks at it, so that a value that none names may be one that was forgotten.

    Of rows that a rule skips, unless it skips all that is left, only the values that the mapping names are counted.
    """

    column: str
    places: tuple[str, ...]
    counts: dict[str, int]
    unmatched: tuple[tuple[str, int], ...]
    more: int
    never: tuple[str, ...]
    is_of_log: bool
    makes_events: bool


class MappingUse:
    """Counts along while rows are mapped; hand it to ``read_events``, and read it when the events were taken.

    ``read`` are the columns that the mapping reads, each with the first place that names it. Of the events of each
    rule, the first few are kept as ``examples``.
    """

    def __init__(self, mapping: Mapping, examples: int = 0) -> None:
        self.read: dict[str, str] = mapping.columns()
        self._rules = mapping.rules
        self._fitted = [0] * len(mapping.rules)
        self._made = [0] * len(mapping.rules)
        self._most_examples = examples
        self._examples: list[list[bytes]] = [[] for _ in mapping.rules]
        self._watched: dict[tuple[int, str], _Watched] = {}
        for number, rule in enumerate(mapping.rules):
            self._watch(number, rule)
        self._of_rows = [watched for (number, _), watched in self._watched.items() if number < 0]
        self._of_rules = {
            rule: [watched for (number, _), watched in self._watched.items() if number == rule]
            for rule in range(len(mapping.rules))
        }

    @property
    def rules(self) -> tuple[RuleUse, ...]:
        """The rules in their order."""
        counted = zip(self._rules, self._fitted, self._made, strict=True)
        return tuple(RuleUse(rule.place, _made(rule), rows, events) for rule, rows, events in counted)

    @property
    def examples(self) -> tuple[tuple[bytes, ...], ...]:
        """The first events of each rule, as JSON."""
        return tuple(map(tuple, self._examples))

    @property
    def columns(self) -> tuple[ColumnUse, ...]:
        """The columns whose values the mapping tells apart, in the order in which it names them."""
        return tuple(watched.use() for watched in self._watched.values())

    def row(self, fields: Fields[str, str]) -> None:
        """Count the values of a row."""
        for watched in self._of_rows:
            watched.count(fields)

    def skipped_on_purpose(self, fields: Fields[str, str]) -> None:
        """Take back the values of a row that was counted, for a rule says that such rows are of no interest."""
        for watched in self._of_rows:
            watched.take_back(fields)

    def instance(self, rule: int, fields: Fields[str, str]) -> None:
        """Count the values of one column of ``for_each``, or element of ``explode``, for the rule of that index."""
        for watched in self._of_rules[rule]:
            watched.count(fields)

    def fit(self, rule: int) -> None:
        """Count a row that the rule of that index fits."""
        self._fitted[rule] += 1

    def made(self, rule: int, event: bytes) -> None:
        """Take note of an event that the rule of that index made."""
        self._made[rule] += 1
        if len(self._examples[rule]) < self._most_examples:
            self._examples[rule].append(event)

    def _watch(self, number: int, rule: Rule) -> None:
        for condition in rule.conditions:
            if isinstance(condition, Condition) and (condition.listed or condition.is_pattern):
                watched = self._of(number, Template.of(condition.column), condition.column)
                watched.places.append(condition.place)
                watched.makes_events |= rule.making is not None
                watched.named.update(dict.fromkeys(condition.listed))
                if condition.is_pattern:
                    watched.tests.append(condition.fits)
        for value in rule.making.data if rule.making else ():
            if value.template is not None and value.mapped is not None:
                single = value.template.single
                watched = self._of(number, value.template, value.template.text if single is None else single)
                watched.places.append(f"{value.place}.map")
                watched.makes_events = True
                watched.named.update(dict.fromkeys(value.mapped))

    def _of(self, number: int, template: Template, name: str) -> _Watched:
        expansion = self._rules[number].expansion
        is_own = expansion is not None and any(expansion.provides(column) for column in template.columns)
        key = (number if is_own else -1, name)
        return self._watched.setdefault(key, _Watched(name, template, is_of_log=not is_own))


@dataclass(slots=True)
class _Watched:
    name: str
    template: Template
    is_of_log: bool
    makes_events: bool = False
    places: list[str] = field(default_factory=list)
    named: dict[str, None] = field(default_factory=dict)
    tests: list[Callable[[str], bool]] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    others: int = 0
    more: int = 0

    def count(self, fields: Fields[str, str]) -> None:
        value = self.template.render(fields)
        if value in self.counts:
            self.counts[value] += 1
        elif value in self.named:
            self.counts[value] = 1
        elif self.others < MOST_VALUES:
            self.others += 1
            self.counts[value] = 1
        else:
            self.more += 1

    def take_back(self, fields: Fields[str, str]) -> None:
        value = self.template.render(fields)
        if value in self.named:
            return
        if value not in self.counts:
            self.more -= 1
        elif self.counts[value] > 1:
            self.counts[value] -= 1
        else:
            del self.counts[value]
            self.others -= 1

    def use(self) -> ColumnUse:
        unmatched = [
            (encodable(value), count)
            for value, count in self.counts.items()
            if value.strip() and value not in self.named and not any(test(value) for test in self.tests)
        ]
        return ColumnUse(
            column=self.name,
            places=tuple(self.places),
            counts={encodable(value): count for value, count in self.counts.items()},
            unmatched=tuple(sorted(unmatched, key=lambda pair: -pair[1])),
            more=self.more,
            never=tuple(value for value in self.named if value not in self.counts),
            is_of_log=self.is_of_log,
            makes_events=self.makes_events,
        )


def _made(rule: Rule) -> str:
    return f"skip {rule.skip}" if rule.making is None else rule.making.event.name
