"""A seeded helpdesk whose events are believable, in time order and always the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from hashlib import blake2b
from heapq import heapify, heappop, heappush, heapreplace
from typing import Final

from stream.desks.kinds import KINDS
from stream.feeds.simulator.cast import Cast
from stream.feeds.simulator.records import SimulatedEvent, Writer
from stream.simulation.dice import Dice
from stream.simulation.pace import compressed
from stream.simulation.settings import SimulatorSettings
from stream.simulation.story import Step, Story
from stream.state.kind import Kind
from stream.windows.moments import MICROSECONDS

_Pending = tuple[int, int, Step, Story]
"""The next step of a story: its moment, a number that keeps equal moments in order, the step and the story."""

_SLICE: Final = MICROSECONDS
_LEAST_BEGUN: Final = 0.05


class Simulator:
    """Makes the events of a helpdesk, as a past that is over or as a stream that never ends.

    It tells the stories of these ``kinds``; those without one are passed over. The same kinds, settings, seed and calls
    give the same events, byte for byte. Ids contain a digest of all of these, so that two different simulations never
    share an id. One simulator makes one stream: a call goes on where the one before stopped, with the stories that had
    not come to their end. Raises ``ValueError`` when these kinds cannot be simulated with these settings.
    """

    def __init__(self, settings: SimulatorSettings, seed: int, kinds: Sequence[Kind] = KINDS) -> None:
        self._settings = settings
        self._seed = seed
        self._dice = Dice(seed)
        self._cast = Cast(settings, seed, self._dice, self._begin, kinds)
        self._writer = Writer(b"")
        self._pending: list[_Pending] = []
        self._begun = 0
        self._reached: int | None = None
        self._named = False

    def history(self, start: datetime, end: datetime, tickets: int) -> Iterator[SimulatedEvent]:
        """Yield, in time order, what happened from ``start`` up to ``end`` while ``tickets`` were opened.

        Tickets come in with the rhythm of day and week; those of the last days are still open at the end. How many of
        other kinds come in depends on the tickets. Memory grows with what is under way only. Raises ``ValueError`` when
        a moment has no time zone, when ``end`` is not after ``start``, or when ``start`` is before the end of an
        earlier call.
        """
        first, last = _microseconds(start), _microseconds(end)
        if last <= first or tickets < 0:
            raise ValueError("history: the end must be after the start, and tickets at least 0")
        self._go_on(first, f"history {first} {last} {tickets}")
        self._cast.in_real_time()
        for moment, storyline in self._cast.arrivals(first, last, tickets):
            yield from self._until(moment)
            self._begin(storyline.arrive(moment))
        yield from self._until(last)
        self._reached = last

    def live(self, start: datetime, rate: float) -> Iterator[SimulatedEvent]:
        """Yield an endless stream in time order, of ``rate`` events per second on average.

        Time runs compressed (see ``SimulatorSettings.live_compression``) and without nights, so the rate
        is the same at any hour. What ``history`` left under way goes on, among what is new. Raises
        ``ValueError`` as ``history`` does, and when ``rate`` is not above 0.
        """
        first = _microseconds(start)
        if not rate > 0:
            raise ValueError(f"live: the rate must be above 0 events per second, not {rate}")
        self._go_on(first, f"live {first} {rate}")
        self._cast.compressed()
        inherited = self._inherited(first)
        share = rate * _SLICE / MICROSECONDS
        due = begun_credit = 0.0
        begin = first
        while True:
            end = begin + _SLICE
            due += share
            begun_credit += _LEAST_BEGUN * share
            events = list(self._until(end))
            while len(events) + 1 <= due or begun_credit >= 1.0:
                moment = self._somewhere(begin)
                if begun_credit < 1.0 and inherited and inherited[0][0] < end and self._dice.chance(0.5):
                    planned, number, step, story = heappop(inherited)
                    heappush(self._pending, (max(planned, moment), number, step, story))
                else:
                    begun_credit = max(0.0, begun_credit - 1.0)
                    self._begin(self._cast.next_to_begin().arrive(moment))
                events.extend(self._until(end))
            events.sort(key=_by_time)
            due -= len(events)
            yield from events
            begin = self._reached = end

    def _go_on(self, start: int, call: str) -> None:
        if self._reached is not None and start < self._reached:
            raise ValueError("a simulation cannot go back: the start lies before the end of the call before")
        self._reached = start
        if not self._named:
            self._named = True
            plan = f"{self._cast.plan} {self._seed} {call}".encode()
            run = blake2b(plan, digest_size=4).hexdigest()
            self._cast.named(run)
            self._writer = Writer(b"/simulator/" + run.encode())

    def _inherited(self, start: int) -> list[_Pending]:
        """Take over what history left open, its remaining times compressed."""
        factor = self._settings.live_compression
        inherited = [
            (start + int(compressed((moment - start) / MICROSECONDS, factor) * 1000) * 1000, number, step, story)
            for moment, number, step, story in self._pending
        ]
        heapify(inherited)
        self._pending.clear()
        return inherited

    def _somewhere(self, begin: int) -> int:
        return begin + int(self._dice.random() * _SLICE) // 1000 * 1000

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
