"""The desk of surveys: what was asked, what was answered, and what counts as favourable."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

import msgspec

from schemas.events import SURVEYS_TOPIC, SurveyEvent, SurveySent
from schemas.surveys import SCORES
from stream.desk.decoding import decode_survey_event
from stream.desk.desk import Desk
from stream.desk.hot_entities import HOT_ENTITIES, HotEntities
from stream.desk.labels import LabelBounds
from stream.desk.newest_comments import Comment, NewestComments
from stream.desk.rows import ENTITY, Row, RowStore
from stream.desk.timeline import tie_of
from stream.windows.series import SeriesRegistry
from stream.windows.sliding import Contribution

_REMEMBERED = 10_000
_ROW_BYTES = 256
_BYTES_A_CHARACTER = 4

_SATISFIED_FROM: Final = {"1-3": 3, "1-5": 4, "1-7": 6, "1-10": 8, "0-10": 8, "good-bad": 1}
_LOW_EFFORT_FROM: Final = {"1-5": 4, "1-7": 5}
_PROMOTERS_FROM: Final = 9
_DETRACTORS_TO: Final = 6


@dataclass(frozen=True, slots=True)
class SurveyRules:
    """``ces_inverted``: a low score means low effort."""

    ces_inverted: bool = False


Position = tuple[int, str, bytes]
"""What orders the events of a survey: time, sequence (empty for none, which comes first) and the hash of the id."""


class Sent(NamedTuple):
    """That a survey went out; ``stamp`` is its time and the hash of its id."""

    stamp: tuple[int, bytes]
    survey: str
    channel: str | None
    team: str | None
    sequence: str = ""

    @property
    def position(self) -> Position:
        """Where it stands among what happened to the survey."""
        return self.stamp[0], self.sequence, self.stamp[1]


class Answer(NamedTuple):
    """The answer that counts; ``stamp`` is its time and the hash of its id."""

    stamp: tuple[int, bytes]
    survey: str
    scale: str
    score: int
    comment: str | None
    ticket: str | None
    channel: str | None
    team: str | None
    sequence: str = ""

    @property
    def position(self) -> Position:
        """Where it stands among the answers to the same survey."""
        return self.stamp[0], self.sequence, self.stamp[1]


class Survey(NamedTuple):
    """A survey: its first sending and its latest answer."""

    sent: Sent | None = None
    answer: Answer | None = None


NOT_SENT: Final = Survey()
"""A survey of which nothing is known."""


class SurveyRow(NamedTuple):
    """A survey's row; ``base`` is what the survey was before it first changed in the epoch ``epoch``."""

    survey: Survey
    epoch: int
    base: Survey


_encode_row = msgspec.msgpack.Encoder().encode
_decode_row = msgspec.msgpack.Decoder(SurveyRow).decode


def is_favourable(survey: str, scale: str, score: int, rules: SurveyRules) -> bool:
    """Whether an answer is that of a satisfied customer, a promoter, or one who had little effort."""
    if survey == "nps":
        return score >= _PROMOTERS_FROM
    if survey == "ces":
        threshold = _LOW_EFFORT_FROM[scale]
        if rules.ces_inverted:
            return score <= SCORES[scale].stop - threshold
        return score >= threshold
    return score >= _SATISFIED_FROM[scale]


def is_detractor(survey: str, score: int) -> bool:
    """Whether an answer to an NPS survey counts against us."""
    return survey == "nps" and score <= _DETRACTORS_TO


class SurveyDesk(Desk[SurveyEvent]):
    """The surveys of one partition, of which at least ``hot`` are kept as objects."""

    topic = SURVEYS_TOPIC

    def __init__(
        self,
        rules: SurveyRules,
        registry: SeriesRegistry,
        bounds: LabelBounds,
        rows: RowStore,
        hot: int = HOT_ENTITIES,
    ) -> None:
        super().__init__(decode_survey_event, rows)
        self._rules = rules
        self._registry = registry
        self._bounds = bounds
        self._dirty: dict[str, SurveyRow] = {}
        self._hot: HotEntities[SurveyRow] = HotEntities(hot)
        self._found: dict[tuple[str, str | None, str | None], tuple[str, str, str]] = {}
        self._comments = NewestComments()

    def apply(self, event: SurveyEvent, time: int) -> bool:
        """Take a survey event in; ``False`` if it changes nothing."""
        stamp, sequence = (time, tie_of(event.source, event.id)), event.sequence or ""
        position = time, sequence, stamp[1]
        subject = event.subject
        row = self._row(subject)
        if row is None:
            self.check_not_too_late("survey", subject, time)
        before = NOT_SENT if row is None else row.survey
        if isinstance(event, SurveySent):
            if before.sent is not None and before.sent.position <= position:
                return False
            data = event.data
            after = before._replace(sent=Sent(stamp, data.survey, data.channel, data.team, sequence))
        else:
            if before.answer is not None and before.answer.position >= position:
                return False
            answer = event.data
            after = before._replace(
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
        self._contribute(before, -1)
        self._contribute(after, 1)
        self._note_comment(subject, before, after)
        base = row.base if row is not None and row.epoch == self.epoch else before
        self._hot.young[subject] = self._dirty[subject] = SurveyRow(after, self.epoch, base)
        self.dirty_bytes += _row_bytes(subject, after) + _row_bytes(subject, base)
        return True

    def dirty_rows(self) -> Iterator[Row]:
        """The rows of the surveys that changed."""
        dirty, self._dirty = self._dirty, {}
        self.dirty_bytes = 0
        for subject, row in dirty.items():
            yield Row(ENTITY + subject.encode(), _encode_row(row))
        self._hot.let_go()

    def survey(self, subject: str) -> Survey | None:
        """A survey as it stands, ``None`` if nothing is known of it."""
        row = self._row(subject)
        return None if row is None else row.survey

    def restore(self, key: bytes, value: bytes, checkpoint: int | None) -> None:
        """Note a survey's comment and add what it contributes, or what of that the checkpoint does not have."""
        survey, epoch, base = _decode_row(value)
        if checkpoint is None:
            self._contribute(survey, 1)
        elif epoch == checkpoint:
            self._contribute(base, -1)
            self._contribute(survey, 1)
        self._keep_comment(_subject_of(key), survey)

    def restored(self) -> None:
        """Comments are in order already."""

    def depart(self, key: bytes, value: bytes) -> list[Contribution] | None:
        """Let go of a survey that was neither sent nor answered since the horizon."""
        survey = _decode_row(value).survey
        stamps = [part.stamp for part in survey if part is not None]
        if max(stamps)[0] >= self.horizon:
            return None
        contributions = self.contributions_in(value)
        subject = _subject_of(key)
        self._hot.forget(subject)
        if survey.answer is not None:
            self._comments.take_back(subject, survey.answer.stamp[0])
        return contributions

    def contributions_in(self, value: bytes) -> list[Contribution]:
        """All that the survey of a row contributes."""
        mark = len(self.contributions)
        self._contribute(_decode_row(value).survey, 1)
        contributions = self.contributions[mark:]
        del self.contributions[mark:]
        return contributions

    def comments(self) -> Iterator[Comment]:
        """The newest comments, newest first."""
        return self._comments.newest()

    def _contribute(self, survey: Survey, sign: int) -> None:
        sent, answer = survey
        if sent is not None:
            values = self._labels(sent.survey, sent.channel, sent.team)
            self._count("surveys_sent", values, sent.stamp[0], sign)
        if answer is None:
            return
        channel, team = answer.channel, answer.team
        if sent is not None:
            channel = sent.channel if channel is None else channel
            team = sent.team if team is None else team
        at = answer.stamp[0]
        values = self._labels(answer.survey, channel, team)
        self._count("survey_responses", values, at, sign)
        self._count("survey_scores", (answer.survey, answer.scale, str(answer.score)), at, sign)
        if is_favourable(answer.survey, answer.scale, answer.score, self._rules):
            self._count("survey_favourable", values, at, sign)
        if is_detractor(answer.survey, answer.score):
            self._count("survey_detractors", values, at, sign)

    def _row(self, subject: str) -> SurveyRow | None:
        row = self._hot.find(subject)
        if row is None:
            value = self.rows.get(ENTITY + subject.encode())
            if value is not None:
                row = self._hot.young[subject] = _decode_row(value)
        return row

    def _labels(self, survey: str, channel: str | None, team: str | None) -> tuple[str, str, str]:
        attributes = survey, channel, team
        labels = self._found.get(attributes)
        if labels is None:
            if len(self._found) >= _REMEMBERED:
                self._found.clear()
            labels = survey, self._bounds.fold("channel", channel), self._bounds.fold("team", team)
            self._found[attributes] = labels
        return labels

    def _count(self, measure: str, values: tuple[str, ...], at: int, sign: int) -> None:
        self.contributions.append((self._registry.first_slot(measure, values), at, sign, 0))

    def _note_comment(self, subject: str, before: Survey, after: Survey) -> None:
        if before.answer is not None:
            self._comments.take_back(subject, before.answer.stamp[0])
        self._keep_comment(subject, after)
        if self._comments.lacks_older:
            self._comments.evicted = False
            for other, row in self._dirty.items():
                if other != subject:
                    self._keep_comment(other, row.survey)
            for key, value in self.rows.scan(ENTITY):
                other = _subject_of(key)
                if other != subject and other not in self._dirty:
                    self._keep_comment(other, _decode_row(value).survey)

    def _keep_comment(self, subject: str, survey: Survey) -> None:
        answer = survey.answer
        if answer is None or not answer.comment:
            return
        comment = Comment(answer.stamp[0], answer.survey, answer.scale, answer.score, answer.comment, answer.ticket)
        self._comments.add(subject, comment)


def _subject_of(key: bytes) -> str:
    return key[len(ENTITY) :].decode()


def _row_bytes(subject: str, survey: Survey) -> int:
    parts = (*(survey.sent or ()), *(survey.answer or ()))
    characters = len(subject) + sum(len(part) for part in parts if isinstance(part, str))
    return _ROW_BYTES + _BYTES_A_CHARACTER * characters
