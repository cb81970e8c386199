"""What happens to a ticket, from its opening to its close."""

from __future__ import annotations

from collections.abc import Generator
from typing import Final

from orjson import dumps

from stream.desks.tickets.story.channels import HASTE
from stream.desks.tickets.story.helpdesk import Helpdesk, Ticket
from stream.simulation.story import Step, Story
from stream.simulation.storyline import Occasion
from stream.windows.moments import MICROSECONDS

SETTLED: Final = Occasion("tickets", "settled")
"""The customer does not come back any more after a resolution."""

_OPENED: Final = b"helpdesk.ticket.opened.v1"
_REPLIED: Final = b"helpdesk.ticket.replied.v1"
_HANDED_OFF: Final = b"helpdesk.ticket.handed_off.v1"
_STATUS_CHANGED: Final = b"helpdesk.ticket.status_changed.v1"
_RESOLVED: Final = b"helpdesk.ticket.resolved.v1"
_REOPENED: Final = b"helpdesk.ticket.reopened.v1"
_UPDATED: Final = b"helpdesk.ticket.updated.v1"
_MERGED: Final = b"helpdesk.ticket.merged.v1"
_ESCALATED: Final = b"helpdesk.ticket.escalated.v1"
_ABANDONED: Final = b"helpdesk.ticket.abandoned.v1"
_DELETED: Final = b"helpdesk.ticket.deleted.v1"
_RESTORED: Final = b"helpdesk.ticket.restored.v1"

_BY_AGENT: Final = dumps({"actor": "agent"})
_BY_BOT: Final = dumps({"actor": "bot"})
_BY_CUSTOMER: Final = dumps({"actor": "customer"})
_BOT_WORDS: Final = dumps({"actor": "bot", "author": "bot-ada"})
_PENDING: Final = dumps({"status": "pending", "actor": "agent"})
_HOLD: Final = dumps({"status": "hold", "actor": "agent"})
_TAKEN_UP: Final = dumps({"status": "open", "actor": "agent"})
_OPEN_AGAIN: Final = dumps({"status": "open", "actor": "customer"})
_ANSWERED: Final = dumps({"status": "open", "actor": "automation"})
_SOLVED: Final = dumps({"status": "solved", "actor": "agent"})
_DISMISSED: Final = dumps({"status": "closed", "actor": "agent"})
_CLOSED: Final = dumps({"status": "closed", "actor": "automation"})
_SPAM: Final = dumps({"reason": "spam"})
_NOTHING: Final = dumps({})

_DAY: Final = 86_400.0
_REASONS: Final = ("promised date missed", "asked for a supervisor", "major customer", "needs development", "legal")
_DEPARTURES: Final = ("left the queue", "closed the window", "solved it alone", None)

Part = Generator[Step, int, int]
"""A part of a story; it returns the moment at which it ends."""


def ticket_story(desk: Helpdesk, ticket: Ticket, moment: int) -> Story:
    """Tell a ticket's story from its opening at ``moment`` on (microseconds since the epoch)."""
    settings, dice = desk.settings, desk.dice
    by_agent = not ticket.manner.live and dice.chance(settings.agent_opened_share)
    moment = yield moment, ticket, _OPENED, _opening(desk, ticket, by_agent=by_agent)
    if not by_agent and dice.chance(settings.merge_share):
        into = desk.doubled(ticket)
        if into is not None:
            moment = desk.stage.pace.agent(moment, dice.spread(1200.0, 0.8), quick=ticket.quick)
            yield moment, ticket, _MERGED, dumps({"into": into})
            return
    if not by_agent and dice.chance(settings.spam_share):
        moment = desk.stage.pace.agent(moment, dice.spread(1800.0, 0.8), quick=ticket.quick)
        moment = yield moment, ticket, _DELETED, _SPAM
        if not dice.chance(settings.restored_share):
            return
        moment = desk.stage.pace.agent(moment, dice.spread(7200.0, 0.8), quick=ticket.quick)
        moment = yield moment, ticket, _RESTORED, _NOTHING
    desk.remember(ticket)
    if ticket.channel == "chat" and dice.chance(settings.bot_share):
        moment = yield from _bot_service(desk, ticket, moment)
        if dice.chance(settings.bot_solves_share):
            moment = yield moment, ticket, _RESOLVED, _BY_BOT
            desk.stage.begin(_aftermath(desk, ticket, moment))
            return
        ticket.mood -= 0.04
        moment = yield moment, ticket, _HANDED_OFF, dumps({"team": ticket.team})
    if dice.chance(settings.abandonment_share * ticket.manner.impatience):
        moment = desk.stage.pace.always(moment, dice.spread(ticket.manner.reply * 0.8, 0.7))
        reason = dice.pick(_DEPARTURES)
        yield moment, ticket, _ABANDONED, dumps({"reason": reason} if reason else {})
        return
    if dice.chance(settings.unanswered_share):
        moment = desk.stage.pace.agent(moment, dice.spread(7200.0, 0.7), quick=ticket.quick)
        yield moment, ticket, _STATUS_CHANGED, _DISMISSED
        return
    if not ticket.triaged:
        moment = yield from _triage(desk, ticket, moment)
    moment = yield from _conversation(desk, ticket, moment)
    moment = yield from _solve(desk, ticket, moment)
    # Most stories in memory wait for their close: a story of its own spares them the frames of this one.
    desk.stage.begin(_aftermath(desk, ticket, moment))


def _opening(desk: Helpdesk, ticket: Ticket, *, by_agent: bool) -> bytes:
    data: dict[str, object] = {
        "channel": ticket.channel,
        "priority": ticket.priority,
        "category": ticket.category if ticket.triaged else None,
        "team": ticket.team if ticket.triaged else None,
        "requester": ticket.customer,
        "status": "new",
    }
    if by_agent:
        ticket.agent = desk.staff.agent(ticket.team, desk.dice)
        data["actor"] = "agent"
        data["status"] = "open"
        data["assignee"] = ticket.agent
    elif ticket.channel == "api":
        data["actor"] = "automation"
        data["visibility"] = "internal"
    else:
        data["actor"] = "customer"
    return dumps(data)


def _bot_service(desk: Helpdesk, ticket: Ticket, moment: int) -> Part:
    dice = desk.dice
    moment = yield desk.stage.pace.always(moment, 2.0), ticket, _REPLIED, _BOT_WORDS
    for _ in range(1 + int(dice.random() * 2.5)):
        moment = desk.stage.pace.always(moment, dice.spread(25.0, 0.6))
        moment = yield moment, ticket, _REPLIED, _customer_words(ticket)
        moment = yield desk.stage.pace.always(moment, 2.0), ticket, _REPLIED, _BOT_WORDS
    return desk.stage.pace.always(moment, dice.spread(20.0, 0.6))


def _triage(desk: Helpdesk, ticket: Ticket, moment: int) -> Part:
    moment = desk.stage.pace.agent(moment, desk.dice.spread(ticket.manner.reply * 0.3, 0.9), quick=ticket.quick)
    moment = yield moment, ticket, _UPDATED, dumps({"category": ticket.category, "team": ticket.team})
    ticket.triaged = True
    if desk.dice.chance(desk.settings.reassignment_share):
        ticket.priority = "high" if ticket.priority == "normal" else "normal"
        moment = yield moment, ticket, _UPDATED, dumps({"priority": ticket.priority})
    return moment


def _customer_words(ticket: Ticket) -> bytes:
    return dumps({"actor": "customer", "author": ticket.customer})


def _note(ticket: Ticket) -> bytes:
    return dumps({"actor": "agent", "visibility": "internal", "author": ticket.agent})


def _reply(desk: Helpdesk, ticket: Ticket, moment: int, median: float) -> Part:
    """Let an agent reply in public; a wait that is long for the channel costs mood."""
    wait = desk.dice.spread(1.0, 0.85)
    ticket.mood += 0.03 - 0.035 * wait
    haste = HASTE.get(ticket.priority, 1.0)
    moment = desk.stage.pace.agent(moment, wait * median * haste, quick=ticket.quick)
    return (yield moment, ticket, _REPLIED, dumps({"actor": "agent", "author": ticket.agent}))


def _conversation(desk: Helpdesk, ticket: Ticket, moment: int) -> Part:
    settings, dice, manner = desk.settings, desk.dice, ticket.manner
    if ticket.agent is None:
        ticket.agent = desk.staff.agent(ticket.team, dice)
        assigned = desk.stage.pace.agent(moment, dice.spread(manner.reply * 0.25, 0.8), quick=ticket.quick)
        moment = yield assigned, ticket, _UPDATED, dumps({"assignee": ticket.agent})
    if dice.chance(settings.note_share):
        noted = desk.stage.pace.agent(moment, dice.spread(manner.reply * 0.2, 0.6), quick=ticket.quick)
        moment = yield noted, ticket, _REPLIED, _note(ticket)
    moment = yield from _reply(desk, ticket, moment, manner.reply)
    while dice.chance(manner.turns):
        if not manner.live:
            moment = yield moment, ticket, _STATUS_CHANGED, _PENDING
        moment = desk.stage.pace.customer(moment, dice.spread(manner.answer, 0.9))
        moment = yield moment, ticket, _REPLIED, _customer_words(ticket)
        if not manner.live:
            moment = yield moment, ticket, _STATUS_CHANGED, _ANSWERED
        moment = yield from _detour(desk, ticket, moment)
        moment = yield from _reply(desk, ticket, moment, manner.reply * 0.7)
    return moment


def _detour(desk: Helpdesk, ticket: Ticket, moment: int) -> Part:
    """Let a ticket go to somebody else, to a higher level or on hold, now and then."""
    settings, dice, manner = desk.settings, desk.dice, ticket.manner
    if dice.chance(settings.reassignment_share):
        update = {}
        if dice.chance(0.4):
            ticket.team = update["team"] = desk.staff.other_team(ticket.team, dice)
        ticket.agent = update["assignee"] = desk.staff.agent(ticket.team, dice)
        ticket.mood -= 0.06
        moved = desk.stage.pace.agent(moment, dice.spread(manner.reply * 0.5, 0.8), quick=ticket.quick)
        moment = yield moved, ticket, _UPDATED, dumps(update)
    if dice.chance(settings.escalation_share * (2.5 if ticket.category == "complaint" else 1.0)):
        ticket.mood -= 0.12
        escalated = desk.stage.pace.agent(moment, dice.spread(manner.reply * 0.6, 0.8), quick=ticket.quick)
        moment = yield escalated, ticket, _ESCALATED, dumps({"level": "second", "reason": dice.pick(_REASONS)})
        moment = yield moment, ticket, _REPLIED, _note(ticket)
    if not manner.live and dice.chance(settings.hold_share):
        ticket.mood -= 0.05
        # Not at the moment of the status before it: which of two is the later one would be anybody's guess.
        moment = yield moment + 40 * MICROSECONDS, ticket, _STATUS_CHANGED, _HOLD
        back = desk.stage.pace.agent(moment, dice.spread(0.5 * _DAY, 0.7), quick=False)
        moment = yield back, ticket, _STATUS_CHANGED, _TAKEN_UP
    return moment


def _solve(desk: Helpdesk, ticket: Ticket, moment: int) -> Part:
    dice = desk.dice
    median = ticket.manner.wrap_up * HASTE.get(ticket.priority, 1.0)
    moment = desk.stage.pace.agent(moment, dice.spread(median, 0.9), quick=ticket.quick)
    if dice.chance(0.15):
        return (yield moment, ticket, _STATUS_CHANGED, _SOLVED)
    return (yield moment, ticket, _RESOLVED, _BY_AGENT)


def _aftermath(desk: Helpdesk, ticket: Ticket, moment: int) -> Story:
    """Let the customer judge, say thanks or come back, and close the ticket some days later."""
    settings, dice = desk.settings, desk.dice
    reopens = settings.reopen_share
    while dice.chance(reopens):
        reopens *= 0.3
        ticket.mood -= 0.18
        if ticket.agent is None:
            ticket.agent = desk.staff.agent(ticket.team, dice)
        moment = desk.stage.pace.customer(moment, dice.spread(0.6 * _DAY, 1.0))
        moment = yield moment, ticket, _REPLIED, _customer_words(ticket)
        if dice.chance(0.5):
            moment = yield moment, ticket, _REOPENED, _BY_CUSTOMER
        else:
            moment = yield moment, ticket, _STATUS_CHANGED, _OPEN_AGAIN
        moment = yield from _reply(desk, ticket, moment, ticket.manner.reply)
        moment = yield from _solve(desk, ticket, moment)
    desk.stage.announce(SETTLED, ticket, moment)
    if dice.chance(0.12):
        thanks = desk.stage.pace.customer(moment, dice.spread(ticket.manner.answer, 0.8))
        moment = yield thanks, ticket, _REPLIED, _customer_words(ticket)
    closing = desk.stage.pace.always(moment, _DAY * (3.0 + 2.0 * dice.random()))
    yield closing, ticket, _STATUS_CHANGED, _CLOSED
