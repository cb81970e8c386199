"""What agents do, on the topic ``helpdesk.agents``.

The entity is the agent. Each event says all that is so from then on: what it leaves out is not known.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from schemas.envelope import Attribute, SourceEnvelope

AgentStateName = Literal["available", "busy", "wrap_up", "away", "offline"]
ServedQueues = Annotated[tuple[Attribute, ...], Meta(max_length=100)]


class AgentStateChangedData(Struct, frozen=True, kw_only=True, gc=False):
    """The state that an agent is in, and the ``queues`` that the agent serves.

    Who serves several customers at once is ``busy`` until the last of them is served.
    """

    state: AgentStateName
    team: Attribute | None = None
    channel: Attribute | None = None
    queues: ServedQueues = ()


class AgentStateChanged(
    SourceEnvelope, frozen=True, kw_only=True, gc=False, tag_field="type", tag="helpdesk.agent.state_changed.v1"
):
    """An agent's state changed, or is told once more."""

    data: AgentStateChangedData


AgentEvent = AgentStateChanged
