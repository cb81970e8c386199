"""What the tests need to know of a kind to put it through what every kind is put through."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, ClassVar, Self

from stream.settings.shared import SharedSettings
from stream.state.desk import Desk
from stream.state.kind import Kind
from stream.state.rows import ENTITY
from tests.oracle import OracleSettings


class KindUnderTest(Kind):
    """A kind that goes by what a test gives it, and not by settings; ``fingerprint`` stands for these.

    ``beginnings`` are the types of the events with which a simulated story of one of its entities begins. Of some kinds
    an event is a ``duplicate_if_late``, when what it says was superseded before it came.
    """

    beginnings: ClassVar[frozenset[str]]
    duplicate_if_late: ClassVar[bool] = False
    fingerprint: bytes = b""

    @classmethod
    @abstractmethod
    def as_in(cls, settings: OracleSettings) -> Self:
        """The kind as settings of the oracle have it."""

    @classmethod
    @abstractmethod
    def events_for_every_metric(cls) -> tuple[bytes, ...]:
        """Events after which there is something to show in every metric of the kind."""

    def settings_content(self, _settings: SharedSettings) -> dict[str, Any]:
        return {"fingerprint": self.fingerprint.hex()}


def subjects_of(desk: Desk[Any]) -> list[str]:
    """The subjects of all entities of a desk, whose rows must have been taken."""
    return [key[len(ENTITY) :].decode() for key in desk.rows.keys(ENTITY)]
