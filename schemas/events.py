"""The events that deskpulse reads and publishes, as CloudEvents 1.0 in structured JSON.

Each struct is one event type and version; the modules beside this one define them by topic. The structs are the one
source of truth: the JSON Schemas, the AsyncAPI document and the golden examples are generated from them, and the worker
decodes every record with them, so what is written there is exactly what is accepted.

``(source, id)`` is the idempotency key of an event, ``subject`` is the id of the entity that it is
about and the Kafka key, ``time`` is when it happened. Readers skip unknown fields.
"""

from __future__ import annotations

from typing import Final

from schemas.agent_events import AgentStateChanged
from schemas.call_events import (
    CallAbandoned,
    CallAnswered,
    CallBlocked,
    CallCallbackRequested,
    CallEnded,
    CallEvent,
    CallEvicted,
    CallHeld,
    CallQueued,
    CallResumed,
    CallTransferred,
    CallWrappedUp,
)
from schemas.customer_events import (
    CustomerAcquired,
    CustomerEvent,
    CustomerInteracted,
    CustomerPurchased,
    CustomerSpent,
    CustomerStageEntered,
    CustomerSubscriptionEnded,
    CustomerSubscriptionStarted,
    JourneyStage,
)
from schemas.envelope import (
    Attribute,
    Envelope,
    Moment,
    SourceEnvelope,
)
from schemas.mention_events import (
    MentionDeleted,
    MentionEvent,
    MentionLabelled,
    MentionPosted,
    Sentiment,
)
from schemas.review_events import (
    DisputeOutcome,
    RatedCategory,
    ReviewDeleted,
    ReviewDisputed,
    ReviewDisputeSettled,
    ReviewEvent,
    ReviewSubmitted,
)
from schemas.sla_events import (
    SlaActivated,
    SlaAtRisk,
    SlaBreached,
    SlaCancelled,
    SlaClockData,
    SlaEvent,
    SlaFulfilled,
    SlaName,
    SlaPaused,
    SlaResumed,
    SlaRetracted,
    SlaRetractedData,
)
from schemas.survey_events import (
    Scale,
    SurveyEvent,
    SurveyKind,
    SurveyResponded,
    SurveyRespondedData,
    SurveySent,
    SurveySentData,
)
from schemas.ticket_events import (
    TicketAbandoned,
    TicketAbandonedData,
    TicketDeleted,
    TicketDeletedData,
    TicketEscalated,
    TicketEscalatedData,
    TicketEvent,
    TicketHandedOff,
    TicketHandedOffData,
    TicketMerged,
    TicketMergedData,
    TicketOpened,
    TicketOpenedData,
    TicketReopened,
    TicketReopenedData,
    TicketReplied,
    TicketRepliedData,
    TicketResolved,
    TicketResolvedData,
    TicketRestored,
    TicketRestoredData,
    TicketStatusChanged,
    TicketStatusChangedData,
    TicketUpdated,
    TicketUpdatedData,
)

__all__ = [
    "AGENTS_TOPIC",
    "CALLS_TOPIC",
    "CUSTOMERS_TOPIC",
    "EVENTS_BY_TOPIC",
    "MENTIONS_TOPIC",
    "PUBLISHED_BY_TOPIC",
    "REVIEWS_TOPIC",
    "SLA_TOPIC",
    "SURVEYS_TOPIC",
    "TICKETS_TOPIC",
    "AgentStateChanged",
    "Attribute",
    "CallAbandoned",
    "CallAnswered",
    "CallBlocked",
    "CallCallbackRequested",
    "CallEnded",
    "CallEvent",
    "CallEvicted",
    "CallHeld",
    "CallQueued",
    "CallResumed",
    "CallTransferred",
    "CallWrappedUp",
    "CustomerAcquired",
    "CustomerEvent",
    "CustomerInteracted",
    "CustomerPurchased",
    "CustomerSpent",
    "CustomerStageEntered",
    "CustomerSubscriptionEnded",
    "CustomerSubscriptionStarted",
    "DisputeOutcome",
    "Envelope",
    "JourneyStage",
    "MentionDeleted",
    "MentionEvent",
    "MentionLabelled",
    "MentionPosted",
    "Moment",
    "RatedCategory",
    "ReviewDeleted",
    "ReviewDisputeSettled",
    "ReviewDisputed",
    "ReviewEvent",
    "ReviewSubmitted",
    "Scale",
    "Sentiment",
    "SlaActivated",
    "SlaAtRisk",
    "SlaBreached",
    "SlaCancelled",
    "SlaClockData",
    "SlaEvent",
    "SlaFulfilled",
    "SlaName",
    "SlaPaused",
    "SlaResumed",
    "SlaRetracted",
    "SlaRetractedData",
    "SourceEnvelope",
    "SurveyEvent",
    "SurveyKind",
    "SurveyResponded",
    "SurveyRespondedData",
    "SurveySent",
    "SurveySentData",
    "TicketAbandoned",
    "TicketAbandonedData",
    "TicketDeleted",
    "TicketDeletedData",
    "TicketEscalated",
    "TicketEscalatedData",
    "TicketEvent",
    "TicketHandedOff",
    "TicketHandedOffData",
    "TicketMerged",
    "TicketMergedData",
    "TicketOpened",
    "TicketOpenedData",
    "TicketReopened",
    "TicketReopenedData",
    "TicketReplied",
    "TicketRepliedData",
    "TicketResolved",
    "TicketResolvedData",
    "TicketRestored",
    "TicketRestoredData",
    "TicketStatusChanged",
    "TicketStatusChangedData",
    "TicketUpdated",
    "TicketUpdatedData",
]

TICKETS_TOPIC: Final = "helpdesk.tickets"
SURVEYS_TOPIC: Final = "helpdesk.surveys"
CALLS_TOPIC: Final = "helpdesk.calls"
AGENTS_TOPIC: Final = "helpdesk.agents"
MENTIONS_TOPIC: Final = "helpdesk.mentions"
CUSTOMERS_TOPIC: Final = "helpdesk.customers"
REVIEWS_TOPIC: Final = "helpdesk.reviews"
SLA_TOPIC: Final = "helpdesk.sla"

EVENTS_BY_TOPIC: Final[dict[str, tuple[type[Envelope], ...]]] = {
    TICKETS_TOPIC: (
        TicketOpened,
        TicketReplied,
        TicketHandedOff,
        TicketStatusChanged,
        TicketResolved,
        TicketReopened,
        TicketUpdated,
        TicketMerged,
        TicketEscalated,
        TicketAbandoned,
        TicketDeleted,
        TicketRestored,
    ),
    SURVEYS_TOPIC: (SurveySent, SurveyResponded),
    CALLS_TOPIC: (
        CallQueued,
        CallBlocked,
        CallAnswered,
        CallAbandoned,
        CallEvicted,
        CallCallbackRequested,
        CallHeld,
        CallResumed,
        CallTransferred,
        CallEnded,
        CallWrappedUp,
    ),
    AGENTS_TOPIC: (AgentStateChanged,),
    MENTIONS_TOPIC: (MentionPosted, MentionLabelled, MentionDeleted),
    CUSTOMERS_TOPIC: (
        CustomerAcquired,
        CustomerSubscriptionStarted,
        CustomerSubscriptionEnded,
        CustomerPurchased,
        CustomerInteracted,
        CustomerStageEntered,
        CustomerSpent,
    ),
    REVIEWS_TOPIC: (ReviewSubmitted, ReviewDisputed, ReviewDisputeSettled, ReviewDeleted),
}
"""The events of each topic that deskpulse reads."""

PUBLISHED_BY_TOPIC: Final[dict[str, tuple[type[Envelope], ...]]] = {
    SLA_TOPIC: (
        SlaActivated,
        SlaPaused,
        SlaResumed,
        SlaAtRisk,
        SlaBreached,
        SlaFulfilled,
        SlaCancelled,
        SlaRetracted,
    ),
}
"""The events of each topic that deskpulse writes for others."""
