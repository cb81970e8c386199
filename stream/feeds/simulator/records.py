"""How a simulated event becomes a record."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final, NamedTuple

from stream.simulation.story import Step

_HOUR: Final = 3_600_000_000
_MINUTES_AND_SECONDS: Final = tuple(b"%02d:%02d" % (minute, second) for minute in range(60) for second in range(60))


class SimulatedEvent(NamedTuple):
    """A record to publish: ``value`` is a CloudEvent in JSON, ``key`` its subject.

    ``time`` is when it happened, in whole microseconds since the Unix epoch.
    """

    topic: str
    key: bytes
    value: bytes
    time: int


class Writer:
    """Writes steps as records of one source.

    The envelope is filled in rather than serialised, at half the time: all that goes into it are ids and
    moments of the simulator's own, in which nothing needs escaping.
    """

    def __init__(self, source: bytes) -> None:
        self._envelope = (
            b'{"specversion":"1.0","source":"' + source + b'","datacontenttype":"application/json",'
            b'"id":"%b-%d","subject":"%b","type":"%b","time":"%b%b.%06dZ","data":%b}'
        )
        self._hour = -1
        self._hour_text = b""

    def write(self, step: Step, moment: int) -> SimulatedEvent:
        """Make the record of a step that is taken at a moment (microseconds since the epoch)."""
        _, subject, kind, data = step
        hour, rest = divmod(moment, _HOUR)
        if hour != self._hour:
            self._hour = hour
            self._hour_text = datetime.fromtimestamp(hour * 3600, UTC).strftime("%Y-%m-%dT%H:").encode()
        seconds, fraction = divmod(rest, 1_000_000)
        subject.events += 1
        key = subject.key
        value = self._envelope % (
            subject.identity,
            subject.events,
            key,
            kind,
            self._hour_text,
            _MINUTES_AND_SECONDS[seconds],
            fraction,
            data,
        )
        return SimulatedEvent(subject.topic, key, value, moment)
