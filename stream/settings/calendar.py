"""Business hours as they are written in the settings."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from datetime import date
from functools import cache
from importlib.metadata import version
from itertools import pairwise
from typing import Annotated, Final
from zoneinfo import ZoneInfo, available_timezones

import holidays
from pydantic import AfterValidator, Field, model_validator

from stream.settings.section import Section
from stream.windows.business_calendar import BusinessCalendar, Shift

_MINUTES_AN_HOUR: Final = 60
_MINUTES_A_DAY: Final = 24 * _MINUTES_AN_HOUR
_DAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WEEK: Final = len(_DAYS) * _MINUTES_A_DAY


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _known_zone(name: str) -> str:
    if name not in _zones():
        message = f"unknown time zone {name!r}; take one such as Europe/Berlin or UTC"
        raise ValueError(message)
    return name


ZoneName = Annotated[str, AfterValidator(_known_zone)]


class CalendarSettings(Section):
    """Business hours. While no day has any, durations are in calendar time only."""

    time_zone: ZoneName = Field("UTC", description="Time zone of the opening hours.")
    monday: tuple[str, ...] = Field(
        (), description='Shifts such as `["09:00-12:30", "13:30-18:00"]`; `22:00-06:00` is overnight.'
    )
    tuesday: tuple[str, ...] = Field((), description="As Monday.")
    wednesday: tuple[str, ...] = Field((), description="As Monday.")
    thursday: tuple[str, ...] = Field((), description="As Monday.")
    friday: tuple[str, ...] = Field((), description="As Monday.")
    saturday: tuple[str, ...] = Field((), description="As Monday.")
    sunday: tuple[str, ...] = Field((), description="As Monday.")
    holidays: frozenset[date] = Field(frozenset(), description="Dates on which no shift starts.")
    country: str | None = Field(None, description="Country whose public holidays count as well, for instance `DE`.")
    subdivision: str | None = Field(None, description="State or region of the country, for instance `BY`.")

    @model_validator(mode="after")
    def _check(self) -> CalendarSettings:
        problems = [*self._country_problems(), *self._shift_problems()]
        if problems:
            raise ValueError("\n".join(problems))
        return self

    def calendar(self, name: str = "") -> BusinessCalendar | None:
        """The business calendar, by this name, or ``None`` if no day has a shift."""
        week = tuple(tuple(_shift(text) for text in getattr(self, day)) for day in _DAYS)
        return BusinessCalendar(ZoneInfo(self.time_zone), week, self._days_off(), name=name) if any(week) else None

    def _country_problems(self) -> Iterator[str]:
        if self.country is None:
            if self.subdivision is not None:
                yield f"subdivision: {self.subdivision!r} is given without a country"
            return
        known = holidays.list_supported_countries()
        if self.country not in known:
            yield f"country: no public holidays are known for {self.country!r}; take a code such as DE, FR or US"
        elif self.subdivision is not None and self.subdivision not in known[self.country]:
            names = ", ".join(known[self.country]) or "none"
            yield f"subdivision: {self.country} has no {self.subdivision!r}; known are {names}"

    def _shift_problems(self) -> Iterator[str]:
        shifts = []
        for place, day in enumerate(_DAYS):
            for text in getattr(self, day):
                try:
                    shift = _shift(text)
                except ValueError as error:
                    yield f"{day}: {error}"
                else:
                    shifts.append((place * _MINUTES_A_DAY + shift.start, place * _MINUTES_A_DAY + shift.end, place))
        shifts.sort()
        # Sunday's night may run into Monday.
        again = [(start + _WEEK, end + _WEEK, place) for start, end, place in shifts[:1]]
        for (start, end, place), (next_start, next_end, next_place) in pairwise([*shifts, *again]):
            if next_start < end:
                yield (
                    f"{_DAYS[next_place]}: the shift {_text(next_start, next_end)} overlaps"
                    f" {_text(start, end)} of {_DAYS[place].capitalize()}"
                )

    def _days_off(self) -> Container[date]:
        if self.country is None:
            return self.holidays
        # Fills itself year by year as it is asked.
        national = holidays.country_holidays(self.country, subdiv=self.subdivision)
        return DaysOff(self.holidays, national)


def holiday_data(calendars: Iterable[CalendarSettings]) -> str | None:
    """Stands for what is known of the public holidays of these calendars, ``None`` if none of them has a country."""
    return version("holidays") if any(calendar.country is not None for calendar in calendars) else None


class DaysOff:
    """Dates of one's own and those of a country."""

    def __init__(self, dates: frozenset[date], national: Container[date]) -> None:
        self._dates = dates
        self._national = national

    def __contains__(self, day: object) -> bool:
        return day in self._dates or day in self._national


def _shift(text: str) -> Shift:
    try:
        start, end = (_minutes(part) for part in text.split("-"))
        return Shift(start, end if end > start else end + _MINUTES_A_DAY)
    except ValueError as error:
        message = f"{text!r} is not a shift such as 09:00-17:30"
        raise ValueError(message) from error


def _minutes(text: str) -> int:
    hours, minutes = text.split(":")
    value = int(hours) * _MINUTES_AN_HOUR + int(minutes)
    if int(minutes) >= _MINUTES_AN_HOUR or not 0 <= value <= _MINUTES_A_DAY:
        raise ValueError(text)
    return value


def _text(start: int, end: int) -> str:
    return "-".join(
        f"{minutes // _MINUTES_AN_HOUR:02}:{minutes % _MINUTES_AN_HOUR:02}"
        for minutes in (start % _MINUTES_A_DAY, end % _MINUTES_A_DAY)
    )
