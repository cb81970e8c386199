"""What people are shown of calls."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from stream.state.presentation import NOTHING, Cell, count, mean, mean_level, share, spread

ROWS: Final[Mapping[str, Mapping[str, Cell]]] = {
    "Calls": {
        "calls queued": count("calls_queued"),
        "speed of answer, mean": mean("speed_of_answer_seconds"),
        "speed of answer, p50 / p90": spread("speed_of_answer_seconds"),
        "service level": share("service_level_ratio"),
        "abandonment of calls": share("call_abandonment_ratio"),
        "abandon time, mean": mean("call_abandon_seconds"),
        "handle time, mean": mean("call_handle_seconds"),
        "blocked": share("call_blocking_ratio"),
        "callbacks requested": count("callbacks_requested"),
        "calls waiting, mean": mean_level("calls_waiting"),
        "calls in service, mean": mean_level("calls_in_service"),
    },
}

COLUMNS: Final[Mapping[str, Cell]] = {
    "calls waiting": count("calls_waiting"),
    "waiting since": lambda state: state["longest_waiting_call"] or NOTHING,
    "calls in service": count("calls_in_service"),
}
