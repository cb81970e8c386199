"""The metrics as a user of plain Faust would write them: a dict for each ticket, one event at a time.

This is fair to Faust, and even favours it: events have to come in order and only once, attributes count as
they are when something happens, a merged or deleted ticket takes back no more than its opening, and no histograms,
business hours or gauges over open tickets are kept. Times and durations are in microseconds.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final, NamedTuple

Facts = dict[str, Any]
"""A JSON object: an event, its data, or what a table keeps of a ticket or a survey."""

_FIRST_CONTACT_QUIET: Final = 7 * 86_400_000_000
_PROGRESS: Final = frozenset({"new", "open", "pending", "hold"})
_FAVOURABLE_FROM: Final = {
    ("csat", "1-3"): 3,
    ("csat", "1-5"): 4,
    ("csat", "1-7"): 6,
    ("csat", "1-10"): 8,
    ("csat", "0-10"): 8,
    ("csat", "good-bad"): 1,
    ("nps", "0-10"): 9,
    ("ces", "1-5"): 4,
    ("ces", "1-7"): 5,
}
_DETRACTORS_TO: Final = 6


class Contribution(NamedTuple):
    """``amount`` more of a measure with these labels, of this total ``duration``, at a time."""

    measure: str
    labels: tuple[str, ...]
    at: int
    amount: int = 1
    duration: int = 0


def happened_at(event: Facts) -> int:
    """When an event happened."""
    return int(datetime.fromisoformat(event["time"]).timestamp() * 1_000_000 + 0.5)


def take_ticket_event(ticket: Facts, event: Facts) -> list[Contribution]:
    """Bring what is known of a ticket up to date; return what the event contributes."""
    kind = event["type"].removeprefix("helpdesk.ticket.").removesuffix(".v1")
    data = event.get("data", {})
    if kind == "opened":
        return _open(ticket, data, happened_at(event))
    if ticket and kind == "restored":
        ticket["merged"] = False
        return _opening(ticket, 1)
    if not ticket or ticket["merged"]:
        return []
    return _RULES[kind](ticket, data, happened_at(event))


def take_survey_event(survey: Facts, event: Facts) -> list[Contribution]:
    """Bring what is known of a survey up to date; return what the event contributes."""
    data: Facts = event["data"]
    if event["type"] == "helpdesk.survey.sent.v1":
        survey["sent"] = data
        return [Contribution("surveys_sent", _survey_labels(data, data), happened_at(event))]
    sent: Facts = survey.get("sent", data)
    contributions = []
    if "answer" in survey:
        contributions = _answered(survey["answer"], sent, survey["answered_at"], -1)
    survey["answer"] = data
    survey["answered_at"] = happened_at(event)
    return contributions + _answered(data, sent, survey["answered_at"], 1)


def _answered(answer: Facts, sent: Facts, at: int, sign: int) -> list[Contribution]:
    kind, scale, score = answer["survey"], answer["scale"], answer["score"]
    labels = _survey_labels(answer, sent)
    contributions = [
        Contribution("survey_responses", labels, at, sign),
        Contribution("survey_scores", (kind, scale, str(score)), at, sign),
    ]
    if score >= _FAVOURABLE_FROM[kind, scale]:
        contributions.append(Contribution("survey_favourable", labels, at, sign))
    if kind == "nps" and score <= _DETRACTORS_TO:
        contributions.append(Contribution("survey_detractors", labels, at, sign))
    return contributions


def _survey_labels(data: Facts, sent: Facts) -> tuple[str, ...]:
    channel = data.get("channel") or sent.get("channel") or "none"
    return data["survey"], channel, data.get("team") or sent.get("team") or "none"


def _open(ticket: Facts, data: Facts, at: int) -> list[Contribution]:
    by_customer = data.get("actor", "customer") == "customer" and data.get("visibility", "public") == "public"
    ticket.update(
        {name: data.get(name) for name in ("channel", "priority", "category", "team", "assignee")},
        created=at,
        active=True,
        merged=False,
        status=data.get("status", "new"),
        status_since=at,
        work=0,
        hold=0,
        waiting_since=at if by_customer else None,
        customer_wrote=False,
        replies=0,
        replied=False,
        first_reply_made=False,
        escalated=False,
        first_resolution=None,
        first_contact=False,
        first_reopen=None,
        resolved_at=None,
        abandoned_at=None,
    )
    return _opening(ticket, 1)


def _opening(ticket: Facts, sign: int) -> list[Contribution]:
    category = (ticket["category"] or "none",)
    return [
        Contribution("tickets_opened", _by_team(ticket), ticket["created"], sign),
        Contribution("tickets_opened_by_category", category, ticket["created"], sign),
    ]


def _update(ticket: Facts, data: Facts, at: int) -> list[Contribution]:
    before, assignee = ticket["assignee"], data.get("assignee")
    ticket.update((name, value) for name, value in data.items() if name != "assignee" or value)
    if before and assignee and before != assignee:
        return [Contribution("ticket_reassignments", (ticket["team"] or "none",), at)]
    return []


def _reply(ticket: Facts, data: Facts, at: int) -> list[Contribution]:
    if data.get("visibility", "public") != "public":
        return []
    if data["actor"] == "customer":
        if not ticket["active"]:
            ticket["customer_wrote"] = True
        elif ticket["waiting_since"] is None:
            ticket["waiting_since"] = at
    if data["actor"] != "agent":
        return []
    ticket["replied"] = True
    if ticket["first_resolution"] is None:
        ticket["replies"] += 1
    waiting_since = ticket["waiting_since"]
    if waiting_since is None:
        return []
    measure = "next_reply_seconds" if ticket["first_reply_made"] else "first_reply_seconds"
    ticket["waiting_since"] = None
    ticket["first_reply_made"] = True
    return [Contribution(measure, _by_priority(ticket), at, 1, at - waiting_since)]


def _hand_off(ticket: Facts, data: Facts, at: int) -> list[Contribution]:
    if data.get("team"):
        ticket["team"] = data["team"]
    if ticket["active"]:
        ticket["waiting_since"] = at
    return []


def _escalate(ticket: Facts, _data: Facts, at: int) -> list[Contribution]:
    if ticket["escalated"]:
        return []
    ticket["escalated"] = True
    return [Contribution("tickets_escalated", _by_team(ticket), at)]


def _change_status(ticket: Facts, data: Facts, at: int) -> list[Contribution]:
    status = data["status"]
    if status in _PROGRESS:
        return _progress(ticket, status, data.get("actor"), at)
    if status == "closed" and not ticket["replied"]:
        unresolved = ticket["first_resolution"] is None or ticket["waiting_since"] is not None
        return _abandon(ticket, data, at) if unresolved else _resolve(ticket, data, at)
    return _resolve(ticket, data, at)


def _reopen(ticket: Facts, data: Facts, at: int) -> list[Contribution]:
    return _progress(ticket, "open", data.get("actor"), at)


def _progress(ticket: Facts, status: str, actor: str | None, at: int) -> list[Contribution]:
    if ticket["active"]:
        _spend(ticket, at)
        ticket["status"] = status
        return []
    if status not in {"new", "open"}:
        return []
    contributions = []
    if ticket["resolved_at"] is not None:
        contributions = _resolution(ticket, -1)
        ticket.update(resolved_at=None, replied=False)
        if ticket["first_reopen"] is None:
            ticket["first_reopen"] = at
            contributions.append(Contribution("tickets_reopened", _by_team(ticket), at))
    else:
        contributions.append(Contribution("tickets_abandoned", _by_team(ticket), ticket["abandoned_at"], -1))
        ticket["abandoned_at"] = None
    waits = ticket["customer_wrote"] or actor == "customer"
    ticket.update(active=True, status=status, status_since=at, customer_wrote=False)
    ticket["waiting_since"] = at if waits else None
    return contributions


def _resolve(ticket: Facts, _data: Facts, at: int) -> list[Contribution]:
    if not ticket["active"]:
        return []
    _spend(ticket, at)
    ticket.update(active=False, waiting_since=None, customer_wrote=False, resolved_at=at)
    contributions = []
    if ticket["first_resolution"] is None:
        ticket["first_resolution"] = at
        ticket["first_contact"] = ticket["replies"] == 1
        contributions = _since_creation(ticket, "first_resolution_seconds", 1)
    return contributions + _resolution(ticket, 1)


def _resolution(ticket: Facts, sign: int) -> list[Contribution]:
    at, work, hold = ticket["resolved_at"], ticket["work"], ticket["hold"]
    by_team, by_priority = _by_team(ticket), _by_priority(ticket)
    contributions = [
        *_since_creation(ticket, "resolution_seconds", sign),
        Contribution("requester_wait_seconds", by_priority, at, sign, sign * (work + hold)),
        Contribution("agent_work_seconds", by_priority, at, sign, sign * work),
        Contribution("on_hold_seconds", by_priority, at, sign, sign * hold),
        Contribution("tickets_resolved", by_team, at, sign),
        Contribution("tickets_opened_resolved", by_team, ticket["created"], sign),
    ]
    first, reopened = ticket["first_resolution"], ticket["first_reopen"]
    if ticket["first_contact"] and (reopened is None or reopened - first >= _FIRST_CONTACT_QUIET):
        contributions.append(Contribution("tickets_resolved_first_contact", by_team, at, sign))
    return contributions


def _since_creation(ticket: Facts, measure: str, sign: int) -> list[Contribution]:
    at = ticket["resolved_at"]
    duration = sign * (at - ticket["created"])
    contributions = [Contribution(measure, _by_priority(ticket), at, sign, duration)]
    if (ticket["category"] or "").casefold() == "complaint":
        by_channel = (ticket["channel"] or "none",)
        contributions.append(Contribution(f"complaint_{measure}", by_channel, at, sign, duration))
    return contributions


def _abandon(ticket: Facts, _data: Facts, at: int) -> list[Contribution]:
    if not ticket["active"]:
        return []
    ticket.update(active=False, waiting_since=None, customer_wrote=False, abandoned_at=at)
    return [Contribution("tickets_abandoned", _by_team(ticket), at)]


def _merge(ticket: Facts, _data: Facts, _at: int) -> list[Contribution]:
    ticket["merged"] = True
    return _opening(ticket, -1)


def _spend(ticket: Facts, at: int) -> None:
    spent = at - ticket["status_since"]
    ticket["status_since"] = at
    if ticket["status"] == "hold":
        ticket["hold"] += spent
    elif ticket["status"] != "pending":
        ticket["work"] += spent


def _by_team(ticket: Facts) -> tuple[str, ...]:
    return (*_by_priority(ticket), ticket["team"] or "none")


def _by_priority(ticket: Facts) -> tuple[str, ...]:
    return ticket["channel"] or "none", ticket["priority"] or "none"


_RULES: Final[dict[str, Callable[[Facts, Facts, int], list[Contribution]]]] = {
    "updated": _update,
    "replied": _reply,
    "handed_off": _hand_off,
    "escalated": _escalate,
    "status_changed": _change_status,
    "reopened": _reopen,
    "resolved": _resolve,
    "abandoned": _abandon,
    "merged": _merge,
    "deleted": _merge,
}
