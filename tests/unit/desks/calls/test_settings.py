from __future__ import annotations

import pytest
from pydantic import ValidationError

from stream.desks.calls.rules import CallRules
from stream.desks.calls.settings import CallSettings


def test_the_defaults_are_those_of_the_rules() -> None:
    assert CallSettings().rules == CallRules()


def test_the_rules_are_in_microseconds_and_their_thresholds_in_order() -> None:
    settings = CallSettings(
        service_level_seconds=frozenset({45, 15}),
        headline_seconds=45,
        headline_abandoned="for",
        short_abandon_seconds=0.5,
        cut_off_hours=2,
    )

    assert settings.rules == CallRules((15, 45), 45, "for", 500_000, 7_200_000_000)


def test_a_headline_that_is_no_service_level_is_refused_with_those_there_are() -> None:
    with pytest.raises(ValidationError, match="headline_seconds is 25, not one of service_level_seconds: 10, 20, 30"):
        CallSettings(headline_seconds=25)


@pytest.mark.parametrize("seconds", [frozenset[int](), frozenset({0}), frozenset({3601}), frozenset(range(1, 12))])
def test_service_levels_are_a_short_list_of_up_to_an_hour(seconds: frozenset[int]) -> None:
    with pytest.raises(ValidationError, match="service_level_seconds"):
        CallSettings(service_level_seconds=seconds, headline_seconds=1)
