from __future__ import annotations

from datetime import date
from importlib import metadata
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from stream.desks.tickets.definition import TICKETS
from stream.desks.tickets.sla.settings import SlaSettings
from stream.settings.calendar import CalendarSettings
from stream.settings.settings import new_settings
from stream.state.fingerprint import fingerprint
from stream.windows.business_calendar import BusinessCalendar
from tests.moments import HOUR, microseconds

EVERY_DAY = dict.fromkeys(
    ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"), ("09:00-17:00",)
)


def calendar_of(**keys: object) -> BusinessCalendar:
    """The calendar of a section with these keys."""
    calendar = CalendarSettings.model_validate(keys).calendar()
    assert calendar is not None
    return calendar


def problems_of(**keys: object) -> list[str]:
    """What is said of a section with these keys."""
    with pytest.raises(ValidationError) as refused:
        CalendarSettings.model_validate(keys)
    (error,) = refused.value.errors()
    return str(error["ctx"]["error"]).splitlines()


def is_open_on(calendar: BusinessCalendar, day: str) -> bool:
    """Whether there are opening hours on a day, in UTC."""
    found = calendar.between(microseconds(f"{day}T00:00:00Z"), microseconds(f"{day}T23:59:59Z"))
    assert found in {0, 8 * HOUR * 1_000_000}
    return found > 0


class TestPublicHolidays:
    def test_those_of_the_country_and_of_its_region_are_days_off(self) -> None:
        germany, bavaria = (calendar_of(**EVERY_DAY, country="DE", subdivision=region) for region in (None, "BY"))

        assert not is_open_on(germany, "2026-10-03")
        assert not is_open_on(bavaria, "2026-10-03")
        assert is_open_on(germany, "2026-01-06")
        assert not is_open_on(bavaria, "2026-01-06")

    def test_movable_ones_are_known_in_every_year(self) -> None:
        germany = calendar_of(**EVERY_DAY, country="DE")

        for easter_monday in ("1991-04-01", "2024-04-01", "2026-04-06", "2035-03-26"):
            assert not is_open_on(germany, easter_monday)

    def test_dates_of_ones_own_come_on_top(self) -> None:
        germany = calendar_of(**EVERY_DAY, country="DE", holidays=["2026-12-24"])

        assert not is_open_on(germany, "2026-12-24")
        assert not is_open_on(germany, "2026-12-25")
        assert is_open_on(germany, "2026-12-28")

    def test_without_a_country_only_dates_of_ones_own_are_days_off(self) -> None:
        assert calendar_of(**EVERY_DAY, holidays=["2026-12-24"]).holidays == {date(2026, 12, 24)}

    @pytest.mark.parametrize(
        "keys, words",
        [
            ({"country": "XX"}, "country: no public holidays are known for 'XX'; take a code such as DE, FR or US"),
            ({"country": "DE", "subdivision": "QQ"}, "subdivision: DE has no 'QQ'; known are BB, BE, BW, BY"),
            ({"country": "VA", "subdivision": "QQ"}, "subdivision: VA has no 'QQ'; known are none"),
            ({"subdivision": "BY"}, "subdivision: 'BY' is given without a country"),
        ],
    )
    def test_unknown_ones_are_refused_with_examples(self, keys: dict[str, object], words: str) -> None:
        (line,) = problems_of(**keys)

        assert line.startswith(words)

    def test_new_data_of_public_holidays_decides_the_fingerprint(self, monkeypatch: pytest.MonkeyPatch) -> None:
        sections = (
            new_settings(),
            new_settings(calendar=CalendarSettings(monday=("09:00-17:00",), country="DE")),
            new_settings(sla=SlaSettings(calendars={"day": CalendarSettings(country="DE")})),
        )
        before = [fingerprint(TICKETS, settings) for settings in sections]
        monkeypatch.setattr("stream.settings.calendar.version", lambda _name: metadata.version("holidays") + ".1")

        after = [fingerprint(TICKETS, settings) for settings in sections]

        assert [old == new for old, new in zip(before, after, strict=True)] == [True, False, False]


class TestOverlaps:
    @pytest.mark.parametrize(
        "week, line",
        [
            (
                {"monday": ["09:00-17:00", "16:00-18:00"]},
                "monday: the shift 16:00-18:00 overlaps 09:00-17:00 of Monday",
            ),
            (
                {"monday": ["16:00-18:00", "09:00-17:00"]},
                "monday: the shift 16:00-18:00 overlaps 09:00-17:00 of Monday",
            ),
            (
                {"monday": ["09:00-17:00", "10:00-11:00"]},
                "monday: the shift 10:00-11:00 overlaps 09:00-17:00 of Monday",
            ),
            ({"monday": ["09:00-17:00"] * 2}, "monday: the shift 09:00-17:00 overlaps 09:00-17:00 of Monday"),
            (
                {"friday": ["22:00-06:00"], "saturday": ["05:59-07:00"]},
                "saturday: the shift 05:59-07:00 overlaps 22:00-06:00 of Friday",
            ),
            (
                {"sunday": ["22:00-06:00"], "monday": ["05:59-07:00"]},
                "monday: the shift 05:59-07:00 overlaps 22:00-06:00 of Sunday",
            ),
            (
                {"sunday": ["12:00-12:00"], "monday": ["00:00-24:00"]},
                "monday: the shift 00:00-00:00 overlaps 12:00-12:00 of Sunday",
            ),
        ],
    )
    def test_shifts_that_overlap_are_refused_within_a_day_and_into_the_next(
        self, week: dict[str, object], line: str
    ) -> None:
        assert problems_of(**week) == [line]

    @pytest.mark.parametrize(
        "week",
        [
            {"monday": ["09:00-12:00", "12:00-17:00"]},
            {"friday": ["22:00-06:00"], "saturday": ["06:00-07:00"]},
            {"sunday": ["22:00-06:00"], "monday": ["06:00-07:00"]},
            {day: ["00:00-24:00"] for day in EVERY_DAY},
            {day: ["12:00-12:00"] for day in EVERY_DAY},
        ],
    )
    def test_shifts_that_touch_are_fine(self, week: dict[str, object]) -> None:
        assert calendar_of(**week).zone == ZoneInfo("UTC")

    def test_each_problem_of_a_section_has_its_line(self) -> None:
        assert [line.split(":")[0] for line in problems_of(monday=["9-5"], friday=["x"], country="XX")] == [
            "country",
            "monday",
            "friday",
        ]
