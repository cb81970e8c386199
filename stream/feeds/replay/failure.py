"""The one error of a replay."""

from __future__ import annotations

from stream.feeds.replay.quoting import encodable


class ReplayError(Exception):
    """A log or a mapping that cannot be used; the message is one line that says where and what would be right."""

    def __init__(self, message: str) -> None:
        super().__init__(encodable(" ".join(message.split())))
