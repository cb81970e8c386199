"""How long the broker may hold a fetch back that finds nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from faust.transport.drivers import aiokafka as driver

if TYPE_CHECKING:
    import aiokafka

FETCH_WAIT_MILLISECONDS: Final = 100
"""The longest time that the broker waits for records before it answers that there are none."""


class PromptConsumerThread(driver.AIOKafkaConsumerThread):
    """A consumer whose fetches come back soon.

    When records were not taken over within a tenth of a second, the client fetches from the broker's other
    partitions alone, and all that comes to those with records waits until that fetch is back.
    """

    def _create_worker_consumer(self, transport: driver.Transport) -> aiokafka.AIOKafkaConsumer:
        consumer = super()._create_worker_consumer(transport)
        consumer._fetch_max_wait_ms = FETCH_WAIT_MILLISECONDS  # noqa: SLF001 - Faust passes 1500, and nothing else
        return consumer
