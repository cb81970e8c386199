"""A story: what happens to one subject, step by step."""

from __future__ import annotations

from collections.abc import Generator
from typing import ClassVar


class Subject:
    """Something that events are about; it numbers its events.

    ``topic`` is that of its events. Ids of events are made of its ``name``, which therefore begins with `Stage.run`
    and is no other subject's, whatever the kind: ``<run>-<what it is>-<number>``. Its events bear that name too, unless
    they are ``about`` the subject of another story, whose name they bear then.
    """

    __slots__ = ("events", "identity", "key", "name")

    topic: ClassVar[str]

    def __init__(self, name: str, about: str | None = None) -> None:
        self.name = name
        self.identity = name.encode()
        self.key = self.identity if about is None else about.encode()
        self.events = 0


Step = tuple[int, Subject, bytes, bytes]
"""The next thing that happens in a story: when (microseconds since the epoch), to what, the type of its event and the
event's data in JSON."""

Story = Generator[Step, int, None]
"""What happens to one subject. It yields its next step and is told the moment at which that step was taken."""
