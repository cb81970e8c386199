"""A preview for people."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from stream.feeds.preview.preview import Preview
from stream.feeds.preview.time_facts import TimeFacts
from stream.feeds.replay.problem_kinds import printable
from stream.windows.moments import to_text

_MOST_VALUES: Final = 10
_LONGEST: Final = 100
_ORDERS: Final = {
    "file": "as they stand in the file",
    "file_reversed": "the last one in the file first",
    "kind": "by their type alone",
    "sequence": "by the sequence that the mapping names",
}
_ORDERS_OF_THE_FILE: Final = ("file", "file_reversed")


def preview_lines(preview: Preview) -> Iterator[str]:
    """Yield the preview, a line at a time."""
    yield f"{preview.file}: {preview.size} bytes"
    yield from preview.report.lines()
    yield from _rule_lines(preview)
    yield from _value_lines(preview)
    if preview.unused:
        yield f"the mapping does not read {', '.join(map(_short, preview.unused))}"
    if preview.times is not None:
        yield from _time_lines(preview.times, preview.order)
    yield "nothing was sent"


def _value_lines(preview: Preview) -> Iterator[str]:
    for column, values in (preview.unmatched_values or {}).items():
        more = "more than " if (preview.uncounted_values or {}).get(column) else ""
        total = sum(values.values())
        yield f"{more}{total} rows have a value of {column!r} that no rule and no map of the mapping names:"
        for value, count in list(values.items())[:_MOST_VALUES]:
            yield f"  {count} {_short(value)!r}"
        if len(values) > _MOST_VALUES:
            yield f"  and {more}{len(values) - _MOST_VALUES} other values"


def _rule_lines(preview: Preview) -> Iterator[str]:
    for rule, examples in zip(preview.rules, preview.examples, strict=True):
        events = "" if rule.makes.startswith("skip ") else f", makes {rule.events} events"
        yield f"{rule.place}, {_short(rule.makes)}: fits {rule.rows} rows{events}"
        for example in examples:
            yield f"  {example.decode()}"


def _time_lines(times: TimeFacts, order: str) -> Iterator[str]:
    yield f"the events happened from {to_text(times.first)} to {to_text(times.last)}"
    if times.recent:
        yield f"  {times.recent} of them in the last 30 days, which is what windows can show"
    else:
        yield '  none of them in the last 30 days: set clock.mode = "event" on the worker, or all windows stay empty'
    if times.equal and order:
        yield f"{times.equal} events share ticket and time with one of another row; they are taken {_ORDERS[order]}"
    if times.is_newest_first and order == "file":
        yield (
            "  the file seems to have the newest row of a ticket first:"
            ' set equal_times = "file_reversed" in the mapping'
        )
    elif times.is_oldest_first and order == "file_reversed":
        yield '  the file seems to have the oldest row of a ticket first: leave out equal_times = "file_reversed"'
    elif times.equal and times.is_unordered and order in _ORDERS_OF_THE_FILE:
        yield (
            f"  the rows of a ticket are in no order in the file ({times.rising} are later than the one before,"
            f" {times.falling} earlier): name a column that tells their order in sequence,"
            ' or set equal_times = "kind"'
        )


def _short(text: str) -> str:
    plain = printable(text)
    return plain if len(plain) <= _LONGEST else plain[: _LONGEST - 1] + "…"
