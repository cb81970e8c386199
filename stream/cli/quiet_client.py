"""Commands that talk to Kafka for a moment, without the log of its client."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine, Mapping
from typing import Any, TypeVar

Answer = TypeVar("Answer")


def run_client(work: Coroutine[Any, Any, Answer]) -> Answer:
    """Run to the end, and return what comes of it; leave out traces of connections that failed.

    The client leaves futures of broken connections behind that nobody reads, and asyncio prints each with its trace
    whenever it is collected: before or after the one line in which the command says what is wrong.
    """
    with asyncio.Runner() as runner:
        runner.get_loop().set_exception_handler(_report)
        return runner.run(work)


def run_quietly(work: Coroutine[Any, Any, Answer]) -> Answer:
    """Run to the end, and return what comes of it.

    The client logs each attempt that fails; what comes of all of them is what the command says.
    """
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    return run_client(work)


def _report(loop: asyncio.AbstractEventLoop, context: Mapping[str, Any]) -> None:
    from aiokafka.errors import KafkaError  # noqa: PLC0415 - importing the client would slow every command

    if not isinstance(context.get("exception"), OSError | EOFError | KafkaError):
        loop.default_exception_handler(dict(context))
