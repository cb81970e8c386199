"""Naming the topic that a record could not be written to."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from aiokafka.errors import InvalidTimestampError, KafkaError

from stream.runtime.kafka.clock_watch import ClockAheadError


class UnwritableTopicError(Exception):
    """The brokers do not take what is written to a partition; the message names it, and the cause."""


@contextmanager
def naming(topic: str, partition: int) -> Iterator[None]:
    """Turn the client's ``KafkaError`` into an ``UnwritableTopicError`` that names this partition.

    If it is this machine's time that the brokers do not take, it is a ``ClockAheadError``.
    """
    try:
        yield
    except InvalidTimestampError as error:
        raise ClockAheadError(topic, partition) from error
    except KafkaError as error:
        message = (
            f"{topic}[{partition}] cannot be written: {str(error) or type(error).__name__};"
            " `deskpulse doctor` shows what is wrong with the topic; then start again"
        )
        raise UnwritableTopicError(message) from error
