"""A seeded helpdesk whose events are believable, in time order and always the same."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from hashlib import blake2b
from heapq import heapify, heappop, heappush, heapreplace
from typing import Final
from zoneinfo import ZoneInfo

from stream.feeds.simulator.dice import Dice
from stream.feeds.simulator.helpdesk import Helpdesk
from stream.feeds.simulator.pace import CompressedPace, RealPace
from stream.feeds.simulator.records import SimulatedEvent, Step, Story, Writer
from stream.feeds.simulator.rhythm import SECOND, Rhythm
from stream.feeds.simulator.settings import SimulatorSettings
from stream.feeds.simulator.ticket_story import ticket_story

_Pending = tuple[int, int, Step, Story]
"""The next step of a story: its moment, a number that keeps equal moments in order, the step and the story."""

_SLICE: Final = SECOND
_LEAST_OPENINGS: Final = 0.05


class Simulator:
    """Makes the events of a helpdesk, as a past that is over or as a stream that never ends.

    The same settings, seed and calls give the same events, byte for byte. Ids contain a digest of all of
    these, so that two different simulations never share an id. One simulator makes one stream: a call
    goes on where the one before stopped, with the tickets that were open.
    """

    def __init__(self, settings: SimulatorSettings, seed: int) -> None:
        self._settings = settings
        self._seed = seed
        self._dice = Dice(seed)
        zone = ZoneInfo(settings.timezone)
        self._rhythm = Rhythm(zone)
        self._real = RealPace(zone)
        self._compressed = CompressedPace(settings.live_compression, self._dice)
        self._desk = Helpdesk(settings, self._dice, self._real, self._begin)
        self._writer = Writer(b"")
        self._pending: list[_Pending] = []
        self._begun = 0
        self._reached: int | None = None

    def history(self, start: datetime, end: datetime, tickets: int) -> Iterator[SimulatedEvent]:
        """Yield, in time order, what happened from ``start`` up to ``end`` while ``tickets`` were opened.

        Tickets come in with the rhythm of day and week; those of the last days are still open at the end.
        Memory grows with the open tickets only. Raises ``ValueError`` when a moment has no time zone,
        when ``end`` is not after ``start``, or when ``start`` is before the end of an earlier call.
        """
        first, last = _microseconds(start), _microseconds(end)
        if last <= first or tickets < 0:
            raise ValueError("history: the end must be after the start, and tickets at least 0")
        self._go_on(first, f"history {first} {last} {tickets}")
        self._desk.pace = self._real
        for opened in self._rhythm.arrivals(first, last, tickets, self._dice):
            yield from self._until(opened)
            self._open(opened)
        yield from self._until(last)
        self._reached = last

    def live(self, start: datetime, rate: float) -> Iterator[SimulatedEvent]:
        """Yield an endless stream in time order, of ``rate`` events per second on average.

        Time runs compressed (see ``SimulatorSettings.live_compression``) and without nights, so the rate
        is the same at any hour. Tickets left open by ``history`` go on, among the new ones. Raises
        ``ValueError`` as ``history`` does, and when ``rate`` is not above 0.
        """
        first = _microseconds(start)
        if not rate > 0:
            raise ValueError(f"live: the rate must be above 0 events per second, not {rate}")
        self._go_on(first, f"live {first} {rate}")
        self._desk.pace = self._compressed
        inherited = self._inherited(first)
        share = rate * _SLICE / SECOND
        due = opening_credit = 0.0
        begin = first
        while True:
            end = begin + _SLICE
            due += share
            opening_credit += _LEAST_OPENINGS * share
            events = list(self._until(end))
            while len(events) + 1 <= due or opening_credit >= 1.0:
                moment = self._somewhere(begin)
                if opening_credit < 1.0 and inherited and inherited[0][0] < end and self._dice.chance(0.5):
                    planned, number, step, story = heappop(inherited)
                    heappush(self._pending, (max(planned, moment), number, step, story))
                else:
                    opening_credit = max(0.0, opening_credit - 1.0)
                    self._open(moment)
                events.extend(self._until(end))
            events.sort(key=_by_time)
            due -= len(events)
            yield from events
            begin = self._reached = end

    def _go_on(self, start: int, call: str) -> None:
        if self._reached is not None and start < self._reached:
            raise ValueError("a simulation cannot go back: the start lies before the end of the call before")
        self._reached = start
        if not self._desk.run:
            plan = f"{self._settings!r} {self._seed} {call}".encode()
            self._desk.run = blake2b(plan, digest_size=4).hexdigest()
            self._writer = Writer(b"/simulator/" + self._desk.run.encode())

    def _inherited(self, start: int) -> list[_Pending]:
        """Take over what history left open, its remaining times compressed."""
        compressed = self._compressed.compressed
        inherited = [
            (start + int(compressed((moment - start) / SECOND) * 1000) * 1000, number, step, story)
            for moment, number, step, story in self._pending
        ]
        heapify(inherited)
        self._pending.clear()
        return inherited

    def _somewhere(self, begin: int) -> int:
        return begin + int(self._dice.random() * _SLICE) // 1000 * 1000

    def _open(self, moment: int) -> None:
        self._begin(ticket_story(self._desk, self._desk.ticket(), moment))

    def _begin(self, story: Story) -> None:
        step = next(story)
        self._begun += 1
        heappush(self._pending, (step[0], self._begun, step, story))

    def _until(self, end: int) -> Iterator[SimulatedEvent]:
        """Yield all that happens before ``end``, in time order."""
        pending, write = self._pending, self._writer.write
        while pending and pending[0][0] < end:
            moment, _, step, story = pending[0]
            event = write(step, moment)
            self._begun += 1
            try:
                step = story.send(moment)
            except StopIteration:
                heappop(pending)
            else:
                heapreplace(pending, (step[0], self._begun, step, story))
            yield event


def _by_time(event: SimulatedEvent) -> int:
    return event.time


def _microseconds(moment: datetime) -> int:
    if moment.tzinfo is None:
        raise ValueError(f"{moment.isoformat()} has no time zone")
    return int(moment.timestamp() * 1000) * 1000
