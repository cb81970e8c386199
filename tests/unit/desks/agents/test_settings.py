from __future__ import annotations

import pytest
from pydantic import ValidationError

from stream.desks.agents.rules import AgentRules
from stream.desks.agents.settings import AgentSettings
from stream.windows.moments import HOUR


def test_the_settings_are_the_rules_that_hold_without_any() -> None:
    assert AgentSettings().rules == AgentRules()


def test_the_silence_is_set_in_hours() -> None:
    assert AgentSettings(silence_hours=1.5).rules == AgentRules(silence=HOUR * 3 // 2)


@pytest.mark.parametrize("hours", [0, -1, 49])
def test_a_silence_that_no_shift_can_have_is_refused(hours: float) -> None:
    with pytest.raises(ValidationError, match="silence_hours"):
        AgentSettings(silence_hours=hours)
