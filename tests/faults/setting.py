"""What all workers of a run have in common."""

from __future__ import annotations

from typing import Final

PARTITIONS: Final = 8
"""The partitions of each topic."""

SESSION_SECONDS: Final = 6.0
"""How long Kafka waits for a silent worker."""
