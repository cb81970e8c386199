"""Why a batch is not taken in, or what it came to not appended."""

from __future__ import annotations


class StaleBatchError(Exception):
    """The partition may belong to another worker by now, so nothing more is written for this one."""


class LostBatchError(Exception):
    """Records were fetched but never came to be processed; to go on would be to skip them."""


class ForeignAppendError(Exception):
    """Somebody else wrote to the changelog of a partition that this worker holds."""


class TooManyInvalidRecordsError(Exception):
    """So many of a topic's last records are invalid that something else must be wrong."""
