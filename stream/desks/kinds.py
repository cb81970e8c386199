"""The kinds of entities that deskpulse knows: the one list of them."""

from __future__ import annotations

from typing import Final

from stream.desks.surveys.definition import SURVEYS
from stream.desks.tickets.definition import TICKETS
from stream.state.kind import Kind

KINDS: Final[tuple[Kind, ...]] = (
    TICKETS,
    SURVEYS,
)

SOURCE_TOPICS: Final = tuple(kind.topic for kind in KINDS)
"""The topics of the events that are taken in."""

DECODERS: Final = {kind.topic: kind.decode for kind in KINDS}
"""How the records of each source topic are decoded; they raise ``RejectedRecordError``."""


def kind_of(topic: str) -> Kind | None:
    """The kind that takes in the events of a topic."""
    return next((kind for kind in KINDS if kind.topic == topic), None)


def published_of(topic: str) -> tuple[str, ...]:
    """The topics of the events that are made of those of a topic."""
    kind = kind_of(topic)
    return () if kind is None else tuple(kind.published)
