"""Histories of customers: believable ones, and such as only a broken integration sends.

Times lie on both sides of the borders of windows, panes and days, and repeat often.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

from hypothesis import strategies as st

from tests.moments import record
from tests.oracle.customers import CustomerSettings
from tests.property.histories import DAY, MINUTE, moment
from tests.property.histories import HOUR as HOUR_SECONDS

_OFFSETS: Final = (
    *(0, 1, 2.999999, 3, 30, MINUTE, 5 * MINUTE, 5 * MINUTE + 0.000001, 10 * MINUTE, HOUR_SECONDS),
    *(11.9 * HOUR_SECONDS, 12 * HOUR_SECONDS, 13 * HOUR_SECONDS, DAY, DAY + 1, 2 * DAY, 6.9 * DAY, 7 * DAY),
    *(30 * DAY, 30 * DAY + 3, 31 * DAY, 37 * DAY, 60 * DAY, 61 * DAY),
)
_STAGES: Final = ("awareness", "consideration", "decision", "retention", "advocacy")
_CURRENCIES: Final = ("EUR", "JPY")
_KINDS: Final = (
    *("subscription_started", "subscription_ended", "subscription_started", "subscription_ended"),
    *("acquired", "purchased", "interacted", "interacted", "stage_entered", "stage_entered"),
)

customer_offsets: Final = st.sampled_from(_OFFSETS)
customer_settings: Final = st.builds(
    CustomerSettings,
    active_after_purchase_days=st.sampled_from([365.0, 1.0, 30.0]),
    funnel_days=st.sampled_from([30.0, 1.0]),
    cut_off_days=st.sampled_from([400.0, 31.0]),
)

_subscriptions: Final[st.SearchStrategy[dict[str, Any]]] = st.sampled_from(
    [{}, {}, {"subscription": "a"}, {"subscription": "b"}]
)
_SIMPLE: Final[dict[str, st.SearchStrategy[dict[str, Any]]]] = {
    "acquired": st.sampled_from(
        [{}, {"source": "search"}, {"source": "social", "referred_by": "U-9"}, {"source": None}]
    ),
    "subscription_started": _subscriptions,
    "interacted": st.sampled_from([{}, {"interaction": "login"}, {"interaction": "post"}]),
    "stage_entered": st.sampled_from(_STAGES).map(lambda stage: {"journey_stage": stage}),
}
_amounts: Final = st.sampled_from([0, 1, 7, 3_900, -7, -3_900, 1_000_000])


def _data(draw: st.DrawFn, kind: str, seconds: float) -> dict[str, Any]:
    found: dict[str, Any]
    if kind == "subscription_ended":
        found = draw(_subscriptions)
        if draw(st.booleans()):
            ends = moment(seconds) + timedelta(seconds=draw(customer_offsets) - draw(st.sampled_from([0, 0, DAY])))
            found = found | {"service_ends_at": ends.isoformat()}
    elif kind == "purchased":
        found = {"amount": draw(_amounts), "currency": draw(st.sampled_from(_CURRENCIES))}
    elif kind == "spent":
        first = (moment(seconds) + timedelta(days=draw(st.sampled_from([-40, -3, 0, 1, 20])))).date()
        found = {
            "spend": draw(st.sampled_from(["sales_and_marketing", "retention_and_support"])),
            "amount": draw(_amounts),
            "currency": draw(st.sampled_from(_CURRENCIES)),
            "first_day": first.isoformat(),
            "last_day": (first + timedelta(days=draw(st.sampled_from([0, 1, 6, 30])))).isoformat(),
        }
    else:
        found = draw(_SIMPLE[kind])
    return found


@st.composite
def customer_logs(
    draw: st.DrawFn, *, subjects: Sequence[str] = ("U-1", "U-2", "U-3", "U-4"), most: int = 16
) -> list[bytes]:
    """The distinct events of a few customers and expenses, in no order."""
    sequences = draw(st.sampled_from((st.none(), st.none() | st.sampled_from(("1", "2", "10")))))
    events: list[bytes] = []

    def add(kind: str, subject: str, seconds: float) -> None:
        when = moment(seconds).isoformat()
        data = _data(draw, kind, seconds)
        sequence = draw(sequences)
        number = len(events)
        events.append(record(f"helpdesk.customer.{kind}.v1", when, subject, data, id=f"{number}", sequence=sequence))

    for subject in subjects:
        begins = draw(customer_offsets)
        if draw(st.integers(0, 4)) < 4:
            add("subscription_started", subject, begins)
        if draw(st.booleans()):
            add("subscription_ended", subject, begins + draw(customer_offsets))
    for kind, subject, seconds in draw(
        st.lists(
            st.tuples(st.sampled_from(_KINDS), st.sampled_from(subjects), customer_offsets), min_size=1, max_size=most
        )
    ):
        add(kind, subject, seconds)
    for expense in draw(st.lists(st.sampled_from(("X-1", "X-2", "X-2")), max_size=3)):
        add("spent", expense, draw(customer_offsets))
    return events
