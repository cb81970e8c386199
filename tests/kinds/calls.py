"""Calls in tests."""

from __future__ import annotations

from stream.desks.calls.definition import Calls
from stream.desks.calls.desk_group import CallDesks
from stream.desks.calls.rules import CallRules
from stream.state.kind import Workplace
from stream.windows.moments import HOUR, MICROSECONDS
from tests.kinds.kind_under_test import KindUnderTest
from tests.moments import When, record
from tests.oracle import OracleSettings
from tests.oracle.calls import CallSettings

DEFAULT_RULES = CallRules()


def call(kind: str, when: When, subject: str = "C-1", **data: object) -> bytes:
    """An event of a call."""
    return record(f"helpdesk.call.{kind}.v1", when, subject, data)


class CallsUnder(KindUnderTest, Calls):
    """Calls under rules."""

    beginnings = frozenset({"helpdesk.call.queued.v1", "helpdesk.call.blocked.v1"})

    def __init__(self, rules: CallRules = DEFAULT_RULES) -> None:
        self._rules = rules

    def new_group(self, workplace: Workplace) -> CallDesks:
        return CallDesks(self.decode, workplace, self._rules)

    @classmethod
    def as_in(cls, settings: OracleSettings) -> CallsUnder:
        chosen = settings.section(CallSettings)
        return cls(
            CallRules(
                within=chosen.within,
                headline=chosen.headline,
                abandoned=chosen.abandoned,
                short_abandon=round(chosen.short_abandon_seconds * MICROSECONDS),
                cut_off=round(chosen.cut_off_hours * HOUR),
            )
        )

    @classmethod
    def events_for_every_metric(cls) -> tuple[bytes, ...]:
        return (
            call("queued", 0, queue="billing", channel="phone", team="first"),
            call("answered", 15),
            call("held", 20),
            call("resumed", 40),
            call("transferred", 60),
            call("wrapped_up", 90),
            *(call("queued", 0, f"C-{number}") for number in range(2, 8)),
            call("abandoned", 3, "C-2"),
            call("abandoned", 10, "C-3"),
            call("evicted", 30, "C-4"),
            call("callback_requested", 30, "C-5"),
            call("answered", 30, "C-6"),
            call("blocked", 0, "C-8"),
        )
