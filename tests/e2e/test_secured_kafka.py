from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from aiohttp import ClientSession
from aiokafka.admin import AIOKafkaAdminClient

from stream.feeds.loopback import ReservedPort
from stream.feeds.publish import publish
from stream.feeds.simulator import Simulator, SimulatorSettings
from stream.settings.kafka import KafkaSettings
from tests.e2e.worker_process import WorkerProcess
from tests.kafka.broker import KafkaBroker
from tests.kafka.properties import Node
from tests.kafka.security import (
    FORMAT_ARGUMENTS,
    PASSWORD,
    PLAIN_USER,
    SCRAM_USER,
    Certificates,
    SecuredPorts,
    make_certificates,
    secured_properties,
)
from tests.oracle import compute, differences

pytestmark = [pytest.mark.kafka, pytest.mark.slow]

END = datetime(2026, 11, 1, tzinfo=UTC)
WRONG_PASSWORD = "wrong-battery-0815"  # noqa: S105 - it opens nothing


@dataclass(frozen=True)
class SecuredKafka:
    """A broker with secured listeners, and what is needed to be let in."""

    broker: KafkaBroker
    ports: SecuredPorts
    certificates: Certificates
    password_file: Path

    def access(self, kind: str) -> tuple[str, dict[str, str]]:
        """The address and the settings, by key, of one way in."""
        authority = {"ca_file": str(self.certificates.authority)}
        client = {
            "certificate_file": str(self.certificates.client),
            "key_file": str(self.certificates.client_key),
        }
        scram = {"username": SCRAM_USER, "password_file": str(self.password_file)}
        plain = {"username": PLAIN_USER, "password": PASSWORD, "sasl_mechanism": "PLAIN"}
        ways = {
            "sasl_ssl PLAIN": (self.ports.sasl_ssl, authority | plain),
            "sasl_ssl SCRAM-SHA-256": (self.ports.sasl_ssl, authority | scram | {"sasl_mechanism": "SCRAM-SHA-256"}),
            "sasl_ssl SCRAM-SHA-512": (self.ports.sasl_ssl, authority | scram | {"sasl_mechanism": "SCRAM-SHA-512"}),
            "sasl_plaintext": (self.ports.sasl_plaintext, scram | {"sasl_mechanism": "SCRAM-SHA-512"}),
            "ssl": (self.ports.ssl, authority | client),
            "plaintext": (self.broker.node.clients, {}),
        }
        port, settings = ways[kind]
        return port.address, {"security_protocol": kind.split(maxsplit=1)[0]} | settings


@pytest.fixture(scope="module")
def secured(tmp_path_factory: pytest.TempPathFactory, kafka_broker: KafkaBroker) -> Iterator[SecuredKafka]:
    """A broker of its own; asking for the shared one skips, or fails, where there is no Kafka at all."""
    assert kafka_broker.running
    folder = tmp_path_factory.mktemp("secured")
    certificates = make_certificates(folder / "certificates")
    password_file = folder / "password"
    password_file.write_text(f"{PASSWORD}\n")
    node, ports = Node(1), SecuredPorts(ReservedPort(), ReservedPort(), ReservedPort())
    overrides = secured_properties(node, ports, certificates)
    try:
        with KafkaBroker(folder / "broker", overrides, node=node, format_arguments=FORMAT_ARGUMENTS) as broker:
            yield SecuredKafka(broker, ports, certificates, password_file)
    finally:
        ports.release()


def variables(settings: dict[str, str]) -> dict[str, str]:
    """Settings of Kafka as variables of the environment."""
    return {f"DESKPULSE_KAFKA__{key.upper()}": value for key, value in settings.items()}


async def delete_topics(secured: SecuredKafka) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=secured.broker.address)
    await admin.start()
    try:
        present = [topic for topic in await admin.list_topics() if "helpdesk." in topic]
        if present:
            await admin.delete_topics(present)
    finally:
        await admin.close()


@pytest.mark.parametrize("kind", ["sasl_ssl PLAIN", "sasl_ssl SCRAM-SHA-512", "ssl"])
async def test_a_worker_takes_events_in_and_restores_over_a_secured_connection(
    secured: SecuredKafka, tmp_path: Path, kind: str
) -> None:
    await delete_topics(secured)
    address, settings = secured.access(kind)
    kafka = KafkaSettings.model_validate({"bootstrap_servers": address, **settings})
    events = list(Simulator(SimulatorSettings(), 3).history(END - timedelta(days=10), END, 200))
    half = len(events) // 2
    environment = variables(settings) | {"DESKPULSE_CLOCK__MODE": "event"}
    group, debug = f"test-{uuid4().hex[:8]}", ("--log-level", "debug")
    async with WorkerProcess(address, tmp_path, group, environment, debug) as worker:
        await worker.start()
        await publish(events[:half], address, **kafka.security.options())
        await worker.until_caught_up()
        await worker.kill()
        await worker.start()
        await publish(events[half:], address, **kafka.security.options())
        await worker.until_caught_up()
        actual = await worker.numbers()
        about = await worker.get("/api/v1/worker")
        shown = [await scrape(worker), str(actual), str(about), worker.log()]
        assert await worker.stop() == 0

    assert differences(compute(event.value for event in events), actual) == []
    applied = sum(topic["records"].get("applied", 0) for topic in about["topics"].values())
    assert applied < len(events), "the second life began with the state of the first"
    assert not [text for text in shown if PASSWORD in text]


async def scrape(worker: WorkerProcess) -> str:
    async with ClientSession() as session, session.get(f"{worker.url}/metrics") as response:
        return await response.text()


async def test_advertised_addresses_that_lead_nowhere_are_one_line_and_a_failure(
    secured: SecuredKafka, tmp_path: Path
) -> None:
    node = Node(1)
    with ReservedPort() as nowhere:
        advertised = {"advertised.listeners": f"CLIENT://{nowhere.address}"}
        with KafkaBroker(tmp_path / "broker", advertised, node=node) as broker:
            status, printed = await outcome_of(["worker", "--broker", broker.address], {}, tmp_path)

    assert secured.broker.running
    assert status == 1
    assert printed.splitlines()[-1].startswith(f"deskpulse: a Kafka broker answers at {broker.address}, but none does")
    assert "advertised.listeners" in printed
    assert "Traceback" not in printed


async def outcome_of(verb: list[str], environment: dict[str, str], folder: Path) -> tuple[int | None, str]:
    """Exit status and all that a command prints."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("DESKPULSE_")}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "stream", *verb),
        env=clean | {"DESKPULSE_WEB__PORT": "0", "DESKPULSE_KAFKA__CONNECT_TIMEOUT_SECONDS": "8"} | environment,
        cwd=folder,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    printed, _ = await asyncio.wait_for(process.communicate(), 120)
    return process.returncode, printed.decode()


MISTAKES = {
    "wrong password, PLAIN": ("sasl_ssl PLAIN", {"password": WRONG_PASSWORD}, "kafka.password"),
    "wrong password, SCRAM": (
        "sasl_ssl SCRAM-SHA-256",
        {"password_file": "", "password": WRONG_PASSWORD},
        "kafka.password",
    ),
    "unknown user": ("sasl_ssl SCRAM-SHA-512", {"username": "nobody"}, "kafka.username"),
    "untrusted certificate": ("sasl_ssl PLAIN", {"ca_file": "stranger"}, "kafka.ca_file"),
    "authorities of the system": ("sasl_ssl PLAIN", {"ca_file": ""}, "kafka.ca_file"),
    "no client certificate": ("ssl", {"certificate_file": "", "key_file": ""}, "kafka.certificate_file"),
}


@pytest.mark.parametrize("mistake", list(MISTAKES))
@pytest.mark.parametrize("verb", [["worker", "--log-level", "debug"], ["simulate", "--tickets", "1", "--seconds", "0"]])
async def test_a_mistake_in_the_credentials_is_one_line_without_the_secret_and_a_failure(
    secured: SecuredKafka, tmp_path: Path, mistake: str, verb: list[str]
) -> None:
    kind, changes, named = MISTAKES[mistake]
    address, settings = secured.access(kind)
    settings |= {
        key: str(secured.certificates.stranger) if value == "stranger" else value for key, value in changes.items()
    }
    settings = {key: value for key, value in settings.items() if value}

    status, printed = await outcome_of([*verb, "--broker", address], variables(settings), tmp_path)

    assert status == 1
    said = [line for line in printed.splitlines() if '"logger":"asyncio"' not in line]
    assert len(said) == 1, printed
    assert said[0].startswith(f"deskpulse: the Kafka broker at {address} ")
    assert named in said[0]
    assert PASSWORD not in printed
    assert WRONG_PASSWORD not in printed


@pytest.mark.parametrize(
    "spoken, listening, advice",
    [
        ("plaintext", "sasl_ssl PLAIN", "speaks TLS; set kafka.security_protocol to ssl or sasl_ssl"),
        ("plaintext", "sasl_plaintext", "may require a user: look at kafka.security_protocol"),
        ("sasl_plaintext", "sasl_ssl PLAIN", "speaks TLS; set kafka.security_protocol to sasl_ssl"),
        ("sasl_plaintext", "plaintext", "takes no users at this port; set kafka.security_protocol to plaintext"),
        ("sasl_ssl PLAIN", "sasl_plaintext", "does not speak TLS; set kafka.security_protocol to sasl_plaintext"),
        ("ssl", "plaintext", "does not speak TLS; set kafka.security_protocol to plaintext or sasl_plaintext"),
        ("ssl", "sasl_ssl PLAIN", "may require a user: look at kafka.security_protocol"),
        ("sasl_ssl PLAIN", "ssl", "kafka.certificate_file"),
    ],
)
async def test_a_broker_that_speaks_another_protocol_is_told_from_one_that_is_not_there(
    secured: SecuredKafka, tmp_path: Path, spoken: str, listening: str, advice: str
) -> None:
    address, _ = secured.access(listening)
    _, settings = secured.access(spoken)

    status, printed = await outcome_of(["worker", "--broker", address], variables(settings), tmp_path)

    assert status == 1
    assert printed.count("\n") == 1, printed
    assert printed.startswith(f"deskpulse: the Kafka broker at {address} ")
    assert advice in printed
