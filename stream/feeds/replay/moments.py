"""When the event of a row happened."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from stream.feeds.replay.templates import Template
from stream.feeds.replay.times import TimeFormat

_EARLIEST: Final = datetime(1990, 1, 1, tzinfo=UTC)


def read_moment(template: Template, time_format: TimeFormat, fields: Mapping[str, str], latest: datetime) -> datetime:
    """The time that a row gives; raises ``ValueError`` when it has none between 1990 and ``latest``."""
    text = template.render(fields)
    try:
        time = time_format.parse(text)
    except (ValueError, OverflowError) as error:
        missing = template.missing(fields)
        if missing is not None:
            raise ValueError(
                f'time: the column {missing!r} is empty; in a rule, time_empty = "skip" makes no event of such a row'
            ) from error
        raise ValueError(f"time: {text!r} is not a time in the format {time_format.spelling}") from error
    if not _EARLIEST <= time <= latest:
        raise ValueError(f"time: {text!r} lies before 1990 or in the future")
    return time
