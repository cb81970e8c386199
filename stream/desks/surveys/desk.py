"""The desk of surveys: takes survey events in, in any order and any number of times."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from schemas.events import SurveyEvent, SurveySent
from stream.desks.surveys.comments import Comment, NewestComments
from stream.desks.surveys.scores import SurveyRules, is_detractor, is_favourable
from stream.desks.surveys.survey import NOT_SENT, Answer, Sent, Survey
from stream.sentiment.model import SentimentModel
from stream.state.contributing import Values
from stream.state.desk import subject_of
from stream.state.rows import ENTITY
from stream.state.ties import tie_of
from stream.state.value_desk import DeskContext, ValueDesk

_ROW_BYTES: Final = 256
_BYTES_A_CHARACTER: Final = 4


class SurveyDesk(ValueDesk[Survey]):
    """The surveys of one partition, counted by these rules; a model, if there is one, estimates their comments."""

    noun = "survey"
    unknown = NOT_SENT

    def __init__(self, context: DeskContext, rules: SurveyRules, model: SentimentModel | None = None) -> None:
        super().__init__(context)
        self._rules = rules
        self._model = model
        self._comments = NewestComments()

    def after(self, before: Survey, event: SurveyEvent, time: int) -> Survey | None:
        """A survey counts by its first sending and by its latest answer."""
        stamp, sequence = (time, tie_of(event.source, event.id)), event.sequence or ""
        position = time, sequence, stamp[1]
        if isinstance(event, SurveySent):
            if before.sent is not None and before.sent.position <= position:
                return None
            data = event.data
            return before._replace(sent=Sent(stamp, data.survey, data.channel, data.team, sequence))
        if before.answer is not None and before.answer.position >= position:
            return None
        answer = event.data
        return before._replace(
            answer=Answer(
                stamp,
                answer.survey,
                answer.scale,
                answer.score,
                answer.comment,
                answer.ticket,
                answer.channel,
                answer.team,
                sequence,
            )
        )

    def last_time(self, value: Survey) -> int:
        """When it was last sent or answered."""
        return max(part.stamp[0] for part in value if part is not None)

    def row_bytes(self, subject: str, value: Survey) -> int:
        """About how many bytes a survey takes in a row."""
        parts = (*(value.sent or ()), *(value.answer or ()))
        characters = len(subject) + sum(len(part) for part in parts if isinstance(part, str))
        return _ROW_BYTES + _BYTES_A_CHARACTER * characters

    def changed(self, subject: str, before: Survey, after: Survey) -> None:
        """Keep its comment, and look for older ones where many were taken back."""
        self.left(subject, before)
        self.noticed(subject, after)
        if self._comments.lacks_older:
            self._comments.evicted = False
            for other, survey in self._others(subject):
                self.noticed(other, survey)

    def noticed(self, subject: str, value: Survey) -> None:
        """Keep its comment if it has one."""
        answer = value.answer
        if answer is not None and answer.comment:
            at = answer.stamp[0]
            comment = Comment(at, answer.survey, answer.scale, answer.score, answer.comment, answer.ticket)
            self._comments.add(subject, comment)

    def left(self, subject: str, value: Survey) -> None:
        """Its comment leaves with it."""
        if value.answer is not None:
            self._comments.take_back(subject, value.answer.stamp[0])

    def comments(self) -> Iterator[Comment]:
        """The newest comments, newest first."""
        return self._comments.newest()

    def contribute(self, value: Survey, sign: int) -> None:
        """A sending and an answer, each at its own time."""
        sent, answer = value
        if sent is not None:
            asked: Values = {"survey": sent.survey, "channel": sent.channel, "team": sent.team}
            self.count("surveys_sent", asked, sent.stamp[0], sign)
        if answer is None:
            return
        channel, team = answer.channel, answer.team
        if sent is not None:
            channel = sent.channel if channel is None else channel
            team = sent.team if team is None else team
        values: Values = {
            "survey": answer.survey,
            "channel": channel,
            "team": team,
            "scale": answer.scale,
            "score": str(answer.score),
        }
        at = answer.stamp[0]
        self.count("survey_responses", values, at, sign)
        self.count("survey_scores", values, at, sign)
        if is_favourable(answer.survey, answer.scale, answer.score, self._rules):
            self.count("survey_favourable", values, at, sign)
        if is_detractor(answer.survey, answer.score):
            self.count("survey_detractors", values, at, sign)
        if self._model is not None and answer.comment and answer.comment.strip():
            estimated: Values = {**values, "sentiment": self._model.estimate(answer.comment)}
            self.count("survey_comments", estimated, at, sign)

    def _others(self, subject: str) -> Iterator[tuple[str, Survey]]:
        for other, row in self.dirty.items():
            if other != subject:
                yield other, row.value
        for key, value in self.rows.scan(ENTITY):
            other = subject_of(key)
            if other != subject and other not in self.dirty:
                yield other, self.decoded(other, value).value
