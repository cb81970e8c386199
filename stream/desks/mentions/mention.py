"""A mention: when it was first posted, how it was last, and which sentiment somebody says it has."""

from __future__ import annotations

from typing import Final, NamedTuple

from schemas.events import Sentiment

Position = tuple[int, str, bytes]
"""What orders the events of a mention: time (microseconds), sequence (empty for none) and the hash of the id."""


class Posting(NamedTuple):
    """How a mention was posted, or edited.

    ``text`` is what a model looks at, and is there only if no ``sentiment`` came with it. ``estimate`` is what the
    model of the digest ``model`` made of it when it was taken in.
    """

    position: Position
    text: str | None
    sentiment: Sentiment | None
    channel: str | None
    category: str | None
    estimate: Sentiment | None = None
    model: str = ""

    @property
    def without_text(self) -> Posting:
        """The same with nothing left of what was said."""
        return self._replace(text=None, estimate=None, model="")


class Labelling(NamedTuple):
    """What somebody says of a mention."""

    position: Position
    sentiment: Sentiment


class Mention(NamedTuple):
    """A mention: its latest posting and labelling. It counts when it was first ``posted``, unless it was ``deleted``.

    Both are moments in microseconds; of several deletions it is the latest.
    """

    posted: int | None = None
    posting: Posting | None = None
    labelling: Labelling | None = None
    deleted: int | None = None


UNKNOWN: Final = Mention()
"""A mention of which nothing is known."""
