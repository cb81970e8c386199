"""The desk of errands."""

from __future__ import annotations

from typing import NamedTuple

from stream.state.value_desk import DeskContext, Standing, ValueDesk
from stream.windows.moments import MICROSECONDS
from tests.kinds.errands.events import ErrandBegun, ErrandDone
from tests.kinds.errands.measures import KNOWN


class Errand(NamedTuple):
    """When an errand began and ended (microseconds), and what is known of it."""

    begun: int | None = None
    done: int | None = None
    team: str | None = None
    means: str | None = None


class ErrandDesk(ValueDesk[Errand]):
    """The errands of one partition; those of less than ``least_seconds`` do not count."""

    noun = "errand"
    unknown = Errand()

    def __init__(self, context: DeskContext, least_seconds: float) -> None:
        super().__init__(context)
        self._least = round(least_seconds * MICROSECONDS)

    def after(self, before: Errand, event: ErrandBegun | ErrandDone, time: int) -> Errand | None:
        """An errand counts from its first beginning to its first end."""
        if isinstance(event, ErrandBegun):
            if before.begun is not None and before.begun <= time:
                return None
            return before._replace(begun=time, team=event.data.team, means=event.data.means)
        if before.done is not None and before.done <= time:
            return None
        return before._replace(done=time)

    def contribute(self, value: Errand, sign: int) -> None:
        """It is under way from beginning to end; a count and a duration, both at its end."""
        if value.begun is None or (value.done is not None and value.done < value.begun):
            return
        values = {"team": value.team, "means": value.means}
        self.step("errands_under_way", values, value.begun, 1, sign)
        if value.done is None:
            return
        self.step("errands_under_way", values, value.done, -1, sign)
        if value.done - value.begun < self._least:
            return
        self.count("errands_done", values, value.done, sign)
        self.span("errand_seconds", values, value.done, value.done - value.begun, sign)

    def standing(self, value: Errand) -> Standing:
        """It is known as soon as anything is."""
        if value != self.unknown:
            yield KNOWN, {"means": value.means}

    def last_time(self, value: Errand) -> int:
        """When it ended, or began."""
        return value.done or value.begun or 0
