"""The golden examples of the events of agents."""

from __future__ import annotations

from typing import Final

from schemas.agent_events import AgentStateChanged, AgentStateChangedData
from schemas.envelope import Envelope
from schemas.example_envelopes import at, few, full

_SOURCE: Final = "https://pbx.example.com/agents"

FULL_AGENTS: Final[tuple[Envelope, ...]] = (
    AgentStateChanged(
        specversion="1.0",
        **full(73001, "agent-17", at(4, 9, 0, 29), _SOURCE),
        data=AgentStateChangedData(state="busy", team="first-line", channel="phone", queues=("billing", "technical")),
    ),
)

MINIMAL_AGENTS: Final[tuple[Envelope, ...]] = (
    AgentStateChanged(
        specversion="1.0",
        **few(82001, "agent-18", at(6, 8, 0, 0), _SOURCE),
        data=AgentStateChangedData(state="available"),
    ),
)
