"""What a model makes of the comments of surveys."""

from __future__ import annotations

from pathlib import Path

import pytest

from stream.core import Core
from stream.desks.surveys.definition import SURVEYS
from stream.sentiment.training import Labelled, trained
from stream.settings.loading import SettingsError, load_settings
from stream.settings.settings import Settings, new_settings
from stream.state.fingerprint import fingerprint
from stream.state.rows import MemoryRows
from stream.windows.sliding import LIFETIME
from tests.kinds.surveys import survey
from tests.kinds.worker import UNLIMITED, records_of

MODEL = trained([Labelled("great, thank you", "positive"), Labelled("broken again", "negative")] * 2, 1)


def answer(subject: str, when: float, comment: str | None, channel: str = "chat") -> bytes:
    """An answer with a comment, or without."""
    told = {} if comment is None else {"comment": comment}
    return survey("responded", when, subject, survey="csat", scale="1-5", score=4, channel=channel, **told)


def settings_with(tmp_path: Path, *, comments: bool) -> Settings:
    """Settings that name a model."""
    file = tmp_path / "my.model"
    file.write_bytes(MODEL.content)
    return new_settings(clock={"mode": "event"}, sentiment={"model": str(file), "survey_comments": comments})


def counted(settings: Settings, *values: bytes) -> dict[tuple[str, ...], int]:
    """How many comments of each sentiment there are after these records, one by one."""
    core = Core(settings, "deskpulse/tests")
    state = core.new_state("surveys", MemoryRows())
    for value in values:
        records = records_of([value], state.applied_offset + 1)
        state.take_in(records, wall_now=2_000_000_000_000_000, row_bytes=UNLIMITED)
    totals = core.view({"surveys": [state]}).window(LIFETIME)
    return {labels: total.count for labels, total in totals.get("survey_comments", {}).items()}


EVENTS = (
    answer("S-1", 0, "Great, thank you!"),
    answer("S-2", 0, "It is broken again"),
    answer("S-3", 0, None),
    answer("S-4", 0, "  "),
    answer("S-5", 0, "broken"),
    answer("S-5", 60, "great now"),
)


def test_comments_are_estimated_where_the_setting_says_so_each_by_the_latest_answer(tmp_path: Path) -> None:
    assert counted(settings_with(tmp_path, comments=True), *EVENTS) == {
        ("csat", "positive", "chat", "none"): 2,
        ("csat", "negative", "chat", "none"): 1,
    }
    assert counted(settings_with(tmp_path, comments=False), *EVENTS) == {}


def test_the_order_of_arrival_means_nothing(tmp_path: Path) -> None:
    settings = settings_with(tmp_path, comments=True)

    assert counted(settings, *reversed(EVENTS), *EVENTS) == counted(settings, *EVENTS)


def test_the_model_is_in_the_fingerprint_only_where_comments_are_estimated(tmp_path: Path) -> None:
    without, with_model = new_settings(clock={"mode": "event"}), settings_with(tmp_path, comments=False)

    assert fingerprint(SURVEYS, without) == fingerprint(SURVEYS, with_model)
    assert fingerprint(SURVEYS, settings_with(tmp_path, comments=True)) != fingerprint(SURVEYS, without)


def test_comments_cannot_be_estimated_without_a_model(tmp_path: Path) -> None:
    file = tmp_path / "deskpulse.toml"
    file.write_text("[sentiment]\nsurvey_comments = true\n", encoding="utf-8")

    with pytest.raises(
        SettingsError, match=r"^sentiment\.survey_comments: there is no model to estimate with; name one"
    ):
        load_settings(file)
