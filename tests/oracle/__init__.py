"""An independent batch computation of deskpulse's metrics from a complete log of events.

The oracle answers what a careful analyst would answer who has the whole log at hand: it loads the log
into DuckDB and derives every number with joins, window functions and groupings over all events at once.
It shares no code with the streaming processor and does not walk through tickets event by event, so an
error of reasoning in one of the two shows up as a difference between them.
"""

from tests.oracle.answers import compute
from tests.oracle.comparison import differences
from tests.oracle.records import read_log
from tests.oracle.settings import FirstContactRule, OracleSettings

__all__ = ["FirstContactRule", "OracleSettings", "compute", "differences", "read_log"]
