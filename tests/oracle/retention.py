"""The oracle's computation of retention over any period, from the subscriptions alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

import duckdb

_QUERY: Final = """
WITH said AS (
    SELECT subject AS customer, data.subscription AS subscription, CAST(time AS TIMESTAMPTZ) AS moment,
        type LIKE '%started%' AS starts
    FROM (SELECT unnest(
        ?::STRUCT(subject VARCHAR, "type" VARCHAR, "time" VARCHAR, "data" STRUCT(subscription VARCHAR))[],
        max_depth := 2
    ))
), served AS (
    SELECT customer, subscription, min(moment) FILTER (WHERE starts) AS begins,
        max(moment) FILTER (WHERE NOT starts) AS ends
    FROM said GROUP BY customer, subscription
), bounds AS (SELECT CAST(? AS TIMESTAMPTZ) AS start, CAST(? AS TIMESTAMPTZ) AS finish), customers AS (
    SELECT customer,
        bool_or(begins < start AND (ends IS NULL OR start <= ends)) AS was,
        bool_or(begins < finish AND (ends IS NULL OR finish <= ends)) AS is_now,
        min(begins) >= any_value(start) AND min(begins) < any_value(finish) AS is_new
    FROM served, bounds GROUP BY customer
)
SELECT count(*) FILTER (WHERE was), count(*) FILTER (WHERE is_now), count(*) FILTER (WHERE was AND is_now),
    count(*) FILTER (WHERE was AND NOT is_now), count(*) FILTER (WHERE is_new),
    count(*) FILTER (WHERE is_now AND NOT was AND NOT is_new)
FROM customers
"""
_NAMES: Final = ("active_at_start", "active_at_end", "kept", "lost", "new", "returned")


def retention_in_sql(events: Iterable[Mapping[str, Any]], start: str, end: str) -> dict[str, int]:
    """The retention from the day ``start`` to the day ``end``, in UTC, of customers whose subscriptions have names.

    ``events`` are the decoded ones of subscriptions, each of which starts and ends at most once.
    """
    wanted = [
        {name: event[name] for name in ("subject", "type", "time")}
        | {"data": {"subscription": event["data"]["subscription"]}}
        for event in events
    ]
    with duckdb.connect(":memory:", config={"threads": 1}) as connection:
        bounds = f"{start} 00:00:00+00", f"{end} 00:00:00+00"
        found = connection.execute(_QUERY, [wanted, *bounds]).fetchone()
    assert found is not None
    return dict(zip(_NAMES, found, strict=True))
