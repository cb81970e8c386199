"""Commands that talk to Kafka for a moment, without the log of its client."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any, TypeVar

Answer = TypeVar("Answer")


def run_quietly(work: Coroutine[Any, Any, Answer]) -> Answer:
    """Run to the end, and return what comes of it.

    The client logs each attempt that fails; what comes of all of them is what the command says.
    """
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    return asyncio.run(work)
