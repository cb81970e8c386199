"""Working a ticket's clocks out from its whole timeline and the history of its attributes."""

from __future__ import annotations

from collections.abc import Iterable
from struct import Struct
from typing import Final

from stream.desks.tickets.attributes import AttributeHistory, Attributes
from stream.desks.tickets.rules import TicketRules
from stream.desks.tickets.series import TicketSeries
from stream.desks.tickets.sla.policy import Policies, Terms
from stream.desks.tickets.sla.ticket_clocks import TicketClocks
from stream.desks.tickets.sla.transitions import CancelReason, Transition
from stream.desks.tickets.ticket import TicketState
from stream.desks.tickets.timeline import ENTRY_SIZE, Rank, unpack_entries, unpack_entry, void_from
from stream.windows.sliding import Contribution

_REASONS: Final = {Rank.MERGED: CancelReason.MERGED, Rank.DELETED: CancelReason.DELETED}
_STAMP: Final = Struct(">QB8s")

Setting = tuple[int, str | None]
"""The place of an attribute and its value."""


class TicketReplay:
    """Replays tickets together with their clocks under policies."""

    def __init__(self, policies: Policies, rules: TicketRules) -> None:
        self._policies = policies
        self._deciding = policies.deciding
        self._rules = rules

    def replay(
        self,
        ticket: TicketState,
        clocks: TicketClocks,
        timeline: bytes,
        history: AttributeHistory,
        series: TicketSeries,
        contributions: list[Contribution],
        transitions: list[Transition],
    ) -> None:
        """Start both over and step through a timeline. A void ticket contributes nothing."""
        ticket.reset()
        clocks.reset()
        end = void_from(timeline)
        counted = timeline
        if end is not None:
            counted, contributions = timeline[: end * ENTRY_SIZE], []
        terms_for, rules = self._policies.terms_for, self._rules
        settings: dict[tuple[int, int, bytes], list[Setting]] | None = None
        attributes = history.attributes
        if not history.constant(self._deciding):
            settings = _by_entry(history.assignments())
            attributes = Attributes()
        terms: Terms = terms_for(attributes)
        for time, rank, tie, flags, reference in unpack_entries(counted):
            if settings is not None and (set_here := settings.get((time, rank, tie))) is not None:
                values = list(attributes)
                for place, value in set_here:
                    values[place] = value
                attributes = Attributes(*values)
                terms = terms_for(attributes)
            ticket.step(time, rank, flags, reference, series, rules, contributions)
            if ticket.created is not None:
                clocks.follow(ticket, time, rank, flags, terms, series.sla, transitions)
        contributions += clocks.ended
        if end is not None:
            time, rank, *_ = unpack_entry(timeline, end * ENTRY_SIZE)
            clocks.void(time, _REASONS[rank], transitions)
            ticket.reset()
            ticket.void = True


def _by_entry(assignments: Iterable[tuple[bytes, int, str | None]]) -> dict[tuple[int, int, bytes], list[Setting]]:
    found: dict[tuple[int, int, bytes], list[Setting]] = {}
    for stamp, place, value in assignments:
        found.setdefault(_STAMP.unpack(stamp), []).append((place, value))
    return found
