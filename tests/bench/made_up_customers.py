"""Customers with a believable history, made up from a seed: some ten events each, in two years.

One in four has left; half of the others were seen within the last 30 days. Times are odd to the microsecond, so that
no two steps or contributions share their moment by the roundness of numbers.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Final

import orjson

from stream.desks.customers.customer import Customer, Entry, Happening
from stream.desks.customers.journey import STAGES
from stream.windows.moments import DAY, to_text

YEARS: Final = 730 * DAY
_LATELY: Final = 30 * DAY
_MONTH: Final = 30 * DAY
_LEFT: Final = 0.25
_SEEN_LATELY: Final = 0.5
_VISITS: Final = 3
_SOURCES: Final = ("search", "social", "advertising", "partner", "referral")
_KINDS: Final = ("visit", "login", "post", "contact")
_PRICES: Final = ((1900, "EUR"), (3900, "EUR"), (3900, "USD"))


def subject_of(partition: int, number: int) -> str:
    """What the customer of a number in a partition is called."""
    return f"customer-{partition}-{number:07d}"


def customers(count: int, seed: int, now: int) -> Iterator[Customer]:
    """So many customers as they stand at ``now`` (microseconds)."""
    dice = random.Random(seed)
    for _ in range(count):
        yield _customer(dice, now)


def visit(subject: str, at: int) -> bytes:
    """The event with which a customer comes once more, at a time (microseconds)."""
    return orjson.dumps(
        {
            "specversion": "1.0",
            "id": f"{subject}-again",
            "source": "/helpdesk/bench",
            "type": "helpdesk.customer.interacted.v1",
            "subject": subject,
            "time": to_text(at),
            "data": {"interaction": "visit"},
        }
    )


def _customer(dice: random.Random, now: int) -> Customer:
    joined = now - 1 - int(dice.random() * YEARS)
    has_left = dice.random() < _LEFT
    ends = joined + int(dice.random() * (now - joined)) if has_left else now
    price, currency = dice.choice(_PRICES)
    source = dice.choice(_SOURCES)
    referred_by = "customer-0-0000001" if source == "referral" else None
    account = [
        _entry(dice, joined, Happening.ACQUIRED, name=source, other=referred_by),
        _entry(dice, joined + 1, Happening.SUBSCRIPTION_STARTED),
        *(
            _entry(dice, at, Happening.PURCHASED, name=currency, number=price)
            for at in (joined + 1, joined + 1 + _MONTH)
            if at < ends
        ),
    ]
    if has_left:
        account.append(_entry(dice, ends, Happening.SUBSCRIPTION_ENDED, number=ends))
    stays = ends - joined
    visits = [joined + 1 + int(dice.random() * stays) for _ in range(_VISITS)]
    if not has_left and dice.random() < _SEEN_LATELY:
        visits[-1] = now - 1 - int(dice.random() * min(_LATELY, stays))
    interactions = [_entry(dice, at, Happening.INTERACTED, name=dice.choice(_KINDS)) for at in visits]
    delays = sorted(int(dice.random() * 5 * DAY) for _ in range(2))
    stages = [
        _entry(dice, joined - delay, Happening.STAGE_ENTERED, rank=rank, name=STAGES[rank])
        for rank, delay in enumerate(reversed(delays))
    ]
    if stays > _MONTH:
        stages.append(_entry(dice, joined + _MONTH, Happening.STAGE_ENTERED, rank=3, name=STAGES[3]))
    return Customer(tuple(sorted(account)), tuple(sorted(interactions)), tuple(stages))


def _entry(
    dice: random.Random,
    at: int,
    happening: Happening,
    *,
    rank: int = 0,
    name: str | None = None,
    number: int | None = None,
    other: str | None = None,
) -> Entry:
    return Entry(at, "", happening, rank, dice.randbytes(8), name, number, other)
