"""Whether the brokers let us in and, if they do not, which setting to look at."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Iterator, Mapping
from typing import Any, Final

from aiokafka.conn import AIOKafkaConnection, collect_hosts, create_conn
from aiokafka.errors import IllegalSaslStateError, SaslAuthenticationFailed, UnsupportedSaslMechanismError
from aiokafka.protocol.metadata import MetadataRequest
from mode import get_logger

from stream.settings.kafka import KafkaSettings
from stream.settings.kafka_security import KafkaSecurity

logger = get_logger(__name__)

_GRACE_SECONDS: Final = 1.0
_NOBODY: Final = "no Kafka broker answers at {}; set kafka.bootstrap_servers"


class BrokerUnreachableError(Exception):
    """No broker answers at the given addresses, or none lets us in; the message names the setting to look at."""


async def choose_addresses(settings: KafkaSettings) -> KafkaSettings:
    """The settings with only those addresses that answer now, for a client that is about to start.

    A client tries its addresses one after the other, in any order, and waits long for one that is silent; it needs
    them only once. Without a choice nobody is asked. Raises ``BrokerUnreachableError``.
    """
    return await check_reachable(settings) if "," in settings.bootstrap_servers else settings


async def check_reachable(settings: KafkaSettings) -> KafkaSettings:
    """Return once a broker has answered who is in its cluster: the settings with only the addresses that did.

    All addresses are tried at once, each once and with its own time-out; when one has answered, the others have
    another second. Those that are left out are named in a warning. Raises ``BrokerUnreachableError``, at the latest
    after the connect timeout.
    """
    addresses = [address.strip() for address in settings.bootstrap_servers.split(",") if address.strip()]
    try:
        hosts = {address: collect_hosts(address)[0] for address in addresses}
    except ValueError as error:
        raise BrokerUnreachableError(_NOBODY.format(settings.bootstrap_servers)) from error
    found = await _problems(hosts, settings)
    usable = [address for address in addresses if found.get(address, "") is None]
    problems = {address: found.get(address) or "does not answer" for address in addresses if address not in usable}
    if not usable:
        told = [f"the Kafka broker at {address} {found[address]}" for address in addresses if found.get(address)]
        raise BrokerUnreachableError(told[0] if told else _NOBODY.format(settings.bootstrap_servers))
    if problems:
        logger.warning(
            "Going on without some of kafka.bootstrap_servers: %s",
            "; ".join(f"{address} {problem}" for address, problem in problems.items()),
        )
    return settings.model_copy(update={"bootstrap_servers": ",".join(usable)})


async def _problems(hosts: Mapping[str, tuple[str, int, Any]], settings: KafkaSettings) -> dict[str, str | None]:
    """What `_problem_at` says of each address that has answered, or refused to, in time."""
    asked = {
        asyncio.create_task(_problem_at(host, port, settings)): address for address, (host, port, _) in hosts.items()
    }
    now = asyncio.get_running_loop().time
    deadline = now() + settings.connect_timeout_seconds
    found: dict[str, str | None] = {}
    try:
        while len(found) < len(asked) and now() < deadline:
            waiting = [task for task, address in asked.items() if address not in found]
            done, _ = await asyncio.wait(waiting, timeout=deadline - now(), return_when=asyncio.FIRST_COMPLETED)
            found.update((asked[task], task.result()) for task in done)
            if None in found.values():
                deadline = min(deadline, now() + _GRACE_SECONDS)
    finally:
        for task in asked:
            task.cancel()
        await asyncio.gather(*asked, return_exceptions=True)
    return found


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
        return "ends the connection; it may require a user: look at kafka.security_protocol"
    return "ends the connection; look at kafka.security_protocol and kafka.sasl_mechanism"
