"""The desk of calls: takes what happens to visits in, in any order and any number of times."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from typing import Final

from schemas.events import CallBlocked, CallEvent, CallQueued
from stream.desks.calls.course import Course, course_of
from stream.desks.calls.measures import WITHOUT_QUEUEING
from stream.desks.calls.rules import CallRules
from stream.desks.calls.series import CallSeries, PlaceSlots
from stream.desks.calls.visit import UNKNOWN, Entry, Happening, Place, Visit
from stream.desks.calls.waiting import CallsReading, OpenVisits
from stream.state.desk import subject_of
from stream.state.rows import ENTITY
from stream.state.ties import tie_of
from stream.state.value_desk import DeskContext, Standing, ValueDesk
from stream.windows.histogram import BORDERS
from stream.windows.moments import MICROSECONDS
from stream.windows.sliding import Contribution

_ROW_BYTES: Final = 64
_ENTRY_BYTES: Final = 40
_BYTES_A_CHARACTER: Final = 4
_PREFIX: Final = len("helpdesk.call.")
_SUFFIX: Final = len(".v1")


def _happening_of(event: type[CallEvent]) -> Happening:
    return Happening[str(event.__struct_config__.tag)[_PREFIX:-_SUFFIX].upper()]


_HAPPENINGS: Final[Mapping[type[CallEvent], Happening]] = {event: _happening_of(event) for event in CallEvent.__args__}


class CallDesk(ValueDesk[Visit]):
    """The visits of one partition, counted by these rules."""

    noun = "call"
    unknown = UNKNOWN

    def __init__(self, context: DeskContext, rules: CallRules) -> None:
        super().__init__(context)
        self._rules = rules
        self._series = CallSeries(context.contributor)
        self._within = [(str(seconds), seconds * MICROSECONDS, seconds == rules.headline) for seconds in rules.within]
        self._longest = max(rules.within) * MICROSECONDS
        self._open = OpenVisits(rules.cut_off)

    def after(self, before: Visit, event: CallEvent, time: int) -> Visit | None:
        """The visit with what happened in its place."""
        place = None
        if isinstance(event, CallQueued | CallBlocked):
            data = event.data
            place = Place(data.queue, data.channel, data.team)
        tie = tie_of(event.source, event.id)
        return before.with_entry(Entry(time, event.sequence or "", _HAPPENINGS[type(event)], tie, place))

    def apply(self, event: CallEvent, time: int) -> bool:
        """Take an event in; ``False`` if it changes nothing."""
        mark = len(self.contributions)
        changed = super().apply(event, time)
        self.contributions[mark:] = _net(self.contributions[mark:])
        return changed

    def last_time(self, value: Visit) -> int:
        """When something last happened to it."""
        return value.entries[-1].at

    def row_bytes(self, subject: str, value: Visit) -> int:
        """About how many bytes a visit takes in a row."""
        texts = (text for entry in value.entries for text in (entry.sequence, *(entry.place or ())) if text)
        characters = len(subject) + sum(map(len, texts))
        return _ROW_BYTES + _ENTRY_BYTES * len(value.entries) + _BYTES_A_CHARACTER * characters

    def contribute(self, value: Visit, sign: int) -> None:
        """What a visit comes to, each at its own time, some of which may lie ahead."""
        course = course_of(value)
        if course is None:
            blocked = value.first(Happening.BLOCKED)
            if blocked is not None:
                self._count(self._series.of(blocked.place or Place())["calls_blocked"], blocked.at, sign)
            return
        slots = self._series.of(course.place)
        self._contribute_stocks(course, slots, sign)
        is_short = self._is_short(course)
        self._count(slots["calls_queued"], course.queued, sign)
        if not is_short:
            self._count(slots["calls_offered"], course.queued, sign)
        if course.transferred is not None:
            self._count(slots["calls_transferred"], course.transferred, sign)
        self._contribute_outcome(course, slots, sign, is_short=is_short)
        if not is_short:
            self._contribute_service_levels(course, slots, sign)
        if course.ended is not None and course.wrapped_up is not None and course.left is not None:
            self._contribute_handling(course, slots, sign, course.left, course.ended, course.wrapped_up)

    def standing(self, value: Visit) -> Standing:
        """It may lack its beginning."""
        if value.entries and value.first(Happening.QUEUED, Happening.BLOCKED) is None:
            yield WITHOUT_QUEUEING, {}

    def changed(self, subject: str, before: Visit, after: Visit) -> None:
        """Know whether it may still wait."""
        del before
        self.noticed(subject, after)

    def noticed(self, subject: str, value: Visit) -> None:
        """Remember a visit that may still wait."""
        course = course_of(value)
        if course is not None and course.left is None:
            self._open.add(subject, course.queued, course.place.queue, value)
        else:
            self._open.remove(subject)

    def left(self, subject: str, value: Visit) -> None:
        """It waits no more."""
        del value
        self._open.remove(subject)

    def advance(self, until: int) -> bool:
        """Forget who has long ceased to count as waiting."""
        self._open.prune(until)
        return super().advance(until)

    def take_back(self, until: int) -> None:
        """Know of everybody again who may wait, by a clock that was so far ahead that they were forgotten."""
        super().take_back(until)
        for key, value in self.rows.scan(ENTITY):
            subject = subject_of(key)
            self.noticed(subject, self.decoded(subject, value).value)

    def ahead(self, now: int) -> list[Contribution]:
        """What the visits that wait contribute once they have waited for longer."""
        return [
            contribution
            for queued, visit in self._open.since(now - self._longest)
            for contribution in self.contributions_of(visit)
            if contribution[1] > max(now, queued)
        ]

    def reading(self, *, held: bool) -> CallsReading:
        """The gauges, and who may wait."""
        return CallsReading(super().reading(held=held), self._open.reading(), self._rules.cut_off)

    def _contribute_stocks(self, course: Course, slots: PlaceSlots, sign: int) -> None:
        cut_off = self._rules.cut_off
        self.steps.append((slots["calls_waiting"], course.queued, sign))
        if course.left is None:
            self.steps.append((slots["calls_waiting"], course.queued + cut_off, -sign))
            return
        self.steps.append((slots["calls_waiting"], course.left, -sign))
        if course.is_answered:
            self.steps.append((slots["calls_in_service"], course.left, sign))
            over = course.heard + cut_off if course.ended is None else course.ended
            self.steps.append((slots["calls_in_service"], over, -sign))

    def _contribute_outcome(self, course: Course, slots: PlaceSlots, sign: int, *, is_short: bool) -> None:
        left, wait = course.left, course.wait
        if left is None or wait is None:
            return
        match course.how:
            case Happening.ANSWERED:
                self._span(slots["speed_of_answer_seconds"], left, wait, sign)
            case Happening.ABANDONED if is_short:
                self._count(slots["calls_abandoned_short"], left, sign)
            case Happening.ABANDONED:
                self._count(slots["calls_abandoned"], left, sign)
                self._span(slots["call_abandon_seconds"], left, wait, sign)
            case Happening.EVICTED:
                self._count(slots["calls_evicted"], left, sign)
            case Happening.CALLBACK_REQUESTED:
                self._count(slots["callbacks_requested"], left, sign)

    def _contribute_service_levels(self, course: Course, slots: PlaceSlots, sign: int) -> None:
        """For each threshold, the first of answered, abandoned and the threshold reached."""
        wait, left = course.wait, course.left
        for within, threshold, is_headline in self._within:
            if wait is None or left is None or wait > threshold:
                measure, at = "calls_late", course.queued + threshold
            elif course.how is Happening.ANSWERED:
                measure, at = "calls_answered_in_time", left
            elif course.how is Happening.ABANDONED:
                measure, at = "calls_abandoned_in_time", left
            else:
                continue
            self._count(slots[measure, within], at, sign)
            if is_headline:
                self._contribute_headline(measure, slots, at, sign)

    def _contribute_headline(self, measure: str, slots: PlaceSlots, at: int, sign: int) -> None:
        is_abandoned = measure == "calls_abandoned_in_time"
        if is_abandoned and self._rules.abandoned == "ignored":
            return
        self._count(slots["service_level_counted"], at, sign)
        if measure == "calls_answered_in_time" or (is_abandoned and self._rules.abandoned == "for"):
            self._count(slots["service_level_met"], at, sign)

    def _contribute_handling(
        self, course: Course, slots: PlaceSlots, sign: int, answered: int, ended: int, wrapped_up: int
    ) -> None:
        spans = {
            "call_handle_seconds": wrapped_up - answered,
            "call_talk_seconds": ended - answered - course.held,
            "call_hold_seconds": course.held,
            "call_wrap_up_seconds": wrapped_up - ended,
        }
        for measure, span in spans.items():
            self._span(slots[measure], wrapped_up, span, sign)

    def _count(self, slot: int, at: int, sign: int) -> None:
        self.contributions.append((slot, at, sign, 0))

    def _span(self, first_slot: int, at: int, span: int, sign: int) -> None:
        self.contributions.append((first_slot + bisect_left(BORDERS, span), at, sign, sign * span))

    def _is_short(self, course: Course) -> bool:
        wait = course.wait
        return course.how is Happening.ABANDONED and wait is not None and wait < self._rules.short_abandon


def _net(contributions: list[Contribution]) -> list[Contribution]:
    """Contributions without those that others take back: most of what an event changes stays as it was."""
    counts: dict[tuple[int, int, int], int] = {}
    for slot, at, count, duration in contributions:
        key = slot, at, count * duration
        counts[key] = counts.get(key, 0) + count
    return [(slot, at, count, count * span) for (slot, at, span), count in counts.items() if count]
