"""The desk of agents: takes their states in, in any order and any number of times."""

from __future__ import annotations

from typing import Final

from schemas.events import AgentStateChanged
from stream.desks.agents.agent_hour import UNKNOWN, AgentHour, AgentState, Entry, Post
from stream.desks.agents.rules import LONGEST_SILENCE, AgentRules
from stream.desks.agents.slots import AgentSlots
from stream.state.rows import part_of
from stream.state.ties import tie_of
from stream.state.value_desk import DeskContext, ValueDesk
from stream.windows.moments import DAY, HOUR

BEYOND_WINDOWS: Final = "beyond_windows"
"""Why an event was set aside: it is so old that it changes no window."""

_REACH: Final = 1 + LONGEST_SILENCE // HOUR
"""After so many hours, no state lasts any more: that of the settings may be another when a row is read again."""

_STATES: Final = {state.name.lower(): state for state in AgentState}
_ROW_BYTES: Final = 32
_ENTRY_BYTES: Final = 48
_BYTES_A_CHARACTER: Final = 4


class AgentDesk(ValueDesk[AgentHour]):
    """The agents of one partition, hour by hour, counted by these rules."""

    noun = "agent"
    unknown = UNKNOWN
    kept = 45 * DAY
    """No window reaches back so far, whatever is the longest silence: what is older changes no number."""

    def __init__(self, context: DeskContext, rules: AgentRules) -> None:
        super().__init__(context)
        self._silence = rules.silence
        self._slots = AgentSlots(context.contributor)

    def apply(self, event: AgentStateChanged, time: int) -> bool:
        """Take an event in; ``False`` if it changes nothing."""
        if time < self.horizon:
            self.set_aside[BEYOND_WINDOWS] += 1
            return True
        agent, hour = event.subject, time // HOUR
        part = part_of(agent, hour)
        row = self.find(part)
        if row is None:
            after = self.after(AgentHour(until=self._next_time(agent, hour)), event, time)
        else:
            after = self.after(row.value, event, time)
        if after is None:
            return False
        self.replace(part, row, after)
        if after.entries[0].at == time:
            self._end_hour_before(agent, hour, time)
        return True

    def after(self, before: AgentHour, event: AgentStateChanged, time: int) -> AgentHour | None:
        """The hour with what was told in its place."""
        data = event.data
        post = Post(data.team, data.channel, tuple(sorted(set(data.queues))))
        tie = tie_of(event.source, event.id)
        return before.with_entry(Entry(time, event.sequence or "", _STATES[data.state], tie, post))

    def contribute(self, value: AgentHour, sign: int) -> None:
        """The states that began in the hour; what ends one may lie ahead."""
        steps, slots_of = self.steps, self._slots.of
        for state, post, begin, end in value.stays(self._silence):
            for slot in slots_of(state, post):
                steps.append((slot, begin, sign))
                steps.append((slot, end, -sign))

    def last_time(self, value: AgentHour) -> int:
        """When something was last told."""
        return value.entries[-1].at

    def row_bytes(self, subject: str, value: AgentHour) -> int:
        """About how many bytes an hour takes in a row."""
        characters = len(subject) + sum(
            len(entry.sequence)
            + len(entry.post.team or "")
            + len(entry.post.channel or "")
            + sum(1 + len(queue) for queue in entry.post.queues)
            for entry in value.entries
        )
        return _ROW_BYTES + _ENTRY_BYTES * len(value.entries) + _BYTES_A_CHARACTER * characters

    def _next_time(self, agent: str, hour: int) -> int | None:
        """When something was told next after an hour, within the reach of a state that begins there."""
        for later in range(hour + 1, hour + 1 + _REACH):
            row = self.find(part_of(agent, later))
            if row is not None:
                return row.value.entries[0].at
        return None

    def _end_hour_before(self, agent: str, hour: int, time: int) -> None:
        """Let the last state of the hour before that is known end at a time."""
        for earlier in range(hour - 1, hour - 1 - _REACH, -1):
            part = part_of(agent, earlier)
            row = self.find(part)
            if row is not None:
                if row.value.until != time:
                    self.replace(part, row, row.value._replace(until=time))
                return
