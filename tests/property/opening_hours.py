"""Opening hours of all kinds, and moments at which they matter: around the changes of the clocks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from hypothesis import strategies as st

from tests.oracle.opening_hours import OpeningHours, Shift

_MINUTES_OF_A_DAY: Final = 24 * 60
_ZONES: Final = (
    *("UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe"),
    *("America/Santiago", "America/St_Johns", "Pacific/Apia"),
)
_AROUND: Final = (
    datetime(2023, 4, 2, 4, tzinfo=UTC),
    datetime(2024, 2, 29, 0, tzinfo=UTC),
    datetime(2024, 3, 10, 7, tzinfo=UTC),
    datetime(2024, 3, 31, 1, tzinfo=UTC),
    datetime(2024, 4, 6, 15, tzinfo=UTC),
    datetime(2024, 9, 8, 4, tzinfo=UTC),
    datetime(2024, 10, 5, 16, tzinfo=UTC),
    datetime(2024, 10, 27, 1, tzinfo=UTC),
    datetime(2024, 11, 3, 6, tzinfo=UTC),
)

_edges: Final = st.integers(0, _MINUTES_OF_A_DAY // 5 - 1).map(lambda place: 5 * place)
_shifts: Final = st.builds(
    lambda start, end: Shift(start, end if end > start else end + _MINUTES_OF_A_DAY), _edges, _edges
)
_weeks: Final = st.lists(st.lists(_shifts, max_size=3).map(tuple), min_size=7, max_size=7).map(tuple)
_holidays: Final = st.frozensets(
    st.builds(lambda around, days: around.date() + timedelta(days), st.sampled_from(_AROUND), st.integers(-2, 2)),
    max_size=4,
)

opening_hours: Final = st.builds(OpeningHours, st.sampled_from(_ZONES), _weeks, _holidays)
"""Any shifts, which may overlap, be of 24 hours, and begin or end when the clocks show a time twice or never."""

moments: Final = st.builds(
    lambda around, seconds: around + timedelta(seconds=seconds),
    st.sampled_from(_AROUND),
    st.integers(-2 * 86_400, 2 * 86_400) | st.integers(-200, 200).map(lambda quarters: 900 * quarters),
)
"""Within two days of a change of some zone's clocks, often on a quarter of an hour."""
