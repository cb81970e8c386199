"""The settings of rules, alerts and dashboards: what is aimed at, and from where on something is wrong."""

from __future__ import annotations

from typing import Annotated, ClassVar, Final, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, model_validator

from stream.settings.section import Seconds, Section

DASHBOARDS_URL: Final = "http://localhost:3000/d"
"""Where Grafana shows its dashboards, with Grafana's own defaults."""

_NEVER_FIRES: Final = 1
"""Never is a larger share of the clocks late than all of them."""


def web_address(address: str) -> str:
    """An address without slashes at its end. Raises ``ValueError`` for what is no address of the web."""
    try:
        parts = urlsplit(address)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"takes an address such as https://wiki.example/deskpulse, not {address!r}")
    return address.rstrip("/")


Address = Annotated[str, AfterValidator(web_address)]
Share = Annotated[float, Field(gt=0, lt=1)]
Least = Annotated[int, Field(ge=1, le=1_000_000_000)]


class MonitoringSettings(Section):
    """What `deskpulse monitoring export` writes into rules, dashboards and runbooks. Shares are from 0 to 1."""

    runbooks_url: Address | None = Field(
        None, description="Address below which you publish the runbooks, for the links in alerts."
    )
    dashboards_url: Address = Field(
        DASHBOARDS_URL,
        description="Address below which Grafana shows dashboards by uid, for the links in alerts.",
    )
    sla_compliance: Share = Field(
        0.90, description="Objective: share of SLA clocks that end in time. The rest is the error budget."
    )
    burn_rate: float = Field(
        2.0,
        gt=0,
        le=1e6,
        description="An alert tells when SLA clocks end late this many times faster than the objective allows, in the"
        " last 24 hours and in the last hour.",
    )
    burn_clocks_day: Least = Field(
        20, description="Fewer clocks than this that ended in the last 24 hours say nothing."
    )
    burn_clocks_hour: Least = Field(5, description="Fewer clocks than this that ended in the last hour say nothing.")
    backlog_growth: float = Field(
        0.25, gt=0, le=1_000, description="By which share of itself a team's backlog may grow in a day."
    )
    backlog_growth_tickets: Least = Field(20, description="A backlog that has grown by fewer tickets never alerts.")
    abandonment: Share = Field(0.10, description="Share of a channel's tickets of the last hour that may be abandoned.")
    abandonment_tickets: Least = Field(
        20, description="A channel with fewer tickets opened in the last hour never alerts."
    )
    csat: Share = Field(0.80, description="Objective: share of satisfied customers.")
    csat_drop: Share = Field(
        0.10, description="How far the CSAT of the last 24 hours may be below that of the last 30 days."
    )
    csat_answers: Least = Field(20, description="Fewer answers than this in the last 24 hours say nothing.")
    nps: float = Field(30, ge=-100, le=100, description="Objective: NPS, from -100 to 100.")
    ces: Share = Field(0.80, description="Objective: share of customers with low effort.")
    net_sentiment: float = Field(
        10, ge=-100, le=100, description="Objective: net sentiment of mentions, from -100 to 100."
    )
    net_sentiment_drop: float = Field(
        20,
        gt=0,
        lt=200,
        description="By how many points the net sentiment of a category in the last 24 hours may be below that of the"
        " last 30 days.",
    )
    net_sentiment_mentions: Least = Field(
        20, description="Fewer mentions of a category than this in the last 24 hours say nothing."
    )
    internal_quality: Share = Field(0.80, description="Objective: internal quality score (IQS) of a team, from 0 to 1.")
    internal_quality_reviews: Least = Field(
        10, description="A team with fewer scored reviews than this in the last 7 days never alerts."
    )
    first_reply_seconds: Seconds = Field(
        14_400, description="Objective: time within which nine of ten customers have a first reply."
    )
    open_cases: int = Field(100, ge=0, le=1_000_000_000, description="Objective: most cases open at once.")
    oldest_open_seconds: Seconds = Field(604_800, description="Objective: greatest age of an open ticket.")
    call_service_level: Share = Field(
        0.80, description="Objective: service level of calls, by the formula and within the seconds of `[calls]`."
    )
    call_service_level_calls: Least = Field(
        20, description="A queue with fewer calls than this that counted in the last hour never alerts."
    )
    call_abandonment: Share = Field(0.05, description="Objective: share of the calls offered that are abandoned.")
    call_wait_seconds: Seconds = Field(300, description="Objective: longest that anybody waits in a queue.")
    customer_churn: Share = Field(
        0.05, description="Objective: share of the customers who were active 30 days ago and are not any more."
    )
    customer_churn_customers: Least = Field(
        100, description="Where fewer customers than this were active 30 days ago, churn never alerts."
    )
    speed_of_answer_seconds: Seconds = Field(30, description="Objective: mean wait until a call is answered.")
    occupancy: Share = Field(
        0.85, description="Objective: most of their time on queue for which agents are busy or in wrap-up."
    )
    occupancy_agent_seconds: Seconds = Field(
        7_200,
        description="A team whose agents were on queue for less than that in the last hour, in all, never alerts.",
    )
    lag: Least = Field(10_000, description="Records of a topic that may wait to be taken in.")
    dead_letters: Share = Field(0.01, description="Share of a topic's records that may become dead letters.")
    dead_letters_records: Least = Field(
        10, description="Fewer dead letters than this in a quarter of an hour never alert."
    )
    silence_seconds: Seconds = Field(1_800, description="How long no event may come from the helpdesk.")
    silence_events: Least = Field(
        10, description="Where fewer events than this came in the same hour a week ago, silence is usual."
    )
    overdue_seconds: Seconds = Field(
        60, description="How far in the past the next SLA deadline may be before deadlines count as unnoticed."
    )
    breached: ClassVar[float] = 0
    """How many SLA clocks may be past their deadline: none."""
    at_risk: ClassVar[float] = 0
    """How many SLA clocks may be near their deadline: none."""
    budget_left: ClassVar[float] = 0
    """Which share of the error budget has to be left."""

    @property
    def late_allowed(self) -> float:
        """The share of SLA clocks that may end late."""
        return 1 - self.sla_compliance

    @property
    def late_alarming(self) -> float:
        """The share of SLA clocks that end late from which on an alert tells."""
        return self.burn_rate * self.late_allowed

    @model_validator(mode="after")
    def _can_fire(self) -> Self:
        if self.late_alarming >= _NEVER_FIRES:
            raise ValueError(
                f"burn_rate: at {self.burn_rate:g}, with the objective sla_compliance = {self.sla_compliance:g}, no"
                f" alert could ever tell: take less than {_NEVER_FIRES / self.late_allowed:.4g}"
            )
        return self
