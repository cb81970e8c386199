"""Stories on which the worker and the oracle have to agree before anything else is asked of them."""

from __future__ import annotations

from stream.desks.tickets.rules import FirstContactRule, TicketRules
from tests.kinds.tickets import TicketsUnder
from tests.kinds.worker import Worker, settled
from tests.oracle import OracleSettings, TicketSettings, compute, differences

_MEANS_IN_MICROSECONDS = 1e-5


def agreed(*values: bytes, rule: FirstContactRule = "one_reply") -> Worker:
    """A worker that has taken ticket records in, and shows what the oracle computes from them in any order."""
    under = [TicketsUnder(TicketRules(first_contact_rule=rule))]
    worker = settled(*values, under=under)
    expected = compute(values, settings=OracleSettings(TicketSettings(fcr_rule=rule)))
    backwards = settled(*reversed(values), under=under)
    assert differences(expected, worker.numbers(), sum_tolerance=_MEANS_IN_MICROSECONDS) == []
    assert backwards.numbers() == worker.numbers()
    return worker
