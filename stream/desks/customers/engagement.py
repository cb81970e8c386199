"""Engagement: who was seen within a window, and on which days."""

from __future__ import annotations

from stream.desks.customers.customer import Entries
from stream.desks.customers.spans import Span, Spans
from stream.windows.sliding import WindowShape


def seen_within(interactions: Entries, window: WindowShape, since: int = 0) -> Spans:
    """At which moments a customer was seen within the window that ends then: in any of the panes that it covers.

    Spans that end before ``since`` (microseconds) are left out, and of the first one that is not the start may be.
    """
    pane, length = window.pane, window.length
    begin = since - length
    spans: list[Span] = []
    for entry in interactions:
        start = entry.at // pane * pane
        if start < begin:
            continue
        if spans and start <= spans[-1][1]:
            spans[-1] = spans[-1][0], start + length
        else:
            spans.append((start, start + length))
    return tuple(spans)


def around_change(before: Entries, after: Entries) -> tuple[Entries, Entries]:
    """Of interactions, to which one was added, those that make the difference: it, and the ones next to it.

    Whether somebody was seen lately hangs upon nothing but the last interaction.
    """
    place = next((place for place, entry in enumerate(before) if entry != after[place]), len(before))
    start = max(0, place - 1)
    return before[start : place + 1], after[start : place + 2]
