"""What panels say besides their numbers."""

from __future__ import annotations

from typing import Final

import pytest

from stream.monitoring.dashboards.queries import Reader
from stream.monitoring.dashboards.words import description_of, target_text, title_of
from stream.settings.monitoring import MonitoringSettings
from stream.state.figure import Figure, Statistic
from stream.state.panel import Good, Panel, Target, Unit

OBJECTIVES: Final = MonitoringSettings()
READER: Final = Reader(("channel", "priority", "team"))


def test_a_description_is_the_definition_of_the_catalogue() -> None:
    panel = Panel("Opened", (Figure("tickets_opened"), Figure("tickets_opened", window="1h")))

    assert description_of(panel, READER, OBJECTIVES) == "Tickets opened."


def test_a_description_says_what_a_ratio_and_a_score_are_of() -> None:
    panel = Panel("Both", (Figure("abandonment"), Figure("nps")))

    assert description_of(panel, Reader(), OBJECTIVES) == (
        "Tickets whose customer left, or that were closed unresolved with no agent's reply."
        " As a part of: Tickets opened.\n\n"
        "100 (A - B) / C. A: Answers of satisfied customers (csat), promoters (nps), customers with low effort (ces)."
        " B: Answers of detractors (nps, scores 0 to 6). C: Surveys answered, each by its latest answer."
    )


def test_a_description_says_which_choices_change_nothing() -> None:
    reply = Panel("First reply", (Figure("first_reply_seconds", Statistic.P50),))
    threshold = Panel("Threshold", (Figure("backlog_threshold_seconds", Statistic.LARGEST),))

    assert description_of(reply, READER, OBJECTIVES).endswith("The choice of team does not change this panel.")
    assert description_of(threshold, READER, OBJECTIVES).endswith(
        "The choice of channel, priority or team does not change this panel."
    )


def test_a_target_stands_in_the_title_where_it_is_to_be_shown_and_always_in_the_description() -> None:
    figures = (Figure("sla_compliance"),)
    shown = Panel("SLA", figures, unit=Unit.RATIO, target=Target("sla_compliance", Good.AT_LEAST, shown=True))
    silent = Panel("SLA", figures, unit=Unit.RATIO, target=Target("sla_compliance", Good.AT_LEAST))

    assert title_of(shown, OBJECTIVES) == "SLA (target ≥ 90 %)"
    assert title_of(silent, OBJECTIVES) == "SLA"
    none = Panel("Breached", figures, target=Target("breached", Good.AT_MOST, shown=True))
    assert title_of(none, OBJECTIVES) == "Breached (target 0)"
    assert "Good: at least 90 %." in description_of(silent, Reader(), OBJECTIVES)


@pytest.mark.parametrize(
    "name, unit, text",
    [
        ("abandonment", Unit.RATIO, "10 %"),
        ("first_reply_seconds", Unit.SECONDS, "4 h"),
        ("oldest_open_seconds", Unit.SECONDS, "7 d"),
        ("silence_seconds", Unit.SECONDS, "30 min"),
        ("lag", Unit.COUNT, "10 000"),
        ("nps", Unit.SCORE, "30"),
    ],
)
def test_a_target_is_written_as_people_do(name: str, unit: Unit, text: str) -> None:
    assert target_text(Target(name, Good.AT_MOST), unit, OBJECTIVES) == text
