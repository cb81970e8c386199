"""The desk of mentions: takes what happens to mentions in, in any order and any number of times."""

from __future__ import annotations

from typing import Final

from schemas.events import MentionDeleted, MentionEvent, MentionLabelled, MentionPosted
from stream.desks.mentions.measures import UNLABELLED, WITHOUT_POSTING
from stream.desks.mentions.mention import UNKNOWN, Labelling, Mention, Position, Posting
from stream.sentiment.grams import LONGEST_TEXT
from stream.sentiment.model import SentimentModel
from stream.state.contributing import Values
from stream.state.ties import tie_of
from stream.state.value_desk import DeskContext, Standing, ValueDesk

_ROW_BYTES: Final = 128
_BYTES_A_CHARACTER: Final = 4


class MentionDesk(ValueDesk[Mention]):
    """The mentions of one partition; those that nobody has labelled are estimated by the model, if there is one."""

    noun = "mention"
    unknown = UNKNOWN

    def __init__(self, context: DeskContext, model: SentimentModel | None) -> None:
        super().__init__(context)
        self._model = model
        self._digest = "" if model is None else model.digest

    def after(self, before: Mention, event: MentionEvent, time: int) -> Mention | None:
        """The mention with its first moment, its latest posting and labelling; a deletion is for good."""
        position = time, event.sequence or "", tie_of(event.source, event.id)
        match event:
            case MentionPosted():
                after = self._posted(before, event, position)
            case MentionLabelled() if before.labelling is None or before.labelling.position < position:
                after = before._replace(labelling=Labelling(position, event.data.sentiment))
            case MentionDeleted() if before.deleted is None or before.deleted < time:
                after = before._replace(deleted=time)
            case _:
                return None
        if after.deleted is not None and after.posting is not None:
            after = after._replace(posting=after.posting.without_text)
        return None if after == before else after

    def last_time(self, value: Mention) -> int:
        """When it was last posted, labelled or deleted."""
        parts = (part.position[0] for part in (value.posting, value.labelling) if part is not None)
        return max(*parts, value.deleted or 0, value.posted or 0)

    def row_bytes(self, subject: str, value: Mention) -> int:
        """About how many bytes a mention takes in a row."""
        posting = value.posting or ()
        characters = len(subject) + sum(len(part) for part in posting if isinstance(part, str))
        return _ROW_BYTES + _BYTES_A_CHARACTER * characters

    def contribute(self, value: Mention, sign: int) -> None:
        """A mention that is known and not deleted, by its sentiment."""
        at, posting = value.posted, value.posting
        if at is None or posting is None or value.deleted is not None:
            return
        sentiment, is_estimated = self._sentiment_of(posting, value.labelling)
        values: Values = {
            "channel": posting.channel,
            "category": posting.category,
            "sentiment": sentiment,
            "estimated": "yes" if is_estimated else "no",
        }
        self.count("mentions", values, at, sign)
        if sentiment == UNLABELLED:
            return
        self.count("mentions_with_sentiment", values, at, sign)
        self.count(f"mentions_{sentiment}", values, at, sign)
        if is_estimated:
            self.count("mentions_estimated", values, at, sign)

    def standing(self, value: Mention) -> Standing:
        """It may lack its posting."""
        if value.posting is None and value.labelling is not None and value.deleted is None:
            yield WITHOUT_POSTING, {}

    def _posted(self, before: Mention, event: MentionPosted, position: Position) -> Mention:
        posted = position[0] if before.posted is None else min(before.posted, position[0])
        if before.posting is not None and before.posting.position >= position:
            return before._replace(posted=posted)
        data = event.data
        posting = Posting(position, None, data.sentiment, data.channel, data.category)
        if data.sentiment is None and data.text is not None and data.text.strip():
            text = data.text[:LONGEST_TEXT]
            estimate = None if self._model is None else self._model.estimate(text)
            posting = posting._replace(text=text, estimate=estimate, model=self._digest)
        return before._replace(posted=posted, posting=posting)

    def _sentiment_of(self, posting: Posting, labelling: Labelling | None) -> tuple[str, bool]:
        """The sentiment that counts, and whether it is estimated."""
        label = posting.sentiment if labelling is None else labelling.sentiment
        if label is not None:
            return label, False
        if self._model is None or posting.text is None:
            return UNLABELLED, False
        if posting.model == self._digest and posting.estimate is not None:
            return posting.estimate, True
        return self._model.estimate(posting.text), True
