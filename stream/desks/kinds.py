"""The kinds of entities that deskpulse knows: the one list of them."""

from __future__ import annotations

from pkgutil import resolve_name
from typing import Final

from stream.state.kind import Kind

_DEFINITIONS: Final = (
    "stream.desks.tickets.definition:TICKETS",
    "stream.desks.surveys.definition:SURVEYS",
    "stream.desks.calls.definition:CALLS",
    "stream.desks.agents.definition:AGENTS",
    "stream.desks.mentions.definition:MENTIONS",
    "stream.desks.customers.definition:CUSTOMERS",
    "stream.desks.reviews.definition:REVIEWS",
)

KINDS: Final[tuple[Kind, ...]] = tuple(map(resolve_name, _DEFINITIONS))

SOURCE_TOPICS: Final = tuple(kind.topic for kind in KINDS)
"""The topics of the events that are taken in."""

DECODERS: Final = {kind.topic: kind.decode for kind in KINDS}
"""How the records of each source topic are decoded; they raise ``RejectedRecordError``."""


def kind_of(topic: str) -> Kind | None:
    """The kind that takes in the events of a topic."""
    return next((kind for kind in KINDS if kind.topic == topic), None)


def entities_of(topic: str) -> str:
    """What people call that which the events of a topic are about, such as ``tickets``."""
    kind = kind_of(topic)
    return "entities" if kind is None else kind.name


def published_of(topic: str) -> tuple[str, ...]:
    """The topics of the events that are made of those of a topic."""
    kind = kind_of(topic)
    return () if kind is None else tuple(kind.published)
