"""The events of an errand."""

from __future__ import annotations

from msgspec import Struct

from schemas.events import Attribute, SourceEnvelope


class ErrandBegunData(Struct, frozen=True, kw_only=True, gc=False):
    """Somebody set out, by a ``means`` such as on foot."""

    team: Attribute | None = None
    means: Attribute | None = None


class ErrandDoneData(Struct, frozen=True, kw_only=True, gc=False):
    """Somebody is back."""


class ErrandBegun(
    SourceEnvelope, frozen=True, kw_only=True, gc=False, tag="helpdesk.errand.begun.v1", tag_field="type"
):
    """An errand was begun."""

    data: ErrandBegunData


class ErrandDone(SourceEnvelope, frozen=True, kw_only=True, gc=False, tag="helpdesk.errand.done.v1", tag_field="type"):
    """An errand was done."""

    data: ErrandDoneData
