"""The definition of errands, a kind made up for the tests."""

from __future__ import annotations

from typing import Final

from stream.state.kind import Kind, Workplace
from stream.state.value_desks import ValueDesks
from tests.kinds.errands.desk import ErrandDesk
from tests.kinds.errands.events import ErrandBegun, ErrandDone
from tests.kinds.errands.measures import KNOWN, MEASURES, SHARES, STOCKS
from tests.kinds.errands.settings import ErrandSettings
from tests.kinds.errands.story import ErrandStoryline


class Errands(Kind):
    """Errands: from beginning to end."""

    name = "errands"
    topic = "helpdesk.errands"
    events = (ErrandBegun, ErrandDone)
    measures = MEASURES
    stocks = STOCKS
    gauges = (KNOWN,)
    shares = SHARES
    story = ErrandStoryline
    sections = {"errands": ErrandSettings}  # noqa: RUF012 - a kind's own, never changed

    def new_group(self, workplace: Workplace) -> ValueDesks:
        """The desks of a worker."""
        least = workplace.settings.section(ErrandSettings).least_seconds
        return ValueDesks(self, workplace, lambda context: ErrandDesk(context, least))


ERRANDS: Final = Errands()
