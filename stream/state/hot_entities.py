"""The entities that were used lately, kept as objects; all others are rows."""

from __future__ import annotations

from typing import Final, Generic, TypeVar

Entity = TypeVar("Entity")

HOT_ENTITIES: Final = 10_000
"""How many entities of a partition at least are kept as objects; at most twice as many are."""


class HotEntities(Generic[Entity]):
    """Entities by subject in two generations: what was not used while the younger one filled is let go."""

    def __init__(self, limit: int = HOT_ENTITIES) -> None:
        self._limit = limit
        self._old: dict[str, Entity] = {}
        self.young: dict[str, Entity] = {}
        """Those used since the generations last changed places; to be read and written directly."""

    def find(self, subject: str) -> Entity | None:
        """An entity of either generation, which is in the younger one from now on."""
        entity = self.young.get(subject)
        if entity is None:
            entity = self._old.pop(subject, None)
            if entity is not None:
                self.young[subject] = entity
        return entity

    def let_go(self) -> None:
        """Let the older generation go if the younger one is full. Every entity in it must be in its row."""
        if len(self.young) >= self._limit:
            self._old, self.young = self.young, {}

    def forget(self, subject: str) -> None:
        """An entity that is gone."""
        self.young.pop(subject, None)
        self._old.pop(subject, None)
