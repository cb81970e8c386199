"""Events written down in a few words, and a worker without Kafka that takes them in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import orjson

from stream.core import Core
from stream.desks.agents.definition import Agents
from stream.desks.agents.desk_group import AgentDesks
from stream.desks.agents.rules import AgentRules
from stream.desks.calls.definition import Calls
from stream.desks.calls.desk_group import CallDesks
from stream.desks.calls.rules import CallRules
from stream.desks.customers.definition import CustomerDesks, Customers
from stream.desks.customers.desk import CustomerDesk
from stream.desks.customers.rules import CustomerRules
from stream.desks.mentions.definition import MentionDesks, Mentions
from stream.desks.reviews.definition import ReviewDesks, Reviews
from stream.desks.reviews.rules import ReviewRules
from stream.desks.surveys.definition import SurveyDesks, Surveys
from stream.desks.surveys.desk import SurveyDesk
from stream.desks.surveys.scores import SurveyRules
from stream.desks.surveys.survey import Survey
from stream.desks.tickets.definition import Tickets
from stream.desks.tickets.desk import TicketDesk
from stream.desks.tickets.desk_group import TicketDesks
from stream.desks.tickets.kept_ticket import Ticket
from stream.desks.tickets.rules import TicketRules
from stream.desks.tickets.sla.default_policy import DEFAULT_POLICY
from stream.desks.tickets.sla.policy import Policies
from stream.metrics.final_numbers import final_numbers
from stream.metrics.view import WorkerView
from stream.sentiment.model import SentimentModel
from stream.settings.settings import Settings
from stream.settings.shared import ClockSettings, SharedSettings
from stream.state.checkpoint import DEFAULT_PACE, Pace
from stream.state.desk import Desk
from stream.state.hot_entities import HOT_ENTITIES
from stream.state.kind import Samples, Workplace
from stream.state.labels import LabelBounds
from stream.state.partition import Outcome, PartitionState
from stream.state.records import RecordLimits
from stream.state.rows import ENTITY, MemoryRows, RowStore
from stream.state.totals import total_of
from stream.windows.business_calendar import BusinessCalendar, Shift
from stream.windows.clock import Clock, EventClock, WallClock
from stream.windows.moments import to_microseconds
from stream.windows.sliding import LIFETIME
from tests import event_records

SOURCE: Final = "deskpulse/tests"
"""The CloudEvents source of what workers publish here."""

START: Final = datetime(2024, 3, 4, 12, tzinfo=UTC)
"""When the stories begin: noon of a Monday."""

MINUTE: Final = 60
HOUR: Final = 3_600
DAY: Final = 86_400

UNLIMITED: Final = 1_000_000_000
"""So many bytes of rows that no run of records is split."""

DEFAULT_RULES: Final = TicketRules()
DEFAULT_POLICIES: Final = Policies([DEFAULT_POLICY])
DEFAULT_SURVEY_RULES: Final = SurveyRules()
DEFAULT_CALL_RULES: Final = CallRules()
DEFAULT_AGENT_RULES: Final = AgentRules()
DEFAULT_CUSTOMER_RULES: Final = CustomerRules()
DEFAULT_REVIEW_RULES: Final = ReviewRules()
DEFAULT_LIMITS: Final = RecordLimits()

When = float | str
"""Seconds after the start of the story, or an RFC 3339 time."""


def moment(when: When) -> datetime:
    """The time of an event."""
    return datetime.fromisoformat(when) if isinstance(when, str) else START + timedelta(seconds=when)


def microseconds(when: When) -> int:
    """The time of an event as the domain counts it."""
    return to_microseconds(moment(when))


class MovableClock(WallClock):
    """A wall clock that shows what it is set to, in seconds after the start of the story."""

    def __init__(self, seconds: float = 0) -> None:
        super().__init__(lambda: microseconds(self.seconds) * 1_000, lambda: 0)
        self.seconds = seconds


def ticket(kind: str, when: When, subject: str = "T-1", **data: object) -> bytes:
    """An event of a ticket."""
    return record(f"helpdesk.ticket.{kind}.v1", when, subject, data)


def survey(kind: str, when: When, subject: str = "S-1", **data: object) -> bytes:
    """An event of a survey."""
    return record(f"helpdesk.survey.{kind}.v1", when, subject, data)


def call(kind: str, when: When, subject: str = "C-1", **data: object) -> bytes:
    """An event of a call."""
    return record(f"helpdesk.call.{kind}.v1", when, subject, data)


def agent(state: str, when: When, subject: str = "A-1", **data: object) -> bytes:
    """An event of an agent."""
    return record("helpdesk.agent.state_changed.v1", when, subject, {"state": state, **data})


def mention(kind: str, when: When, subject: str = "M-1", **data: object) -> bytes:
    """An event of a mention."""
    return record(f"helpdesk.mention.{kind}.v1", when, subject, data)


def customer(kind: str, when: When, subject: str = "U-1", **data: object) -> bytes:
    """An event of a customer."""
    return record(f"helpdesk.customer.{kind}.v1", when, subject, data)


def review(
    kind: str, when: When, subject: str = "R-1", reviewee: str = "amara", reviewer: str = "quinn", **data: object
) -> bytes:
    """An event of a review."""
    return record(f"helpdesk.review.{kind}.v1", when, subject, {"reviewee": reviewee, "reviewer": reviewer, **data})


def record(event_type: str, when: When, subject: str, data: object, **attributes: object) -> bytes:
    """A raw record; records with the same content are the same event."""
    return event_records.record(event_type, subject, moment(when).isoformat(), data, **attributes)


def office_hours(
    zone: str = "UTC", shifts: Iterable[tuple[float, float]] = ((9, 17),), days: Iterable[int] = range(5)
) -> BusinessCalendar:
    """A calendar with the same shifts, in hours, on each of the given days of the week."""
    week = tuple(Shift(round(start * 60), round(end * 60)) for start, end in shifts)
    chosen = set(days)
    return BusinessCalendar(ZoneInfo(zone), [week if day in chosen else () for day in range(7)])


@dataclass(frozen=True, slots=True)
class SourceRecord:
    """A record as the partition state sees it."""

    offset: int
    value: bytes | None


class TicketsUnder(Tickets):
    """Tickets under rules and policies that no settings file can say; ``fingerprint`` stands for other settings."""

    def __init__(
        self, rules: TicketRules, policies: Policies | None, backlog_threshold: int | None, fingerprint: bytes
    ) -> None:
        self._under = rules, policies, backlog_threshold
        self._fingerprint = fingerprint

    def new_group(self, workplace: Workplace) -> TicketDesks:
        return TicketDesks(workplace, *self._under)

    def settings_content(self, _settings: SharedSettings) -> dict[str, Any]:
        return {"fingerprint": self._fingerprint.hex()}


class SurveysUnder(Surveys):
    """Surveys under rules; ``fingerprint`` stands for other settings."""

    def __init__(self, rules: SurveyRules, fingerprint: bytes, model: SentimentModel | None = None) -> None:
        self._rules = rules
        self._fingerprint = fingerprint
        self._model = model

    def new_group(self, workplace: Workplace) -> SurveyDesks:
        return SurveyDesks(workplace, self._rules, self._model)

    def settings_content(self, _settings: SharedSettings) -> dict[str, Any]:
        return {"fingerprint": self._fingerprint.hex()}


class CallsUnder(Calls):
    """Calls under rules; ``fingerprint`` stands for other settings."""

    def __init__(self, rules: CallRules, fingerprint: bytes) -> None:
        self._rules = rules
        self._fingerprint = fingerprint

    def new_group(self, workplace: Workplace) -> CallDesks:
        return CallDesks(self.decode, workplace, self._rules)

    def settings_content(self, _settings: SharedSettings) -> dict[str, Any]:
        return {"fingerprint": self._fingerprint.hex()}


class AgentsUnder(Agents):
    """Agents under rules; ``fingerprint`` stands for other settings."""

    def __init__(self, rules: AgentRules, fingerprint: bytes) -> None:
        self._rules = rules
        self._fingerprint = fingerprint

    def new_group(self, workplace: Workplace) -> AgentDesks:
        return AgentDesks(self.decode, workplace, self._rules)

    def settings_content(self, _settings: SharedSettings) -> dict[str, Any]:
        return {"fingerprint": self._fingerprint.hex()}


class CustomersUnder(Customers):
    """Customers under rules; ``fingerprint`` stands for other settings."""

    def __init__(self, rules: CustomerRules, fingerprint: bytes) -> None:
        self._rules = rules
        self._fingerprint = fingerprint

    def new_group(self, workplace: Workplace) -> CustomerDesks:
        return CustomerDesks(workplace, self._rules)

    def settings_content(self, _settings: SharedSettings) -> dict[str, Any]:
        return {"fingerprint": self._fingerprint.hex()}


class MentionsUnder(Mentions):
    """Mentions under a model that no file has; ``fingerprint`` stands for other settings."""

    def __init__(self, model: SentimentModel | None, fingerprint: bytes) -> None:
        self._model = model
        self._fingerprint = fingerprint

    def new_group(self, workplace: Workplace) -> MentionDesks:
        return MentionDesks(workplace, self._model)

    def settings_content(self, _settings: SharedSettings) -> dict[str, Any]:
        return {"model": self._model and self._model.digest, "fingerprint": self._fingerprint.hex()}


class ReviewsUnder(Reviews):
    """Reviews under rules; ``fingerprint`` stands for other settings."""

    def __init__(self, rules: ReviewRules, fingerprint: bytes) -> None:
        self._rules = rules
        self._fingerprint = fingerprint

    def new_group(self, workplace: Workplace) -> ReviewDesks:
        return ReviewDesks(workplace, self._rules)

    def settings_content(self, _settings: SharedSettings) -> dict[str, Any]:
        return {"self_reviews": self._rules.self_reviews, "fingerprint": self._fingerprint.hex()}


class Worker:
    """The functional core with one partition of each topic, and the numbers that a reader sees."""

    def __init__(
        self,
        rules: TicketRules = DEFAULT_RULES,
        *,
        survey_rules: SurveyRules = DEFAULT_SURVEY_RULES,
        clock: Clock | None = None,
        zone: str = "UTC",
        limits: RecordLimits = DEFAULT_LIMITS,
        bounds: LabelBounds | None = None,
        backlog_threshold: int | None = None,
        events_between: int | None = None,
        fingerprint: bytes = b"",
        hot: int = HOT_ENTITIES,
        policies: Policies | None = DEFAULT_POLICIES,
        call_rules: CallRules = DEFAULT_CALL_RULES,
        agent_rules: AgentRules = DEFAULT_AGENT_RULES,
        model: SentimentModel | None = None,
        comment_model: SentimentModel | None = None,
        customer_rules: CustomerRules = DEFAULT_CUSTOMER_RULES,
        review_rules: ReviewRules = DEFAULT_REVIEW_RULES,
    ) -> None:
        self.limits = limits
        self.wall_now = microseconds("2030-01-01T00:00:00+00:00")
        kinds = (
            TicketsUnder(rules, policies, backlog_threshold, fingerprint),
            SurveysUnder(survey_rules, fingerprint, comment_model),
            CallsUnder(call_rules, fingerprint),
            AgentsUnder(agent_rules, fingerprint),
            MentionsUnder(model, fingerprint),
            CustomersUnder(customer_rules, fingerprint),
            ReviewsUnder(review_rules, fingerprint),
        )
        self.core = Core(
            Settings(clock=ClockSettings(time_zone=zone)),
            SOURCE,
            clock=clock or EventClock(),
            kinds=kinds,
            bounds=bounds,
            limits=limits,
            pace=DEFAULT_PACE if events_between is None else Pace(events_between, bytes_an_event=1 << 30),
            hot=hot,
        )
        self.clock = self.core.clock
        self.registry = self.core.registry
        self.bounds = self.core.bounds
        self.tickets = self.new_tickets()
        self.surveys = self.new_surveys()
        self.calls = self.core.new_state("calls", MemoryRows())
        self.agents = self.core.new_state("agents", MemoryRows())
        self.mentions = self.core.new_state("mentions", MemoryRows())
        self.customers = self.core.new_state("customers", MemoryRows())
        self.reviews = self.core.new_state("reviews", MemoryRows())

    def new_tickets(self, rows: RowStore | None = None) -> PartitionState:
        """An empty partition of tickets that shares the worker's clock and series."""
        return self.core.new_state("tickets", rows or MemoryRows())

    def new_surveys(self, rows: RowStore | None = None) -> PartitionState:
        """An empty partition of surveys that shares the worker's clock and series."""
        return self.core.new_state("surveys", rows or MemoryRows())

    @property
    def ticket_desk(self) -> TicketDesk:
        """The desk of the tickets."""
        return desk_of(self.tickets)

    @property
    def customer_desk(self) -> CustomerDesk:
        """The desk of the customers."""
        desk = self.customers.desk
        assert isinstance(desk, CustomerDesk)
        return desk

    @property
    def survey_desk(self) -> SurveyDesk:
        """The desk of the surveys."""
        desk = self.surveys.desk
        assert isinstance(desk, SurveyDesk)
        return desk

    def take(self, *values: bytes | None) -> Outcome:
        """Take ticket records in, as one batch."""
        return self.take_into(self.tickets, values)

    def take_surveys(self, *values: bytes | None) -> Outcome:
        """Take survey records in, as one batch."""
        return self.take_into(self.surveys, values)

    def take_calls(self, *values: bytes | None) -> Outcome:
        """Take records of calls in, as one batch."""
        return self.take_into(self.calls, values)

    def take_agents(self, *values: bytes | None) -> Outcome:
        """Take records of agents in, as one batch."""
        return self.take_into(self.agents, values)

    def take_mentions(self, *values: bytes | None) -> Outcome:
        """Take records of mentions in, as one batch."""
        return self.take_into(self.mentions, values)

    def take_customers(self, *values: bytes | None) -> Outcome:
        """Take records of customers in, as one batch."""
        return self.take_into(self.customers, values)

    def take_reviews(self, *values: bytes | None) -> Outcome:
        """Take records of reviews in, as one batch."""
        return self.take_into(self.reviews, values)

    def take_into(self, state: PartitionState, values: Iterable[bytes | None]) -> Outcome:
        """Take records in that follow those which the partition has."""
        records = records_of(values, state.applied_offset + 1)
        outcome = state.take_in(records, wall_now=self.wall_now, row_bytes=UNLIMITED)
        state.went_out(len(outcome.outgoing))
        return outcome

    def view(self, *others: PartitionState) -> WorkerView:
        """What the worker knows now, with other partitions beside its own."""
        states = {
            "tickets": [self.tickets],
            "surveys": [self.surveys],
            "calls": [self.calls],
            "agents": [self.agents],
            "mentions": [self.mentions],
            "customers": [self.customers],
            "reviews": [self.reviews],
        }
        for state in others:
            states["tickets" if isinstance(state.desk, TicketDesk) else "surveys"].append(state)
        return self.core.view(states)

    def counted(self) -> list[Samples]:
        """What the kinds have counted so far."""
        return [samples for desks in self.core.desks.values() for samples in desks.group.counted()]

    def numbers(self) -> dict[str, Any]:
        """The final numbers with their parts, as they are read from JSON."""
        return as_json(self.view())

    def window(self, name: str = LIFETIME) -> dict[str, Any]:
        """The final numbers of a window."""
        numbers: dict[str, Any] = self.numbers()["windows"][name]
        return numbers

    def state(self) -> dict[str, Any]:
        """The gauges."""
        numbers: dict[str, Any] = self.numbers()["state"]
        return numbers

    def count(self, measure: str, window: str = LIFETIME) -> int:
        """How often a measure was contributed to."""
        return sum(part["count"] for part in self.window(window)["parts"].get(measure, ()))

    def seconds(self, measure: str, window: str = LIFETIME) -> tuple[int, float]:
        """The count and the sum in seconds of a duration."""
        parts = self.window(window)["parts"].get(measure, ())
        return sum(part["count"] for part in parts), sum(part["sum"] for part in parts)

    def by_labels(self, measure: str, window: str = LIFETIME) -> dict[tuple[str, ...], int]:
        """The counts of a measure by its label values, in the order in which the measure names the labels."""
        parts = self.window(window)["parts"].get(measure, ())
        return {tuple(part["labels"].values()): part["count"] for part in parts}

    def days(self, measure: str) -> dict[str, int]:
        """How often a measure was contributed to on each local day."""
        return {day: count for day, totals in self.view().days() if (count := total_of(totals, measure).count)}


def records_of(values: Iterable[bytes | None], first: int = 0) -> list[SourceRecord]:
    """Records of a source topic with consecutive offsets."""
    return [SourceRecord(offset, value) for offset, value in enumerate(values, first)]


def desk_of(state: PartitionState) -> TicketDesk:
    """The desk of a partition of tickets."""
    desk = state.desk
    assert isinstance(desk, TicketDesk)
    return desk


def as_json(view: WorkerView) -> dict[str, Any]:
    """The final numbers of a view with their parts, through JSON."""
    numbers: dict[str, Any] = orjson.loads(orjson.dumps(final_numbers(view, parts=True)))
    return numbers


def settled(
    *values: bytes,
    rules: TicketRules = DEFAULT_RULES,
    policies: Policies | None = DEFAULT_POLICIES,
    model: SentimentModel | None = None,
) -> Worker:
    """A worker that has taken ticket records in and let happen what was due; ``model`` is for whatever is estimated."""
    worker = Worker(rules, policies=policies, model=model, comment_model=model)
    outcome = worker.take(*values)
    assert not outcome.rejections, outcome.rejections
    advanced = worker.tickets.advance(caught_up=True)
    worker.tickets.went_out(len(advanced.outgoing))
    return worker


def non_zero(totals: Mapping[int, int]) -> dict[int, int]:
    """Totals without the slots that came back to zero."""
    return {slot: amount for slot, amount in totals.items() if amount}


def subjects_of(desk: Desk[Any]) -> list[str]:
    """The subjects of all entities of a desk, whose rows must have been taken."""
    return [key[len(ENTITY) :].decode() for key in desk.rows.keys(ENTITY)]


def tickets_of(desk: TicketDesk) -> dict[str, Ticket]:
    """All tickets of a desk by subject."""
    return {subject: ticket for subject in subjects_of(desk) if (ticket := desk.find(subject)) is not None}


def surveys_of(desk: SurveyDesk) -> dict[str, Survey]:
    """All surveys of a desk by subject."""
    return {subject: survey for subject in subjects_of(desk) if (survey := desk.value(subject)) is not None}
