"""An independent batch computation of deskpulse's metrics from a complete log of events.

The oracle answers what a careful analyst would answer who has the whole log at hand: it loads the log
into DuckDB and derives every number with joins, window functions and groupings over all events at once.
It shares neither code nor constants with the streaming processor and does not walk through tickets event by
event, so an error of reasoning in one of the two shows up as a difference between them.

Service levels are worked out from each ticket's whole story: first which clocks there were from when to when,
then, for each of them, the spans under one set of terms.
"""

from tests.oracle.answers import compute, compute_sla
from tests.oracle.comparison import differences
from tests.oracle.records import read_log
from tests.oracle.settings import OracleSettings
from tests.oracle.settings_file import read_settings
from tests.oracle.sla import SlaAnswer
from tests.oracle.sla_policies import DEFAULT_POLICIES
from tests.oracle.ticket_settings import FirstContactRule, TicketSettings

__all__ = [
    "DEFAULT_POLICIES",
    "FirstContactRule",
    "OracleSettings",
    "SlaAnswer",
    "TicketSettings",
    "compute",
    "compute_sla",
    "differences",
    "read_log",
    "read_settings",
]
