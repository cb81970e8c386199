"""A ticket's attributes, and what they were before."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Final, NamedTuple

from stream.desks.tickets.timeline import NO_SEQUENCES, Sequences, position_in

Stamps = tuple[bytes, ...]
"""For each attribute the stamp of the timeline's entry that set it, empty if none did."""

Assignment = tuple[bytes, int, str | None]
"""The stamp of an entry that set an attribute, the attribute's place, and its value."""

NEVER: Final = b""


class Attributes(NamedTuple):
    """A ticket's current attributes; ``None`` where not set."""

    channel: str | None = None
    priority: str | None = None
    category: str | None = None
    team: str | None = None
    customer_tier: str | None = None


NO_ATTRIBUTES: Final = Attributes()
NO_STAMPS: Final[Stamps] = (NEVER,) * len(NO_ATTRIBUTES)

_PLACES: Final = {field: place for place, field in enumerate(Attributes._fields)}


class AttributeHistory(NamedTuple):
    """Attributes, what set them, and in ``earlier`` every setting that a later one has taken the place of."""

    attributes: Attributes = NO_ATTRIBUTES
    stamps: Stamps = NO_STAMPS
    earlier: tuple[Assignment, ...] = ()

    def after(
        self, changes: Attributes | Mapping[str, str | None], stamp: bytes, sequences: Sequences = NO_SEQUENCES
    ) -> AttributeHistory:
        """The history with attributes set by the entry of this stamp, which may be older than others.

        ``sequences`` are those of the ticket's entries, this one's among them.
        """
        if isinstance(changes, Attributes):
            if self is NO_HISTORY:
                return AttributeHistory(changes, (stamp,) * len(changes))
            changes = changes._asdict()
        values, stamps, earlier = list(self.attributes), list(self.stamps), list(self.earlier)
        position = position_in(sequences)
        here = position(stamp)
        for field, value in changes.items():
            place = _PLACES[field]
            if here > position(stamps[place]):
                if stamps[place] != NEVER:
                    earlier.append((stamps[place], place, values[place]))
                values[place], stamps[place] = value, stamp
            else:
                earlier.append((stamp, place, value))
        if len(earlier) > 1:
            earlier.sort(key=lambda assignment: (position(assignment[0]), assignment[1]))
        return AttributeHistory(Attributes(*values), tuple(stamps), tuple(earlier))

    def constant(self, places: Collection[int]) -> bool:
        """Whether the attributes at these places were set by one entry only, or never."""
        stamps = {self.stamps[place] for place in places}
        stamps.discard(NEVER)
        return len(stamps) <= 1 and not any(place in places for _, place, _ in self.earlier)

    def assignments(self) -> Iterator[Assignment]:
        """Every setting of every attribute, in no order."""
        yield from self.earlier
        for place, (stamp, value) in enumerate(zip(self.stamps, self.attributes, strict=True)):
            if stamp != NEVER:
                yield stamp, place, value


NO_HISTORY: Final = AttributeHistory()
