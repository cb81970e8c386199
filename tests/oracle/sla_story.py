"""A ticket's story as the SLA reads it: what happened in order, and which instances of each metric came of it.

Nothing here knows of policies: the instances are there whether or not a target is set for them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any, Final

from tests.oracle.sla_policies import SlaAttributes

_KIND_PLACE: Final = 2
_KINDS: Final = ("opened", "updated", "customer replied", "handed_off", "replied", "escalated", "status")
_ENDS: Final = ("solved", "closed", "abandoned")
_VOIDING: Final = ("merged", "deleted")
_ORDER: Final = {kind: place for place, kind in enumerate((*_KINDS, *_ENDS, *_VOIDING, "restored"))}
_WHOLE_LIFE: Final = ("requester_wait", "agent_work", "resolution")


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that happened to a ticket, with the attributes and the status that it leaves the ticket with.

    ``kind`` is ``customer replied``, ``replied``, ``status``, ``solved``, ``closed`` or the kind of the event.
    """

    time: int
    kind: str
    actor: str | None
    public: bool
    attributes: SlaAttributes
    status: str

    @property
    def is_question(self) -> bool:
        """Whether the customer wrote to the helpdesk."""
        return self.kind == "customer replied" and self.public

    @property
    def is_answer(self) -> bool:
        """Whether an agent wrote to the customer."""
        return self.kind == "replied" and self.actor == "agent" and self.public

    @property
    def is_return(self) -> bool:
        """Whether a ticket that has ended is taken up again."""
        return self.kind == "status" and self.status in {"new", "open"}


@dataclass(frozen=True, slots=True)
class Instance:
    """One clock of a ticket: which entries it begins and ends with, by their places in the story.

    ``reason`` says why it was cancelled; it is ``None`` if it was fulfilled, or has not ended.
    """

    metric: str
    number: int
    begin: int
    end: int | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class Story:
    """The entries of a ticket from its opening to the last one that counts, and its instances.

    ``current`` are the attributes that it has after everything that was ever said of it.
    """

    ticket: str
    entries: tuple[Entry, ...]
    instances: tuple[Instance, ...]
    current: SlaAttributes
    void: bool


@dataclass(frozen=True, slots=True)
class _Life:
    """A stretch in which the ticket was active; ``outcome`` is how it ended.

    It is ``solved``, ``abandoned``, ``merged`` or ``deleted``. A life that was over at once ends where it begins.
    """

    begin: int
    end: int | None
    outcome: str | None


def stories_of(rows: Iterable[Mapping[str, Any]]) -> list[Story]:
    """The stories of all tickets whose opening is known, from the oracle's rows; repeats count once."""
    distinct = {(row["source"], row["id"]): row for row in rows if row["type"].startswith("helpdesk.ticket.")}
    by_ticket: dict[str, list[Mapping[str, Any]]] = {}
    for row in distinct.values():
        by_ticket.setdefault(row["subject"], []).append(row)
    return [story for ticket, of_ticket in sorted(by_ticket.items()) if (story := _story_of(ticket, of_ticket))]


def _story_of(ticket: str, rows: list[Mapping[str, Any]]) -> Story | None:
    ordered = sorted(rows, key=lambda row: (row["moment"], row["sequence"], _ORDER[_kind_of(row)], row["tie"]))
    kinds = [_kind_of(row) for row in ordered]
    if "opened" not in kinds:
        return None
    opening = kinds.index("opened")
    end = _void_from(kinds)
    entries = _entries_of(ordered[opening:])
    current = entries[-1].attributes
    if end is not None:
        entries = entries[: max(0, end - opening + 1)]
    instances = _instances_of(entries, left_early="abandoned" in kinds[:opening], void=end is not None)
    return Story(ticket, entries, tuple(_numbered(instances)), current, end is not None)


def _void_from(kinds: list[str]) -> int | None:
    """From which place on a ticket counts nowhere: it is merged, or deleted and not restored since."""
    restored = max((place for place, kind in enumerate(kinds) if kind == "restored"), default=-1)
    ends = (kind == "merged" or (kind == "deleted" and place > restored) for place, kind in enumerate(kinds))
    return _first(0, ends)


def _kind_of(row: Mapping[str, Any]) -> str:
    kind: str = row["type"].split(".")[_KIND_PLACE]
    data = row["data"]
    if kind == "replied":
        return "customer replied" if data["actor"] == "customer" else kind
    if kind == "status_changed":
        return data["status"] if data["status"] in _ENDS else "status"
    return {"resolved": "solved", "reopened": "status"}.get(kind, kind)


def _entries_of(rows: Iterable[Mapping[str, Any]]) -> tuple[Entry, ...]:
    entries: list[Entry] = []
    attributes, status = SlaAttributes(), "new"
    for row in rows:
        kind, data = _kind_of(row), row["data"]
        if kind == "opened":
            attributes = SlaAttributes(*(data.get(name) for name in SlaAttributes._fields))
        elif kind == "updated":
            attributes = attributes._replace(**{key: data[key] for key in SlaAttributes._fields if key in data})
        elif kind == "handed_off" and data.get("team") is not None:
            attributes = attributes._replace(team=data["team"])
        if not entries:
            status = data.get("status", "new")
        elif kind == "status":
            status = data.get("status", "open")
        actor = data.get("actor", "customer" if kind == "opened" else None)
        public = data.get("visibility", "public") == "public"
        entries.append(Entry(row["moment"], kind, actor, public, attributes, status))
    return tuple(entries)


def _instances_of(entries: tuple[Entry, ...], *, left_early: bool, void: bool) -> Iterable[Instance]:
    answered = False
    lives = _lives_of(entries, left_early=left_early, void=void)
    for before, life in zip((None, *lives), lives, strict=False):
        if life.begin == life.end:
            continue
        for metric in _WHOLE_LIFE:
            fulfilled = life.outcome == "solved"
            yield Instance(metric, 0, life.begin, life.end, None if fulfilled else life.outcome)
        for wait in _waits_of(entries, before, life):
            metric = "next_reply" if answered else "first_reply"
            yield Instance(metric, 0, *wait)
            _, end, reason = wait
            answered |= end is not None and reason is None
        yield from _updates_of(entries, life)


def _lives_of(entries: tuple[Entry, ...], *, left_early: bool, void: bool) -> list[_Life]:
    lives: list[_Life] = []
    place: int | None = 0 if entries else None
    if left_early and entries:
        lives.append(_Life(0, 0, "abandoned"))
        place = _first(1, (entry.is_return for entry in entries[1:]))
    last = len(entries) - 1 if void else None
    while place is not None:
        end = _first(place, (entry.kind in _ENDS or at == last for at, entry in enumerate(entries[place:], place)))
        lives.append(_Life(place, end, None if end is None else _outcome(entries, lives, place, end)))
        place = None if end is None else _first(end, (entry.is_return for entry in entries[end:]))
    return lives


def _first(start: int, holds: Iterable[bool]) -> int | None:
    return next((place for place, it_holds in enumerate(holds, start) if it_holds), None)


def _outcome(entries: tuple[Entry, ...], earlier: list[_Life], begin: int, end: int) -> str:
    kind = entries[end].kind
    if kind != "closed":
        return kind
    since = begin
    for life in reversed(earlier):
        if life.outcome == "solved":
            break
        since = life.begin
    if any(entry.is_answer for entry in entries[since:end]):
        return "solved"
    talk = entries[begin + 1 : end]
    asks = any(entry.is_question or entry.kind == "handed_off" for entry in talk)
    waits = asks or _begins_with_wait(entries, earlier[-1] if earlier else None, begin)
    return "solved" if not waits and any(life.outcome == "solved" for life in earlier) else "abandoned"


def _waits_of(
    entries: tuple[Entry, ...], before: _Life | None, life: _Life
) -> Iterable[tuple[int, int | None, str | None]]:
    """Begin, end and reason of each time that the customer waited in a life."""
    waiting: int | None = None
    for place in _places(entries, life):
        entry = entries[place]
        if place == life.begin:
            waiting = place if _begins_with_wait(entries, before, place) else None
        elif place == life.end:
            break
        elif entry.kind == "handed_off":
            if waiting is not None:
                yield waiting, place, "handed_off"
            waiting = place
        elif entry.is_question and waiting is None:
            waiting = place
        elif entry.is_answer and waiting is not None:
            yield waiting, place, None
            waiting = None
    if waiting is not None:
        yield waiting, life.end, life.outcome


def _begins_with_wait(entries: tuple[Entry, ...], before: _Life | None, place: int) -> bool:
    entry = entries[place]
    if before is None or before.end is None:
        return entry.actor == "customer" and entry.public
    return entry.actor == "customer" or any(entry.is_question for entry in entries[before.end : place])


def _updates_of(entries: tuple[Entry, ...], life: _Life) -> Iterable[Instance]:
    answers = [place for place in _places(entries, life) if entries[place].is_answer]
    for place, following in zip_longest(answers, answers[1:]):
        if following is None:
            yield Instance("periodic_update", 0, place, life.end, life.outcome)
        else:
            yield Instance("periodic_update", 0, place, following, None)


def _places(entries: tuple[Entry, ...], life: _Life) -> range:
    return range(life.begin, len(entries) if life.end is None else life.end + 1)


def _numbered(instances: Iterable[Instance]) -> Iterable[Instance]:
    numbers: Counter[str] = Counter()
    for instance in instances:
        numbers[instance.metric] += 1
        yield Instance(instance.metric, numbers[instance.metric], instance.begin, instance.end, instance.reason)
