"""The oracle's computation of surveys: their events go into tables, their part of the snapshot comes out."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tests.oracle.kind import Answer, OracleKind, Rows
from tests.oracle.numbers import Numbers, ratio
from tests.oracle.shapes import Shape, attribute, identifier, is_whole, one_of, or_null, text
from tests.oracle.windows import Window, windows_at

_LABELS: Final = ("survey", "channel", "team", "scale", "score")
_SCORES: Final[Mapping[tuple[str, str], range]] = {
    ("csat", "1-3"): range(1, 4),
    ("csat", "1-5"): range(1, 6),
    ("csat", "1-7"): range(1, 8),
    ("csat", "1-10"): range(1, 11),
    ("csat", "0-10"): range(11),
    ("csat", "good-bad"): range(2),
    ("nps", "0-10"): range(11),
    ("ces", "1-5"): range(1, 6),
    ("ces", "1-7"): range(1, 8),
}
_SURVEYS: Final = ("csat", "nps", "ces")
_SCALES: Final = ("1-3", "1-5", "1-7", "1-10", "0-10", "good-bad")
_PLACE: Final = {"ticket": or_null(identifier), "channel": or_null(attribute), "team": or_null(attribute)}


@dataclass(frozen=True, kw_only=True, slots=True)
class SurveySettings:
    """Which of the documented definitions of surveys apply.

    ``ces_inverted`` says that a low effort score is the favourable one.
    """

    ces_inverted: bool = False


def _is_on_scale(data: Mapping[str, Any]) -> bool:
    return data["score"] in _SCORES.get((data["survey"], data["scale"]), ())


class Surveys(OracleKind[SurveySettings]):
    """Surveys of customers: CSAT, NPS and CES."""

    name = "surveys"
    one = "survey"
    settings_type = SurveySettings
    events = {
        "sent": Shape({"survey": one_of(*_SURVEYS)}, _PLACE),
        "responded": Shape(
            {"survey": one_of(*_SURVEYS), "scale": one_of(*_SCALES), "score": is_whole},
            _PLACE | {"comment": or_null(text(16384, 0))},
            agree=_is_on_scale,
        ),
    }
    letters = "S"
    own_words = frozenset(events)
    details = dict.fromkeys(_SURVEYS, "survey") | dict.fromkeys(_SCALES, "scale")
    said = {"ces_inverted": ("ces_inverted", bool)}

    def add_word(self, data: dict[str, Any], word: str) -> None:
        """Add a survey, a scale or a score, which is a number."""
        if word.lstrip("-").isdecimal():
            data["score"] = int(word)
        else:
            super().add_word(data, word)

    def numbers(self, rows: Mapping[str, Rows], settings: SurveySettings, now: int) -> Answer:
        """The windows of surveys; of their state there is nothing to tell."""
        with closing(sqlite3.connect(":memory:")) as tables:
            _load(tables, rows[self.name], settings)
            tables.executescript(Path(__file__).with_name("surveys.sql").read_text(encoding="utf-8"))
            return {}, {window.name: _window(tables, window) for window in windows_at(now)}


def _load(tables: sqlite3.Connection, rows: Rows, settings: SurveySettings) -> None:
    tables.execute("CREATE TABLE chosen AS SELECT ? AS ces_inverted", [settings.ces_inverted])
    tables.execute("CREATE TABLE events (subject, kind, moment, sequence, tie, survey, scale, score, channel, team)")
    for row in {(row["source"], row["id"]): row for row in rows}.values():
        data = row["data"]
        # As text, for the numbers may be too large for an integer of SQLite.
        place = row["moment"], row["sequence"], f"{row['tie']:020}"
        answer = data["survey"], data.get("scale"), data.get("score")
        tables.execute(
            "INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (row["subject"], row["type"].split(".")[2], *place, *answer, data.get("channel"), data.get("team")),
        )


def _window(tables: sqlite3.Connection, window: Window) -> Numbers:
    condition, bounds = window.condition
    parts: dict[str, list[Numbers]] = {}
    for measure, amount, *values in tables.execute(
        "SELECT measure, count(*), survey, channel, team, scale, score FROM contributions "  # noqa: S608 - a condition of two
        f"WHERE {condition} GROUP BY measure, survey, channel, team, scale, score",
        bounds,
    ):
        labels = {label: value for label, value in zip(_LABELS, values, strict=True) if value is not None}
        parts.setdefault(measure, []).append({"labels": labels, "count": amount})
    return {
        "csat": _share_of_favourable(parts, "csat"),
        "nps": _net_promoters(parts),
        "ces": _share_of_favourable(parts, "ces"),
        "parts": parts,
    }


def _share_of_favourable(parts: Mapping[str, Rows], survey: str) -> Numbers:
    numbers = _of_survey(parts, survey)
    return numbers | {"percent": ratio(100 * numbers["favourable"], numbers["responses"])}


def _net_promoters(parts: Mapping[str, Rows]) -> Numbers:
    numbers = _of_survey(parts, "nps")
    promoters = numbers["favourable"]
    detractors = _count(parts, "survey_detractors", "nps")
    return numbers | {
        "promoters": promoters,
        "passives": numbers["responses"] - promoters - detractors,
        "detractors": detractors,
        "score": ratio(100 * (promoters - detractors), numbers["responses"]),
    }


def _of_survey(parts: Mapping[str, Rows], survey: str) -> Numbers:
    sent = _count(parts, "surveys_sent", survey)
    responses = _count(parts, "survey_responses", survey)
    scores: dict[str, dict[str, int]] = {}
    for part in parts.get("survey_scores", ()):
        if part["labels"]["survey"] == survey:
            scores.setdefault(part["labels"]["scale"], {})[part["labels"]["score"]] = part["count"]
    return {
        "sent": sent,
        "responses": responses,
        "favourable": _count(parts, "survey_favourable", survey),
        "response_ratio": ratio(responses, sent),
        "scores": scores,
    }


def _count(parts: Mapping[str, Rows], measure: str, survey: str) -> int:
    return sum(part["count"] for part in parts.get(measure, ()) if part["labels"]["survey"] == survey)
