"""What the queries of panels come to, worked out of the final numbers of a worker."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime
from math import sqrt
from typing import Any, Final, NamedTuple

Numbers = dict[str, Any]
Values = dict[tuple[str, ...], float]
"""Values by those of the labels that are asked for; by nothing where it is one number."""

WINDOW: Final = "24h"
OBJECTIVE: Final = 0.9


class Expectation(NamedTuple):
    """The labels by which an answer is read, and what it has to be."""

    labels: tuple[str, ...]
    values: Callable[[Numbers], Values]


def one(number: Callable[[Numbers], float]) -> Expectation:
    """An answer of a single number."""
    return Expectation((), lambda numbers: {(): number(numbers)})


def of_window(name: str, window: str = WINDOW) -> Expectation:
    """A number of a window."""
    return one(lambda numbers: numbers["windows"][window][name])


def of_state(name: str) -> Expectation:
    """A number of the state."""
    return one(lambda numbers: numbers["state"][name])


def mean(name: str) -> Expectation:
    """The mean of a duration."""
    return one(lambda numbers: numbers["windows"][WINDOW][name]["mean"])


def survey(name: str, key: str, factor: float = 1, window: str = WINDOW) -> Expectation:
    """A number of a survey."""
    return one(lambda numbers: numbers["windows"][window][name][key] * factor)


def parts(measure: str, label: str) -> Expectation:
    """A count by the values of a label."""
    return Expectation((label,), lambda numbers: dict(_by(numbers, measure, label)))


def of_hundredths(measure: str, label: str) -> Expectation:
    """A hundredth of a count by the values of a label."""
    return Expectation(
        (label,), lambda numbers: {key: count / 100 for key, count in _by(numbers, measure, label).items()}
    )


def compliance(label: str) -> Expectation:
    """The share of clocks that ended in time, by the values of a label."""

    def values(numbers: Numbers) -> Values:
        late, in_time = (_by(numbers, measure, label) for measure in ("sla_ended_late", "sla_ended_in_time"))
        return {key: in_time[key] / (in_time[key] + late[key]) for key in in_time | late}

    return Expectation((label,), values)


def by_state(found: Callable[[Numbers], Mapping[str, float]]) -> Expectation:
    """A number of agents by their state; there is none of a state that nobody is in."""
    return Expectation(("state",), lambda numbers: {(state,): n for state, n in found(numbers).items() if n})


def wilson(name: str, sign: int, window: str = WINDOW) -> Expectation:
    """A bound of Wilson's interval, in its usual form: the middle, less or plus half of its width."""

    def bound(numbers: Numbers) -> float:
        found = numbers["windows"][window][name]
        n, share, z = found["responses"], found["favourable"] / found["responses"], 1.96
        middle = (share + z**2 / (2 * n)) / (1 + z**2 / n)
        half = z / (1 + z**2 / n) * sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
        return float(middle + sign * half)

    return one(bound)


def nps_bound(sign: int) -> Expectation:
    """A bound of the interval of the NPS."""

    def bound(numbers: Numbers) -> float:
        found = numbers["windows"][WINDOW]["nps"]
        n, p, d = found["responses"], found["promoters"] / found["responses"], found["detractors"] / found["responses"]
        half = 100 * 1.96 * sqrt((p + d - (p - d) ** 2) / n)
        return float(max(-100.0, min(100.0, found["score"] + sign * half)))

    return one(bound)


def oldest(numbers: Numbers) -> float:
    """The age of the oldest open ticket."""
    return (_moment(numbers["now"]) - _moment(numbers["state"]["oldest_open_ticket"])).total_seconds()


def longest_wait(numbers: Numbers) -> float:
    """How long who waits longest has waited."""
    return (_moment(numbers["now"]) - _moment(numbers["state"]["longest_waiting_call"])).total_seconds()


def mean_level(stock: str) -> Expectation:
    """The mean of a stock."""
    return one(lambda numbers: numbers["windows"][WINDOW][stock]["mean"])


def conversion(name: str) -> Expectation:
    """A ratio of the funnel by stage, where there is one."""

    def values(numbers: Numbers) -> Values:
        funnel = numbers["windows"][WINDOW]["journey_funnel"]
        return {(stage,): found[name] for stage, found in funnel.items() if found[name] is not None}

    return Expectation(("journey_stage",), values)


def quality_by(label: str, name: str) -> Expectation:
    """Scores of reviews by a label, which final numbers tell from 0 to 100."""
    return Expectation(
        (label,),
        lambda numbers: {(value,): score / 100 for value, score in numbers["windows"][WINDOW][name].items()},
    )


def within(name: str) -> Expectation:
    """A number of the service levels by the seconds to answer in, where there is one."""

    def values(numbers: Numbers) -> Values:
        levels = numbers["windows"][WINDOW]["service_levels"]
        return {(seconds,): level[name] for seconds, level in levels.items() if level[name] is not None}

    return Expectation(("within",), values)


def up_to(edge: str) -> Expectation:
    """How many open tickets are at most so many seconds old."""
    return one(lambda numbers: numbers["state"]["open_ticket_age_seconds"][edge])


def _by(numbers: Numbers, measure: str, label: str) -> Counter[tuple[str, ...]]:
    counts: Counter[tuple[str, ...]] = Counter()
    for part in numbers["windows"][WINDOW]["parts"][measure]:
        counts[part["labels"][label],] += part["count"]
    return counts


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


NOW, TICKETS, LEVELS, VOICE, QUEUE, CUSTOMERS = (
    f"deskpulse-{name}" for name in ("now", "tickets", "service-levels", "voice", "queue", "customers")
)

EXPECTED: Final[Mapping[tuple[str, str, str], Expectation]] = {
    (NOW, "Open cases (target ≤ 100)", "A"): of_state("open_cases"),
    (NOW, "Oldest open ticket (target ≤ 7 d)", "A"): one(oldest),
    (NOW, "SLA compliance of the day (target ≥ 90 %)", "A"): of_window("sla_compliance_ratio"),
    (NOW, "CSAT of the week (target ≥ 80 %)", "A"): survey("csat", "percent", 0.01, "7d"),
    (NOW, "CSAT of the week (target ≥ 80 %)", "B"): wilson("csat", -1, "7d"),
    (NOW, "CSAT of the week (target ≥ 80 %)", "C"): wilson("csat", 1, "7d"),
    (NOW, "Opened and resolved in the hour before", "A"): of_window("tickets_opened", "1h"),
    (NOW, "Opened and resolved in the hour before", "B"): of_window("tickets_resolved", "1h"),
    (TICKETS, "Opened", "A"): of_window("tickets_opened"),
    (TICKETS, "Resolved", "A"): of_window("tickets_resolved"),
    (TICKETS, "Net", "A"): one(
        lambda numbers: numbers["windows"][WINDOW]["tickets_opened"] - numbers["windows"][WINDOW]["tickets_resolved"]
    ),
    (TICKETS, "Open tickets", "A"): of_state("open_tickets"),
    (TICKETS, "Backlog", "A"): of_state("backlog_tickets"),
    (TICKETS, "Ages of the open tickets", "A"): up_to("3600"),
    (TICKETS, "Ages of the open tickets", "D"): up_to("86400"),
    (TICKETS, "Oldest ticket and backlog threshold", "B"): of_state("backlog_threshold_seconds"),
    (TICKETS, "First reply", "A"): mean("first_reply_seconds"),
    (TICKETS, "Next reply", "A"): mean("next_reply_seconds"),
    (TICKETS, "Resolution", "A"): mean("resolution_seconds"),
    (TICKETS, "Requester wait", "A"): mean("requester_wait_seconds"),
    (TICKETS, "Complaints: resolution", "A"): mean("complaint_resolution_seconds"),
    (TICKETS, "Resolution rate", "A"): of_window("resolution_ratio"),
    (TICKETS, "First contact resolution", "A"): of_window("first_contact_resolution_ratio"),
    (TICKETS, "Reopen rate", "A"): of_window("reopen_ratio"),
    (TICKETS, "Escalation rate", "A"): of_window("escalation_ratio"),
    (TICKETS, "Abandonment", "A"): of_window("abandonment_ratio"),
    (TICKETS, "Reassignments", "A"): of_window("ticket_reassignments"),
    (TICKETS, "Contacts by channel", "A"): Expectation(
        ("channel",),
        lambda numbers: {(name,): share for name, share in numbers["windows"][WINDOW]["channel_share"].items()},
    ),
    (TICKETS, "Opened by team", "A"): parts("tickets_opened", "team"),
    (TICKETS, "Opened by category", "A"): parts("tickets_opened_by_category", "category"),
    (TICKETS, "Tickets without an opening", "A"): of_state("tickets_without_opening"),
    (LEVELS, "Ended in time", "A"): of_window("sla_ended_in_time"),
    (LEVELS, "Ended late", "A"): of_window("sla_ended_late"),
    (LEVELS, "Ended late by team", "A"): parts("sla_ended_late", "team"),
    (LEVELS, "Compliance by team (target ≥ 90 %)", "A"): compliance("team"),
    (LEVELS, "Error budget left, 30 days", "A"): one(
        lambda numbers: 1 - (1 - numbers["windows"]["30d"]["sla_compliance_ratio"]) / (1 - OBJECTIVE)
    ),
    (VOICE, "CSAT (target ≥ 80 %)", "A"): survey("csat", "percent", 0.01),
    (VOICE, "CES (target ≥ 80 %)", "A"): survey("ces", "percent", 0.01),
    (VOICE, "CES (target ≥ 80 %)", "B"): wilson("ces", -1),
    (VOICE, "NPS (target ≥ 30)", "A"): survey("nps", "score"),
    (VOICE, "NPS (target ≥ 30)", "B"): nps_bound(-1),
    (VOICE, "NPS (target ≥ 30)", "C"): nps_bound(1),
    (VOICE, "NPS, answers", "A"): survey("nps", "responses"),
    (VOICE, "Comments by sentiment", "A"): parts("survey_comments", "sentiment"),
    (VOICE, "Net sentiment (target ≥ 10)", "A"): of_window("net_sentiment"),
    (VOICE, "Mentions", "A"): of_window("mentions"),
    (VOICE, "Mentions by sentiment", "A"): parts("mentions", "sentiment"),
    (VOICE, "Estimated by the model", "A"): of_window("estimated_mentions_ratio"),
    (VOICE, "Shares of positive, neutral and negative mentions", "C"): of_window("negative_mentions_ratio"),
    (VOICE, "Net sentiment by category", "A"): Expectation(
        ("category",),
        lambda numbers: {(name,): net for name, net in numbers["windows"][WINDOW]["net_sentiment_by_category"].items()},
    ),
    (VOICE, "Internal quality score (IQS) (target ≥ 80 %)", "A"): one(
        lambda numbers: numbers["windows"][WINDOW]["internal_quality_score"] / 100
    ),
    (VOICE, "Reviews", "A"): of_window("reviews"),
    (VOICE, "Failed on a critical category", "A"): of_window("failed_reviews_ratio"),
    (VOICE, "Reviews in dispute", "A"): of_state("reviews_in_dispute"),
    (VOICE, "Internal quality score by team", "A"): quality_by("team", "internal_quality_score_by_team"),
    (VOICE, "Score by scorecard category", "A"): quality_by("scorecard_category", "review_category_scores"),
    (VOICE, "Review disputes", "A"): of_window("reviews_disputed"),
    (VOICE, "Response rates", "A"): Expectation(
        ("survey",),
        lambda numbers: {
            (name,): numbers["windows"][WINDOW][name]["response_ratio"] for name in ("csat", "nps", "ces")
        },
    ),
    (QUEUE, "Waiting now", "A"): of_state("calls_waiting"),
    (QUEUE, "Longest wait (target ≤ 5 min)", "A"): one(longest_wait),
    (QUEUE, "In service now", "A"): of_state("calls_in_service"),
    (QUEUE, "Service level of the last hour (target ≥ 80 %)", "A"): of_window("service_level_ratio", "1h"),
    (QUEUE, "Waiting and in service, mean", "A"): mean_level("calls_waiting"),
    (QUEUE, "Waiting and in service, mean", "B"): mean_level("calls_in_service"),
    (QUEUE, "Queued", "A"): of_window("calls_queued"),
    (QUEUE, "Offered", "A"): of_window("calls_offered"),
    (QUEUE, "Answered", "A"): one(lambda numbers: numbers["windows"][WINDOW]["speed_of_answer_seconds"]["count"]),
    (QUEUE, "Abandoned", "A"): of_window("calls_abandoned"),
    (QUEUE, "Hung up at once", "A"): of_window("calls_abandoned_short"),
    (QUEUE, "Abandonment (target ≤ 5 %)", "A"): of_window("call_abandonment_ratio"),
    (QUEUE, "Callbacks", "A"): of_window("callbacks_requested"),
    (QUEUE, "Evicted", "A"): of_window("calls_evicted"),
    (QUEUE, "Blocking", "A"): of_window("call_blocking_ratio"),
    (QUEUE, "Offered by channel", "A"): parts("calls_offered", "channel"),
    (QUEUE, "Service level (target ≥ 80 %)", "A"): of_window("service_level_ratio"),
    (QUEUE, "Abandoned calls left out", "A"): within("abandoned_ignored_ratio"),
    (QUEUE, "Abandoned calls count against", "A"): within("abandoned_against_ratio"),
    (QUEUE, "Abandoned calls count for", "A"): within("abandoned_for_ratio"),
    (QUEUE, "Late", "A"): within("late"),
    (QUEUE, "Speed of answer, mean (target ≤ 30 s)", "A"): mean("speed_of_answer_seconds"),
    (QUEUE, "Handle time, mean", "A"): mean("call_handle_seconds"),
    (QUEUE, "Time to abandon, mean", "A"): mean("call_abandon_seconds"),
    (QUEUE, "Agents on queue now", "A"): of_state("agents_on_queue"),
    (QUEUE, "Agents occupied now", "A"): of_state("agents_occupied"),
    (QUEUE, "On queue and occupied", "A"): of_state("agents_on_queue"),
    (QUEUE, "On queue and occupied", "B"): of_state("agents_occupied"),
    (QUEUE, "Occupancy (target ≤ 85 %)", "A"): of_window("occupancy_ratio"),
    (QUEUE, "Agents by state", "A"): by_state(lambda numbers: numbers["state"]["agents_by_state"]),
    (QUEUE, "Time by state", "A"): by_state(lambda numbers: numbers["windows"][WINDOW]["agent_state_seconds"]),
    (CUSTOMERS, "Active now", "A"): of_state("customers_active"),
    (CUSTOMERS, "Active at the start", "A"): one(
        lambda numbers: numbers["windows"][WINDOW]["customers_active"]["before"]
    ),
    (CUSTOMERS, "Active, mean", "A"): mean_level("customers_active"),
    (CUSTOMERS, "Kept", "A"): of_window("customers_kept"),
    (CUSTOMERS, "Lost", "A"): of_window("customers_lost"),
    (CUSTOMERS, "New", "A"): of_window("customers_new"),
    (CUSTOMERS, "Returned", "A"): of_window("customers_returned"),
    (CUSTOMERS, "Retention", "A"): of_window("customer_retention_ratio"),
    (CUSTOMERS, "Churn (target ≤ 5 %)", "A"): of_window("customer_churn_ratio"),
    (CUSTOMERS, "Acquired", "A"): of_window("customers_acquired"),
    (CUSTOMERS, "Revenue by currency", "A"): of_hundredths("revenue_minor_units", "currency"),
    (CUSTOMERS, "Seen", "A"): of_window("customers_seen"),
    (CUSTOMERS, "Active and seen", "A"): of_window("customers_active_seen"),
    (CUSTOMERS, "Conversion from the stage before", "A"): conversion("of_previous_ratio"),
    (CUSTOMERS, "Conversion from the first stage", "A"): conversion("of_first_ratio"),
}
"""The queries of which the answer is known, by dashboard, title and letter."""
