"""The course that a visit took: a pure function of its timeline."""

from __future__ import annotations

from typing import NamedTuple

from stream.desks.calls.visit import Entry, Happening, Place, Visit

_OUTCOMES = Happening.ANSWERED, Happening.ABANDONED, Happening.CALLBACK_REQUESTED, Happening.EVICTED
_ENDS = Happening.TRANSFERRED, Happening.ENDED


class Course(NamedTuple):
    """The course of a visit that was queued; moments and spans are in microseconds.

    ``how`` the visit ``left`` the queue is its first outcome, or else the end of a call that had none. What was told to
    have happened before what it follows, as clocks that differ do, happened at the same moment. ``held`` is how long
    the customer was on hold, ``heard`` when something was last heard of the call.
    """

    place: Place
    queued: int
    left: int | None = None
    how: Happening | None = None
    transferred: int | None = None
    ended: int | None = None
    wrapped_up: int | None = None
    held: int = 0
    heard: int = 0

    @property
    def wait(self) -> int | None:
        """How long the customer waited, ``None`` while nobody knows."""
        return None if self.left is None else self.left - self.queued

    @property
    def is_answered(self) -> bool:
        """Whether an agent answered."""
        return self.how is Happening.ANSWERED


def course_of(visit: Visit) -> Course | None:
    """The course of a visit, ``None`` if it was never queued."""
    queued = visit.first(Happening.QUEUED)
    if queued is None:
        return None
    start = queued.at
    place = queued.place or Place()
    transfer = visit.first(Happening.TRANSFERRED)
    end = visit.first(*_ENDS)
    outcome = visit.first(*_OUTCOMES) or end
    if outcome is None:
        return Course(place, start)
    left = max(outcome.at, start)
    transferred = None if transfer is None else max(transfer.at, left)
    if outcome.happening is not Happening.ANSWERED:
        return Course(place, start, left, outcome.happening, transferred)
    wrap_up = visit.first(Happening.WRAPPED_UP)
    heard = max(visit.entries[-1].at, left)
    last = end or wrap_up
    if last is None:
        return Course(place, start, left, outcome.happening, transferred, heard=heard)
    ended = max(last.at, left)
    wrapped_up = ended if wrap_up is None else max(wrap_up.at, ended)
    held = _held(visit.entries, left, ended)
    return Course(place, start, left, outcome.happening, transferred, ended, wrapped_up, held, heard)


def _held(entries: tuple[Entry, ...], answered: int, ended: int) -> int:
    """How long the customer was on hold between answer and end."""
    held = 0
    since: int | None = None
    for entry in entries:
        at = min(max(entry.at, answered), ended)
        if entry.happening is Happening.HELD:
            since = at if since is None else since
        elif entry.happening is Happening.RESUMED and since is not None:
            held += at - since
            since = None
    return held if since is None else held + ended - since
