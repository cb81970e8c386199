"""From a record's bytes to the event of a ticket."""

from __future__ import annotations

from typing import Final

from schemas.events import TicketEvent
from stream.state.decoding import EventDecoder

_decoder: Final[EventDecoder[TicketEvent]] = EventDecoder(TicketEvent)
decode: Final = _decoder.decode
