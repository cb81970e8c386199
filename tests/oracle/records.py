"""Raw JSON records and the flat rows that the oracle's tables are loaded from."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final, cast

import orjson
from xxhash import xxh3_64_intdigest

Check = Callable[[object], bool]

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND: Final = timedelta(microseconds=1)
EARLIEST_MOMENT: Final = (datetime(1990, 1, 1, tzinfo=UTC) - EPOCH) // MICROSECOND
LATEST_MOMENT: Final = (datetime.max.replace(tzinfo=UTC) - EPOCH) // MICROSECOND

_RFC_3339: Final = re.compile(
    r"(\d{4}-\d\d-\d\d)[Tt ]((?:[01]\d|2[0-3]):\d\d:\d\d)(?:\.(\d+))?(?:[Zz]|([+-])(\d\d):?(\d\d))", re.ASCII
)
_HOURS_OF_A_DAY: Final = 24
_MINUTES_OF_AN_HOUR: Final = 60
_DIGITS_OF_A_MICROSECOND: Final = 6
_MOST_QUEUES: Final = 100


def moment_of(text: object) -> int | None:
    """Return the microseconds from the Unix epoch to an RFC 3339 time with a zone.

    Finer fractions are rounded half up. Returns ``None`` for anything that is no such time.
    """
    match = _RFC_3339.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        return None
    day, clock, fraction, sign, zone_hours, zone_minutes = match.groups()
    try:
        local = datetime.fromisoformat(f"{day}T{clock}+00:00")
    except ValueError:
        return None
    moment = (local - EPOCH) // MICROSECOND
    if fraction:
        digits = fraction[: _DIGITS_OF_A_MICROSECOND + 1].ljust(_DIGITS_OF_A_MICROSECOND + 1, "0")
        moment += (int(digits) + 5) // 10
    if sign:
        hours, minutes = int(zone_hours), int(zone_minutes)
        if hours >= _HOURS_OF_A_DAY or minutes >= _MINUTES_OF_AN_HOUR:
            return None
        offset = timedelta(hours=hours, minutes=minutes) // MICROSECOND
        moment += offset if sign == "-" else -offset
    return moment


def _text(most: int, least: int = 1) -> Check:
    return lambda value: isinstance(value, str) and least <= len(value) <= most


def _one_of(*words: str) -> Check:
    return lambda value: isinstance(value, str) and value in words


def _or_null(check: Check) -> Check:
    return lambda value: value is None or check(value)


def _is_time(value: object) -> bool:
    return moment_of(value) is not None


def _is_score(value: object) -> bool:
    return type(value) is int


_identifier: Final = _text(512)
_attribute: Final = _text(256)
_actor: Final = _one_of("customer", "agent", "bot", "automation")
_visibility: Final = _one_of("public", "internal")
_survey: Final = _one_of("csat", "nps", "ces")
_sentiment: Final = _one_of("positive", "neutral", "negative")
_optional_attributes: Final = {
    "channel": _or_null(_attribute),
    "priority": _or_null(_attribute),
    "category": _or_null(_attribute),
    "team": _or_null(_attribute),
    "assignee": _or_null(_identifier),
    "customer_tier": _or_null(_attribute),
}
_optional_survey_fields: Final = {
    "ticket": _or_null(_identifier),
    "channel": _or_null(_attribute),
    "team": _or_null(_attribute),
}


@dataclass(frozen=True, slots=True)
class _Shape:
    """The fields that a JSON object must have and those that it may have."""

    required: Mapping[str, Check]
    optional: Mapping[str, Check]

    def fits(self, value: Mapping[str, object]) -> bool:
        return all(name in value and check(value[name]) for name, check in self.required.items()) and all(
            name not in value or check(value[name]) for name, check in self.optional.items()
        )


def _are_queues(value: object) -> bool:
    return isinstance(value, list) and len(value) <= _MOST_QUEUES and all(map(_attribute, value))


_LONGEST_EXPENSE_DAYS: Final = 3_660
_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def _is_amount(value: object) -> bool:
    return type(value) is int and abs(value) <= 1_000_000_000_000


def _is_currency(value: object) -> bool:
    return isinstance(value, str) and re.fullmatch("[A-Z]{3}", value) is not None


def _is_date(value: object) -> bool:
    return isinstance(value, str) and _DATE.fullmatch(value) is not None and _day_of(value) is not None


def _day_of(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _is_of_days(data: Mapping[str, str]) -> bool:
    """Whether an expense is for a period of days that begins before it ends."""
    days = date.fromisoformat(data["last_day"]) - date.fromisoformat(data["first_day"])
    return 0 <= days.days < _LONGEST_EXPENSE_DAYS


_LARGEST_ON_A_SCALE: Final = 1_000_000
_MOST_CATEGORIES: Final = 50
_LONGEST_CATEGORY: Final = 80


def _is_on_scales(value: object) -> bool:
    return type(value) is int and abs(value) <= _LARGEST_ON_A_SCALE


_RATED: Final = _Shape(
    {
        "category": _text(_LONGEST_CATEGORY),
        "score": _or_null(_is_on_scales),
        "lowest": _is_on_scales,
        "highest": _is_on_scales,
    },
    {
        "weight": lambda value: _is_on_scales(value) and cast("int", value) >= 0,
        "critical": lambda value: type(value) is bool,
    },
)


def _is_scorecard(value: object) -> bool:
    if not isinstance(value, list) or len(value) > _MOST_CATEGORIES:
        return False
    if not all(isinstance(rated, dict) and _RATED.fits(rated) for rated in value):
        return False
    on_scales = (
        rated["lowest"] < rated["highest"]
        and (rated["score"] is None or rated["lowest"] <= rated["score"] <= rated["highest"])
        for rated in value
    )
    return all(on_scales) and len({rated["category"] for rated in value}) == len(value)


_of_review: Final = {"reviewee": _identifier, "reviewer": _identifier}
_place_of_call: Final = {
    "contact": _or_null(_identifier),
    "queue": _or_null(_attribute),
    "channel": _or_null(_attribute),
    "team": _or_null(_attribute),
}
_ENVELOPE: Final = _Shape(
    {"specversion": _one_of("1.0"), "id": _identifier, "source": _identifier, "subject": _identifier},
    {
        "recordedtime": _or_null(_is_time),
        "sequence": _or_null(_attribute),
        "datacontenttype": _one_of("application/json"),
    },
)
_DATA: Final[Mapping[str, _Shape]] = {
    "helpdesk.ticket.opened.v1": _Shape(
        {},
        _optional_attributes
        | {
            "requester": _or_null(_identifier),
            "status": _one_of("new", "open", "pending", "hold"),
            "actor": _actor,
            "visibility": _visibility,
        },
    ),
    "helpdesk.ticket.replied.v1": _Shape(
        {"actor": _actor}, {"visibility": _visibility, "author": _or_null(_identifier)}
    ),
    "helpdesk.ticket.handed_off.v1": _Shape({}, {"team": _or_null(_attribute)}),
    "helpdesk.ticket.status_changed.v1": _Shape(
        {"status": _one_of("new", "open", "pending", "hold", "solved", "closed")}, {"actor": _or_null(_actor)}
    ),
    "helpdesk.ticket.resolved.v1": _Shape({}, {"actor": _or_null(_actor)}),
    "helpdesk.ticket.reopened.v1": _Shape({}, {"actor": _or_null(_actor)}),
    "helpdesk.ticket.updated.v1": _Shape({}, _optional_attributes),
    "helpdesk.ticket.merged.v1": _Shape({"into": _identifier}, {}),
    "helpdesk.ticket.escalated.v1": _Shape({}, {"level": _or_null(_attribute), "reason": _or_null(_text(2048, 0))}),
    "helpdesk.ticket.abandoned.v1": _Shape({}, {"reason": _or_null(_text(2048, 0))}),
    "helpdesk.ticket.deleted.v1": _Shape({}, {"reason": _or_null(_text(2048, 0))}),
    "helpdesk.ticket.restored.v1": _Shape({}, {}),
    "helpdesk.survey.sent.v1": _Shape({"survey": _survey}, _optional_survey_fields),
    "helpdesk.survey.responded.v1": _Shape(
        {
            "survey": _survey,
            "scale": _one_of("1-3", "1-5", "1-7", "1-10", "0-10", "good-bad"),
            "score": _is_score,
        },
        _optional_survey_fields | {"comment": _or_null(_text(16384, 0))},
    ),
    "helpdesk.call.queued.v1": _Shape({}, _place_of_call),
    "helpdesk.call.blocked.v1": _Shape({}, _place_of_call | {"reason": _or_null(_attribute)}),
    "helpdesk.call.answered.v1": _Shape({}, {"agent": _or_null(_identifier)}),
    "helpdesk.call.evicted.v1": _Shape({}, {"reason": _or_null(_attribute)}),
    "helpdesk.call.transferred.v1": _Shape({}, {"to": _or_null(_attribute)}),
    "helpdesk.call.ended.v1": _Shape({}, {"by": _or_null(_one_of("customer", "agent"))}),
    "helpdesk.customer.acquired.v1": _Shape({}, {"source": _or_null(_attribute), "referred_by": _or_null(_identifier)}),
    "helpdesk.customer.subscription_started.v1": _Shape({}, {"subscription": _or_null(_identifier)}),
    "helpdesk.customer.subscription_ended.v1": _Shape(
        {}, {"subscription": _or_null(_identifier), "service_ends_at": _or_null(_is_time)}
    ),
    "helpdesk.customer.purchased.v1": _Shape({"amount": _is_amount, "currency": _is_currency}, {}),
    "helpdesk.customer.interacted.v1": _Shape({}, {"interaction": _one_of("visit", "login", "post", "contact")}),
    "helpdesk.customer.stage_entered.v1": _Shape(
        {"journey_stage": _one_of("awareness", "consideration", "decision", "retention", "advocacy")}, {}
    ),
    "helpdesk.customer.spent.v1": _Shape(
        {
            "spend": _one_of("sales_and_marketing", "retention_and_support"),
            "amount": _is_amount,
            "currency": _is_currency,
            "first_day": _is_date,
            "last_day": _is_date,
        },
        {},
    ),
    **{
        f"helpdesk.call.{kind}.v1": _Shape({}, {})
        for kind in ("abandoned", "callback_requested", "held", "resumed", "wrapped_up")
    },
    "helpdesk.agent.state_changed.v1": _Shape(
        {"state": _one_of("available", "busy", "wrap_up", "away", "offline")},
        {"team": _or_null(_attribute), "channel": _or_null(_attribute), "queues": _are_queues},
    ),
    "helpdesk.mention.posted.v1": _Shape(
        {},
        {
            "text": _or_null(_text(16384, 0)),
            "sentiment": _or_null(_sentiment),
            "channel": _or_null(_attribute),
            "category": _or_null(_attribute),
        },
    ),
    "helpdesk.mention.labelled.v1": _Shape({"sentiment": _sentiment}, {}),
    "helpdesk.mention.deleted.v1": _Shape({}, {}),
    "helpdesk.review.submitted.v1": _Shape(_of_review | {"categories": _is_scorecard}, {"team": _or_null(_attribute)}),
    "helpdesk.review.disputed.v1": _Shape(_of_review, {}),
    "helpdesk.review.dispute_settled.v1": _Shape(_of_review | {"outcome": _one_of("accepted", "rejected")}, {}),
    "helpdesk.review.deleted.v1": _Shape(_of_review, {}),
}
_MAY_OMIT_DATA: Final = frozenset(
    f"helpdesk.ticket.{kind}.v1"
    for kind in ("handed_off", "resolved", "reopened", "escalated", "abandoned", "deleted", "restored")
) | {
    event_type
    for event_type, shape in _DATA.items()
    if event_type.startswith(("helpdesk.call.", "helpdesk.mention.")) and not shape.required
}
_MAY_OMIT_DATA_OF_CUSTOMERS: Final = frozenset(
    event_type
    for event_type, shape in _DATA.items()
    if event_type.startswith("helpdesk.customer.") and not shape.required
)
_SCORES: Final[Mapping[tuple[str, str], range]] = {
    ("csat", "1-3"): range(1, 4),
    ("csat", "1-5"): range(1, 6),
    ("csat", "1-7"): range(1, 8),
    ("csat", "1-10"): range(1, 11),
    ("csat", "0-10"): range(11),
    ("csat", "good-bad"): range(2),
    ("nps", "0-10"): range(11),
    ("ces", "1-5"): range(1, 6),
    ("ces", "1-7"): range(1, 8),
}


def rows_of(events: Iterable[bytes]) -> Iterator[dict[str, Any]]:
    """Yield one flat row for each valid record; records that deskpulse would dead-letter are left out.

    A row has the record's ``subject``, ``type``, ``source`` and ``id``, its time as ``moment``
    (microseconds since the Unix epoch), its ``sequence`` (empty if it has none), ``tie`` (what decides between events
    of one time, sequence and rank) and its ``data`` object. Duplicates are kept.
    """
    for raw in events:
        try:
            record = orjson.loads(raw)
        except orjson.JSONDecodeError:
            continue
        if not isinstance(record, dict) or not _ENVELOPE.fits(record):
            continue
        event_type = record.get("type")
        shape = _DATA.get(event_type) if isinstance(event_type, str) else None
        if shape is None:
            continue
        data = record.get("data", {} if event_type in _MAY_OMIT_DATA | _MAY_OMIT_DATA_OF_CUSTOMERS else None)
        if not isinstance(data, dict) or not shape.fits(data):
            continue
        moment = moment_of(record.get("time"))
        if moment is None or not EARLIEST_MOMENT <= moment <= LATEST_MOMENT:
            continue
        if "score" in shape.required and data["score"] not in _SCORES.get((data["survey"], data["scale"]), ()):
            continue
        if "first_day" in shape.required and not _is_of_days(data):
            continue
        identity = f"{record['source']}\0{record['id']}".encode()
        yield {
            "subject": record["subject"],
            "type": event_type,
            "source": record["source"],
            "id": record["id"],
            "moment": moment,
            "sequence": record.get("sequence") or "",
            # Unsigned big-endian numbers sort as the bytes do.
            "tie": xxh3_64_intdigest(identity),
            "data": data,
        }


def read_log(path: str | Path) -> Iterator[bytes]:
    """Yield the raw records of a JSON Lines file, one for each line that is not blank.

    Raises ``OSError`` when the file cannot be read.
    """
    with Path(path).open("rb") as lines:
        for line in lines:
            record = line.strip()
            if record:
                yield record
