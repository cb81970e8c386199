"""Mentions in tests."""

from __future__ import annotations

from functools import cache
from typing import Any

from stream.desks.mentions.definition import MentionDesks, Mentions
from stream.sentiment.model import SentimentModel, model_in
from stream.settings.shared import SharedSettings
from stream.state.kind import Workplace
from tests.kinds.kind_under_test import KindUnderTest
from tests.moments import When, record
from tests.oracle import OracleSettings
from tests.oracle.mentions import MentionSettings

_model_in = cache(model_in)


def mention(kind: str, when: When, subject: str = "M-1", **data: object) -> bytes:
    """An event of a mention."""
    return record(f"helpdesk.mention.{kind}.v1", when, subject, data)


class MentionsUnder(KindUnderTest, Mentions):
    """Mentions under a model that no file has."""

    beginnings = frozenset({"helpdesk.mention.posted.v1"})
    duplicate_if_late = True

    def __init__(self, model: SentimentModel | None = None) -> None:
        self._model = model

    def new_group(self, workplace: Workplace) -> MentionDesks:
        return MentionDesks(workplace, self._model)

    @classmethod
    def as_in(cls, settings: OracleSettings) -> MentionsUnder:
        content = settings.section(MentionSettings).model
        return cls(None if content is None else _model_in(content))

    def settings_content(self, settings: SharedSettings) -> dict[str, Any]:
        return super().settings_content(settings) | {"model": self._model and self._model.digest}

    @classmethod
    def events_for_every_metric(cls) -> tuple[bytes, ...]:
        return (
            mention("posted", 0, "M-1", text="great"),
            *(mention("posted", 0, f"M-{n}", sentiment=told) for n, told in enumerate(("neutral", "negative"), 2)),
            mention("posted", 0, "M-4"),
            mention("labelled", 0, "M-5", sentiment="neutral"),
        )
