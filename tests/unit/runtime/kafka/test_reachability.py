from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiokafka.errors import IllegalSaslStateError, KafkaConnectionError, SaslAuthenticationFailed

from stream.feeds.loopback import LOOPBACK, ReservedPort
from stream.runtime.kafka.reachability import BrokerUnreachableError, check_reachable, explanation_of
from stream.settings.kafka import KafkaSettings
from stream.settings.kafka_security import KafkaSecurity
from tests.kafka.security import Certificates, make_certificates


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return make_certificates(tmp_path_factory.mktemp("certificates"))


@asynccontextmanager
async def stranger(context: ssl.SSLContext | None = None, *, answers: bool = True) -> AsyncIterator[str]:
    """The address of a server that is no Kafka: it hangs up on whatever it is told, or is silent."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        serving.append(asyncio.ensure_future(hang_up(reader, writer)))
        await asyncio.wait(serving[-1:])

    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.read(1)
            if not answers:
                await reader.read()
        finally:
            writer.close()
            await writer.wait_closed()

    serving: list[asyncio.Future[None]] = []
    server = await asyncio.start_server(serve, LOOPBACK, 0, ssl=context)
    async with server:
        yield f"{LOOPBACK}:{server.sockets[0].getsockname()[1]}"
        await asyncio.wait_for(asyncio.gather(*serving, return_exceptions=True), 10)


async def said_of(address: str, **settings: object) -> str:
    kafka = KafkaSettings.model_validate({"bootstrap_servers": address, "connect_timeout_seconds": 2, **settings})
    with pytest.raises(BrokerUnreachableError) as caught:
        await check_reachable(kafka)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def tls(certificates: Certificates) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificates.broker)
    return context


async def test_nobody_is_told_from_a_stranger() -> None:
    with ReservedPort() as nobody:
        said = await said_of(nobody.address)

    assert said == f"no Kafka broker answers at {nobody.address}; set kafka.bootstrap_servers"


async def test_one_who_hangs_up_may_want_a_user() -> None:
    async with stranger() as address:
        said = await said_of(address)

    assert said.startswith(f"the Kafka broker at {address} ends the connection; it may require a user")


async def test_one_who_is_silent_is_given_up_in_time() -> None:
    async with stranger(answers=False) as address, asyncio.timeout(20):
        assert address in await said_of(address)


async def test_tls_is_told_from_no_tls(certificates: Certificates) -> None:
    async with stranger(tls(certificates)) as address:
        assert "speaks TLS; set kafka.security_protocol to ssl or sasl_ssl" in await said_of(address)
    async with stranger() as address:
        said = await said_of(address, security_protocol="ssl", ca_file=certificates.authority)
        assert "does not speak TLS; set kafka.security_protocol to plaintext" in said


async def test_an_untrusted_certificate_is_told(certificates: Certificates) -> None:
    async with stranger(tls(certificates)) as address:
        said = await said_of(address, security_protocol="ssl", ca_file=certificates.stranger)

    assert said.startswith(f"the Kafka broker at {address} shows a certificate that is not trusted (")
    assert said.endswith("; look at kafka.ca_file")


async def test_a_certificate_of_another_name_is_told(certificates: Certificates) -> None:
    async with stranger(tls(certificates)) as address:
        named = address.replace(LOOPBACK, "localhost")
        said = await said_of(named, security_protocol="ssl", ca_file=certificates.authority)

    assert "is not trusted (Hostname mismatch" in said
    assert said.endswith("; look at kafka.bootstrap_servers")


async def test_what_one_of_several_says_counts_more_than_the_silence_of_the_others() -> None:
    with ReservedPort() as nobody:
        async with stranger() as address:
            said = await said_of(f"{nobody.address},{address}")

    assert said.startswith(f"the Kafka broker at {address} ")


@pytest.mark.parametrize("addresses", ["kafka:port", "kafka:99999", ":", ",", "[::1", "\u20ac:1"])
async def test_addresses_that_are_none_are_named(addresses: str) -> None:
    assert await said_of(addresses) == f"no Kafka broker answers at {addresses}; set kafka.bootstrap_servers"


def test_the_cause_of_an_error_is_what_counts() -> None:
    security = KafkaSecurity("sasl_plaintext", "PLAIN", "desk")
    error = KafkaConnectionError("closed")
    error.__cause__ = SaslAuthenticationFailed("Authentication failed")

    assert explanation_of(error, security).startswith("refuses the user 'desk'; look at kafka.username")
    assert explanation_of(IllegalSaslStateError(), security).startswith("takes no users at this port")
    assert not explanation_of(KafkaConnectionError("closed"), security)
