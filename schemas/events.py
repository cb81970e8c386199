"""The events that deskpulse reads and publishes, as CloudEvents 1.0 in structured JSON.

Each struct is one event type and version; the modules beside this one define them by topic. The structs are the one
source of truth: the JSON Schemas, the AsyncAPI document and the golden examples are generated from them, and the worker
decodes every record with them, so what is written there is exactly what is accepted.

``(source, id)`` is the idempotency key of an event, ``subject`` is the id of the entity that it is
about and the Kafka key, ``time`` is when it happened. Readers skip unknown fields.
"""

from __future__ import annotations

from typing import Final

from schemas.envelope import (
    Attribute,
    Envelope,
    Identifier,
    Moment,
    SourceEnvelope,
)
from schemas.sla_events import (
    CancelReasonName,
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
    Actor,
    Status,
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
    Visibility,
)

__all__ = [
    "EVENTS_BY_TOPIC",
    "PUBLISHED_BY_TOPIC",
    "SLA_TOPIC",
    "SURVEYS_TOPIC",
    "TICKETS_TOPIC",
    "Actor",
    "Attribute",
    "CancelReasonName",
    "Envelope",
    "Identifier",
    "Moment",
    "Scale",
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
    "Status",
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
    "Visibility",
]

TICKETS_TOPIC: Final = "helpdesk.tickets"
SURVEYS_TOPIC: Final = "helpdesk.surveys"
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
