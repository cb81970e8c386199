"""The rules by which agents count."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from stream.windows.moments import HOUR

LONGEST_SILENCE: Final = 48 * HOUR
"""No silence that can be set is longer, in microseconds."""


@dataclass(frozen=True, slots=True)
class AgentRules:
    """An agent of whom nothing is heard for ``silence`` (microseconds) has left when it is over."""

    silence: int = 8 * HOUR
