"""Whether the brokers let us in and, if they do not, which setting to look at."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Iterator
from typing import Final

from aiokafka.conn import AIOKafkaConnection, collect_hosts, create_conn
from aiokafka.errors import IllegalSaslStateError, SaslAuthenticationFailed, UnsupportedSaslMechanismError
from aiokafka.protocol.metadata import MetadataRequest

from stream.kafka_security import KafkaSecurity
from stream.settings import KafkaSettings

_NOBODY: Final = "no Kafka broker answers at {}; set kafka.bootstrap_servers"


class BrokerUnreachableError(Exception):
    """No broker answers at the given addresses, or none lets us in; the message names the setting to look at."""


async def check_reachable(settings: KafkaSettings) -> None:
    """Return once one of the brokers has answered who is in its cluster.

    Each address is tried once. Raises ``BrokerUnreachableError``, at the latest after the connect timeout.
    """
    try:
        hosts = list(collect_hosts(settings.bootstrap_servers, randomize=False))
    except ValueError as error:
        raise BrokerUnreachableError(_NOBODY.format(settings.bootstrap_servers)) from error
    problems: list[str] = []
    try:
        async with asyncio.timeout(settings.connect_timeout_seconds):
            for host, port, _ in hosts:
                problem = await _problem_at(host, port, settings)
                if problem is None:
                    return
                if problem:
                    problems.append(f"the Kafka broker at {host}:{port} {problem}")
    except TimeoutError:
        pass
    raise BrokerUnreachableError(problems[0] if problems else _NOBODY.format(settings.bootstrap_servers))


async def _problem_at(host: str, port: int, settings: KafkaSettings) -> str | None:
    """Why the broker cannot be used, nothing if nobody answers there, ``None`` if it can be used."""
    security = settings.security
    patience = min(5.0, settings.connect_timeout_seconds / 2)
    try:
        async with asyncio.timeout(patience):
            connection = await create_conn(
                host,
                port,
                client_id=settings.group,
                request_timeout_ms=round(patience * 1_000),
                **security.options(),
            )
            await _ask(connection)
    except Exception as error:  # noqa: BLE001 - of a stranger at the address anything may be expected
        return explanation_of(error, security) or await _protocol_problem(host, port, security, patience)
    return None


async def _ask(connection: AIOKafkaConnection) -> None:
    try:
        await connection.send(MetadataRequest([]))
    finally:
        closed = connection.close()
        if closed is not None:
            await closed


def explanation_of(error: BaseException, security: KafkaSecurity) -> str:
    """What an error of a connection says about the settings, nothing if it says nothing."""
    for cause in _causes(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            reason = cause.verify_message.rstrip(".")
            setting = "bootstrap_servers" if "match" in reason else "ca_file"
            return f"shows a certificate that is not trusted ({reason}); look at kafka.{setting}"
        if isinstance(cause, ssl.SSLError) and _is_about_our_certificate(cause.reason):
            return "does not accept this client without its certificate; look at kafka.certificate_file"
        if isinstance(cause, SaslAuthenticationFailed):
            who = f"refuses the user {security.username!r}"
            return f"{who}; look at kafka.username, kafka.password and kafka.sasl_mechanism"
        if isinstance(cause, UnsupportedSaslMechanismError):
            return f"does not take {security.mechanism}; set kafka.sasl_mechanism to one that it takes"
        if isinstance(cause, IllegalSaslStateError):
            without = "ssl" if security.is_encrypted else "plaintext"
            return f"takes no users at this port; set kafka.security_protocol to {without}, or another port"
    return ""


def _is_about_our_certificate(reason: str | None) -> bool:
    """Whether a broker's alert complains of what we showed it, or of our having shown nothing."""
    return reason is not None and "ALERT" in reason and ("CERTIFICATE" in reason or "UNKNOWN_CA" in reason)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


async def _protocol_problem(host: str, port: int, security: KafkaSecurity, patience: float) -> str:
    """What the port speaks instead of what we do; nothing if nobody is there."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE  # only to see whether it is TLS that is spoken there: nothing is sent
    try:
        async with asyncio.timeout(patience):
            _, writer = await asyncio.open_connection(host, port, ssl=context)
            writer.transport.abort()
    except ssl.SSLError:
        speaks_tls = False
    except ConnectionRefusedError:
        return ""
    except (ConnectionError, asyncio.IncompleteReadError):
        speaks_tls = False
    except (OSError, TimeoutError, ValueError):
        return ""
    else:
        speaks_tls = True
    if speaks_tls and not security.is_encrypted:
        wanted = "sasl_ssl" if security.has_user else "ssl or sasl_ssl"
        return f"speaks TLS; set kafka.security_protocol to {wanted}"
    if security.is_encrypted and not speaks_tls:
        wanted = "sasl_plaintext" if security.has_user else "plaintext or sasl_plaintext"
        return f"does not speak TLS; set kafka.security_protocol to {wanted}, or another port"
    if not security.has_user:
        return "ends the connection; it may want a user: look at kafka.security_protocol"
    return "ends the connection; look at kafka.security_protocol and kafka.sasl_mechanism"
