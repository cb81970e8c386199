"""Why a record cannot become part of the state."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Reason(StrEnum):
    """The reasons for which a record goes to the dead-letter topic."""

    NOT_JSON = "not_json"
    INVALID = "invalid"
    UNKNOWN_TYPE = "unknown_type"
    TIME_OUT_OF_RANGE = "time_out_of_range"
    TOO_LARGE = "too_large"
    TOO_LATE = "too_late"
    TIMELINE_FULL = "timeline_full"
    FAILED = "failed"


VALID: Final = frozenset({Reason.TOO_LATE, Reason.TIMELINE_FULL})
"""Reasons that find no fault with the event: it is valid, but there is no place for it."""


class RejectedRecordError(Exception):
    """A record that is dead-lettered: ``reason`` is its class, ``detail`` tells a person what to mend."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail
