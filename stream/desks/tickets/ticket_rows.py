"""The row of a ticket: all that a ticket is, and what it was at the last checkpoint."""

from __future__ import annotations

from typing import Final, NamedTuple

import msgspec

from stream.desks.tickets.attributes import NO_ATTRIBUTES, Assignment, AttributeHistory, Attributes, Stamps
from stream.desks.tickets.ticket import TicketState
from stream.desks.tickets.timeline import ENTRY_SIZE, Sequences, time_of

ACTIVE: Final = 1
WAITS: Final = 2
LACKS_OPENING: Final = 4


class TicketRow(NamedTuple):
    """A row's fields.

    ``stamps`` holds one stamp if all are the same, ``earlier`` what the attributes were set to before. ``flags``,
    ``created`` (microseconds, 0 if it was not opened) and ``clocks`` (see ``sla/clock_rows.py``) repeat what follows
    from the timeline, so that open tickets are counted without a replay.
    ``sequences`` are those of the timeline's entries; ``None`` says that the row is of a version that knew none, so
    that what the other fields repeat may follow from the timeline no more.
    ``base`` is what the ticket was before it first changed after the checkpoint of the number ``after_checkpoint``: how
    many bytes of the timeline it had if it only grew, else its timeline and attributes.
    """

    timeline: bytes
    attributes: Attributes
    stamps: Stamps
    earlier: tuple[Assignment, ...]
    flags: int
    created: int
    clocks: bytes
    after_checkpoint: int
    base: int | tuple[bytes, Attributes]
    sequences: Sequences | None = None

    @property
    def last_time(self) -> int:
        """When the last entry happened, in microseconds."""
        return time_of(self.timeline[-ENTRY_SIZE:])

    @property
    def history(self) -> AttributeHistory:
        """The attributes with what set them."""
        return AttributeHistory(self.attributes, all_stamps(self.stamps), self.earlier)

    def before(self) -> tuple[bytes, Attributes]:
        """Timeline and attributes before the ticket first changed after that checkpoint."""
        if isinstance(self.base, int):
            return self.timeline[: self.base], self.attributes
        return self.base


encode_ticket_row = msgspec.msgpack.Encoder().encode
decode_ticket_row = msgspec.msgpack.Decoder(TicketRow).decode


def flags_of(state: TicketState) -> int:
    """The flags of a row for what a ticket's timeline came to."""
    return ACTIVE * state.active + WAITS * (state.waiting_since is not None) + LACKS_OPENING * state.lacks_opening


def base_of(
    timeline: bytes, attributes: Attributes, before: bytes, attributes_before: Attributes
) -> int | tuple[bytes, Attributes]:
    """A row's ``base`` for a ticket that has this timeline now and had that one before."""
    if (attributes is attributes_before or not before) and timeline.startswith(before):
        return len(before)
    return before, attributes_before


def all_stamps(stamps: Stamps) -> Stamps:
    """A stamp for each attribute, of a row that may hold one for all."""
    return stamps * len(NO_ATTRIBUTES) if len(stamps) == 1 else stamps


def short_stamps(stamps: Stamps) -> Stamps:
    """One stamp if all are the same, as they are after an opening."""
    first = stamps[0]
    return (first,) if stamps.count(first) == len(stamps) else stamps
