"""Customers who call or chat, wait, and are served or give up."""

from __future__ import annotations

from typing import Final

from orjson import dumps

from schemas.events import CALLS_TOPIC
from stream.desks.calls.story.queues import Queues
from stream.desks.calls.story.settings import CallStorySettings
from stream.simulation.dice import Shares
from stream.simulation.story import Story, Subject
from stream.simulation.storyline import Stage, Storyline
from stream.windows.moments import DAY, MICROSECONDS, MINUTE

_QUEUED: Final = b"helpdesk.call.queued.v1"
_BLOCKED: Final = b"helpdesk.call.blocked.v1"
_ANSWERED: Final = b"helpdesk.call.answered.v1"
_ABANDONED: Final = b"helpdesk.call.abandoned.v1"
_EVICTED: Final = b"helpdesk.call.evicted.v1"
_CALLBACK_REQUESTED: Final = b"helpdesk.call.callback_requested.v1"
_HELD: Final = b"helpdesk.call.held.v1"
_RESUMED: Final = b"helpdesk.call.resumed.v1"
_TRANSFERRED: Final = b"helpdesk.call.transferred.v1"
_ENDED: Final = b"helpdesk.call.ended.v1"
_WRAPPED_UP: Final = b"helpdesk.call.wrapped_up.v1"

_NOTHING: Final = dumps({})
_TOO_LONG: Final = dumps({"reason": "longest wait reached"})
_CLOSED: Final = "closed"
_NO_LINE: Final = "no line free"
_BY: Final = {True: dumps({"by": "customer"}), False: dumps({"by": "agent"})}

_EMPTIED_QUEUE: Final = dumps({"reason": "queue emptied"})
_EMPTIED: Final = 45.0
_PATIENCE: Final = 150.0
_LONGEST_WAIT: Final = 600.0
_CALLBACK_AFTER: Final = 30.0
_RINGING: Final = 5.0
_BUSY_SHARE: Final = 0.35
_BUSY: Final = 30.0
_TALK: Final = {"phone": 210.0, "chat": 380.0}
_HOLD: Final = 40.0
_WRAP_UP: Final = 35.0


class CallVisit(Subject):
    """One visit of a queue."""

    __slots__ = ()

    topic = CALLS_TOPIC


class CallStoryline(Storyline):
    """Calls and chats come in with the rhythm of the helpdesk; each is taken by the team that knows the matter."""

    per_ticket = 0.6
    settings_type = CallStorySettings

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self._settings = stage.settings.story(CallStorySettings)
        self._categories = Shares(stage.settings.categories)
        self._queues = Queues(stage)
        self._contacts = 0
        self._visits = 0

    def arrive(self, moment: int) -> Story:
        """Somebody calls, or begins a chat."""
        dice = self.stage.dice
        self._contacts += 1
        team = self.stage.staff.team_for(self._categories.pick(dice))
        channel = "chat" if dice.chance(self._settings.chat_share) else "phone"
        return self._visit(moment, f"{self.stage.run}-contact-{self._contacts}", team, channel)

    def _visit(self, moment: int, contact: str, team: str, channel: str) -> Story:
        stage, dice, chosen = self.stage, self.stage.dice, self._settings
        self._visits += 1
        visit = CallVisit(f"{stage.run}-visit-{self._visits}")
        place = {"contact": contact, "queue": team, "channel": channel, "team": team}
        # Where agents would begin only later, it is night or weekend.
        is_closed = stage.pace.agent(moment, 1.0, quick=True) - moment > MINUTE
        if is_closed or dice.chance(chosen.blocked_share):
            yield moment, visit, _BLOCKED, dumps({**place, "reason": _CLOSED if is_closed else _NO_LINE})
            return
        moment = yield moment, visit, _QUEUED, dumps(place)
        queue = self._queues.of(team)
        ringing = dice.spread(_RINGING, 0.4) + (dice.spread(_BUSY, 0.8) if dice.chance(_BUSY_SHARE) else 0.0)
        begun = queue.next_free(moment)
        answer = begun + int(ringing * 1000) * 1000
        if dice.chance(chosen.evicted_share):
            yield stage.pace.always(moment, dice.spread(_EMPTIED, 0.5)), visit, _EVICTED, _EMPTIED_QUEUE
            return
        at_once = dice.chance(chosen.hang_up_share)
        patience = 1.0 + 3.0 * dice.random() if at_once else min(_LONGEST_WAIT, dice.spread(_PATIENCE, 0.9))
        if answer - moment > patience * MICROSECONDS:
            yield self._left(moment, visit, patience)
            return
        agent = queue.take()
        talk, wrap_up = dice.spread(_TALK[channel], 0.7), dice.spread(_WRAP_UP, 0.6)
        hold = dice.spread(_HOLD, 0.7) if dice.chance(chosen.hold_share) else 0.0
        held = stage.pace.always(answer, talk / 2)
        resumed = stage.pace.always(held, hold) if hold else held
        ended = stage.pace.always(resumed, talk / 2)
        done = stage.pace.always(ended, wrap_up)
        queue.give_back(agent, begun + int((done - begun) / self._compression(moment)))
        yield answer, visit, _ANSWERED, dumps({"agent": agent})
        if hold:
            yield held, visit, _HELD, _NOTHING
            yield resumed, visit, _RESUMED, _NOTHING
        if dice.chance(chosen.transfer_share):
            other = stage.staff.other_team(team, dice)
            moment = yield ended, visit, _TRANSFERRED, dumps({"to": other})
            stage.begin(self._visit(moment + MICROSECONDS, contact, other, channel))
        else:
            yield ended, visit, _ENDED, _BY[dice.chance(0.6)]
        yield done, visit, _WRAPPED_UP, _NOTHING

    def _compression(self, moment: int) -> float:
        """By how much more days are compressed than calls: in a live stream so many more agents answer."""
        return max(1.0, DAY / (self.stage.pace.always(moment, DAY / MICROSECONDS) - moment))

    def _left(self, moment: int, visit: CallVisit, patience: float) -> tuple[int, CallVisit, bytes, bytes]:
        """How a visit ends that nobody answers in time."""
        end = moment + int(patience * 1000) * 1000
        if patience >= _LONGEST_WAIT:
            return end, visit, _EVICTED, _TOO_LONG
        if patience > _CALLBACK_AFTER and self.stage.dice.chance(self._settings.callback_share):
            return end, visit, _CALLBACK_REQUESTED, _NOTHING
        return end, visit, _ABANDONED, _NOTHING
