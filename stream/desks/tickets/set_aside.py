"""Valid events that cannot count when they arrive, so that none disappears without a number."""

from __future__ import annotations

from enum import StrEnum


class SetAside(StrEnum):
    """Why an event that was taken in could not count when it came.

    ``unopened``: its ticket's opening is not known yet; it counts from the moment at which that comes.
    ``before_opening``: it is dated before its ticket's opening. ``after_resolution``: a change to pending or hold of a
    ticket that is resolved or abandoned. ``void``: its ticket is merged or deleted.
    """

    UNOPENED = "unopened"
    BEFORE_OPENING = "before_opening"
    AFTER_RESOLUTION = "after_resolution"
    VOID = "void"
