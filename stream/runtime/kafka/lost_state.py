"""Changelogs that do not hold the state: how that shows, and what to do then."""

from __future__ import annotations

from stream.runtime.kafka.fencing import has_beginning
from stream.state.partition import PartitionState
from stream.state.rows import BEGINNING

WAY_OUT = "`deskpulse state rebuild` reads again what the source topics still have, and so does a new kafka.group"


class LostStateError(Exception):
    """The state of a partition that was read is not in its changelog any more."""


class UnfinishedGrowthError(Exception):
    """A source topic is being given more partitions, and not all of its state is where it belongs."""


def unfinished_growth(changelog: str, partition: int) -> str:
    """What it means that a changelog's last marker says that its source grows."""
    return (
        f"{changelog}[{partition}] is being given more partitions, and that was cut short; run the same"
        " `deskpulse topics grow` again, which completes it"
    )


def empty_changelog(changelog: str, source: str, partition: int, committed: int, group: str) -> str:
    """What it means that a changelog has nothing of a partition that was read up to the offset ``committed``."""
    return (
        f"{changelog}[{partition}] is empty, but group {group} has read {source}[{partition}] up to offset {committed}:"
        " the changelog was deleted, the state is gone, and what was read would not be counted"
    )


def headless_changelog(changelog: str, partition: int) -> str:
    """What it means that a changelog does not begin as one does."""
    return (
        f"{changelog}[{partition}] does not hold the state from its beginning: the changelog was deleted and created"
        " again while a worker ran, and what it had read before would not be counted"
    )


def lacks_beginning(state: PartitionState) -> bool:
    """Whether a restored state is that of a changelog of which the beginning is missing."""
    return not state.is_empty and has_beginning(state.claim) and state.rows.get(BEGINNING) is None
