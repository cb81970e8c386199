"""The desks of tickets in a worker, and what they share."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from schemas.events import TICKETS_TOPIC
from stream.desks.tickets import gauges
from stream.desks.tickets.decoding import decode
from stream.desks.tickets.desk import TicketDesk
from stream.desks.tickets.reading import TicketsReading
from stream.desks.tickets.rules import TicketRules
from stream.desks.tickets.series import TicketSeriesTable
from stream.desks.tickets.sla.announced import Announced
from stream.desks.tickets.sla.gauges import BREACHES, TRANSITIONS
from stream.desks.tickets.sla.policy import Policies
from stream.desks.tickets.split_tickets import SplitTickets
from stream.desks.tickets.summary import TicketsSummary, samples, state_numbers, summarised
from stream.state.desk import Desk
from stream.state.kind import DeskGroup, Samples, Workplace
from stream.state.rows import RowStore
from stream.state.view import View

logger: Final = logging.getLogger(__name__)


class TicketDesks(DeskGroup):
    """Under these rules and policies; an open ticket is backlog from the threshold, in microseconds, if one is set.

    They share the series, the counts of what was announced, and the search for split tickets.
    """

    def __init__(
        self, workplace: Workplace, rules: TicketRules, policies: Policies | None, backlog_threshold: int | None
    ) -> None:
        self._policies = policies
        self._rules = rules
        self._backlog_threshold = backlog_threshold
        self._series = TicketSeriesTable(workplace.registry, workplace.bounds, rules.complaint_categories, policies)
        self._announced = Announced(lambda attributes: self._series.series_for(attributes).labels, workplace.source)
        self._hot = workplace.hot
        self._split = SplitTickets()
        self._told_of_split = False

    def new_desk(self, rows: RowStore) -> TicketDesk:
        """A desk over the rows of a partition."""
        return TicketDesk(decode, self._rules, self._series, rows, self._hot, self._policies, self._announced)

    def summary(self, readings: Sequence[TicketsReading], view: View) -> TicketsSummary:
        """The open tickets and clocks of all partitions."""
        return summarised(readings, view, self._backlog_threshold)

    def samples(self, summary: TicketsSummary) -> Iterator[Samples]:
        """The gauges."""
        return samples(summary)

    def state_numbers(self, summary: TicketsSummary) -> dict[str, Any]:
        """The gauges over open tickets as final numbers."""
        return state_numbers(summary)

    def counted(self) -> Iterator[Samples]:
        """Split tickets, breaches and transitions."""
        yield gauges.SPLIT_TICKETS, {(): len(self._split)}
        yield BREACHES, {labels: count for labels, count in self._announced.breaches.items()}  # noqa: C416 - dict() would keep the narrower type
        yield TRANSITIONS, {(kind,): count for kind, count in self._announced.transitions.items()}

    def look_around(self, desks: Mapping[int, Desk[Any]]) -> None:
        """Look at some tickets without an opening; the first one whose id another partition knows is told."""
        tickets = {number: desk for number, desk in desks.items() if isinstance(desk, TicketDesk)}
        found = self._split.look(tickets) if len(tickets) > 1 or len(self._split) else None
        if found is not None and not self._told_of_split:
            self._told_of_split = True
            logger.warning(
                "Events of ticket %r came to partitions %d and %d of %s, where each part counts as a ticket of its own:"
                " publishers have to use the subject as the key; `deskpulse doctor --keys` looks at all tickets",
                *(found.subject, found.partition, found.other, TICKETS_TOPIC),
            )
