"""Stories on which the worker and the oracle have to agree before anything else is asked of them."""

from __future__ import annotations

from stream.desks.tickets.rules import FirstContactRule, TicketRules
from tests.oracle import OracleSettings, TicketSettings, compute, differences
from tests.unit.desks.tickets.ticket_log import Worker, settled

_MEANS_IN_MICROSECONDS = 1e-5


def agreed(*values: bytes, rule: FirstContactRule = "one_reply") -> Worker:
    """A worker that has taken ticket records in, and shows what the oracle computes from them in any order."""
    worker = settled(*values, rules=TicketRules(first_contact_rule=rule))
    expected = compute(values, settings=OracleSettings(TicketSettings(fcr_rule=rule)))
    backwards = settled(*reversed(values), rules=TicketRules(first_contact_rule=rule))
    assert differences(expected, worker.numbers(), sum_tolerance=_MEANS_IN_MICROSECONDS) == []
    assert backwards.numbers() == worker.numbers()
    return worker
