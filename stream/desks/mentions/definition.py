"""The definition of mentions."""

from __future__ import annotations

from typing import Any, Final

from schemas.events import EVENTS_BY_TOPIC, MENTIONS_TOPIC
from stream.desks.mentions.alerts import ALERTS
from stream.desks.mentions.desk import MentionDesk
from stream.desks.mentions.measures import MEASURES, RATIOS, SCORES, WITHOUT_POSTING
from stream.desks.mentions.numbers import window_numbers
from stream.desks.mentions.panels import PANELS
from stream.desks.mentions.presentation import COLUMNS, ROWS
from stream.desks.mentions.story.storyline import MentionStoryline
from stream.sentiment.model import SentimentModel
from stream.settings.sentiment import SentimentSettings, model_of
from stream.settings.shared import SharedSettings
from stream.state.kind import Kind, Workplace
from stream.state.panel import Page
from stream.state.totals import WindowTotals
from stream.state.value_desks import ValueDesks


class Mentions(Kind):
    """Mentions of the brand, each positive, neutral or negative."""

    name = "mentions"
    topic = MENTIONS_TOPIC
    events = EVENTS_BY_TOPIC[MENTIONS_TOPIC]
    measures = MEASURES
    gauges = (WITHOUT_POSTING,)
    ratios = RATIOS
    scores = SCORES
    sections = {"sentiment": SentimentSettings}
    panels = PANELS
    alerts = ALERTS
    page = Page.VOICE
    rows = ROWS
    columns = COLUMNS
    story = MentionStoryline

    def new_group(self, workplace: Workplace) -> MentionDesks:
        """The desks of a worker."""
        return MentionDesks(workplace, model_of(workplace.settings))

    def settings_content(self, settings: SharedSettings) -> dict[str, Any]:
        """The model, wherever its file lies."""
        model = model_of(settings)
        return {"model": None if model is None else model.digest}

    def check_settings(self, settings: SharedSettings) -> None:
        """Raise ``ValueError`` if the model cannot be read."""
        model_of(settings)

    def window_numbers(self, totals: WindowTotals) -> dict[str, Any]:
        """The final numbers of a window."""
        return window_numbers(totals)


class MentionDesks(ValueDesks):
    """The desks of mentions in a worker."""

    def __init__(self, workplace: Workplace, model: SentimentModel | None) -> None:
        super().__init__(MENTIONS, workplace, lambda context: MentionDesk(context, model))


MENTIONS: Final = Mentions()
