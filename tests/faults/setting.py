"""What all workers of a run have in common."""

from __future__ import annotations

from typing import Final

PARTITIONS: Final = 8
"""The partitions of each topic at the beginning."""

GROWN_PARTITIONS: Final = 12
"""The partitions of each topic once it was given more."""

METADATA_SECONDS: Final = 3.0
"""How often the publisher looks for partitions."""

SETTLE_SECONDS: Final = 10.0
"""How long a growth waits for the publisher to hear of new partitions."""

SESSION_SECONDS: Final = 6.0
"""How long Kafka waits for a silent worker."""
