"""A worker, and the doctor beside it, need no other rights than those that the manifest for Strimzi gives them."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.protocol.admin import CreateAclsRequest

from stream.desks.kinds import SOURCE_TOPICS
from stream.feeds.loopback import ReservedPort
from stream.feeds.publish import publish
from stream.feeds.simulator import Simulator, SimulatorSettings
from stream.runtime.kafka.broker import ensure_topics
from stream.settings.kafka import KafkaSettings
from tests.deployment.image import ROOT
from tests.e2e.worker_process import WorkerProcess
from tests.kafka.broker import KafkaBroker
from tests.kafka.properties import Node
from tests.kafka.security import (
    FORMAT_ARGUMENTS,
    PASSWORD,
    SCRAM_USER,
    SecuredPorts,
    make_certificates,
    secured_properties,
)
from tests.oracle import compute, differences

pytestmark = [pytest.mark.kafka, pytest.mark.slow]

END = datetime(2026, 11, 1, tzinfo=UTC)
RESOURCES = {"topic": 2, "group": 3}
PATTERNS = {"literal": 3}
OPERATIONS = {"Read": 3, "Write": 4, "Describe": 8, "DescribeConfigs": 10}
ALLOW = 3


@dataclass(frozen=True)
class GuardedKafka:
    """A broker that lets a user do only what it was given the right to, and an administrator everything."""

    broker: KafkaBroker
    users: str

    @property
    def settings(self) -> KafkaSettings:
        """Those of the administrator."""
        return KafkaSettings(bootstrap_servers=self.broker.address, partitions=2)

    async def grant(self) -> None:
        """Give the rights of the manifest to the user."""
        admin = AIOKafkaAdminClient(bootstrap_servers=self.broker.address)
        await admin.start()
        try:
            for acl in rights():
                resource = acl["resource"]
                for operation in acl["operations"]:
                    answer = await admin._send_request(
                        CreateAclsRequest(
                            RESOURCES[resource["type"]],
                            resource["name"],
                            PATTERNS[resource["patternType"]],
                            f"User:{SCRAM_USER}",
                            "*",
                            OPERATIONS[operation],
                            ALLOW,
                        )
                    )
                    assert [code for code, _ in answer.creation_responses] == [0]
        finally:
            await admin.close()


def rights() -> list[dict[str, Any]]:
    text = (ROOT / "deploy/kubernetes/components/strimzi/user.yaml").read_text("utf-8")
    found: list[dict[str, Any]] = yaml.safe_load(text)["spec"]["authorization"]["acls"]
    return found


@pytest.fixture
def guarded(tmp_path: Path, kafka_broker: KafkaBroker) -> Iterator[GuardedKafka]:
    """A broker of its own; asking for the shared one skips, or fails, where there is no Kafka at all."""
    assert kafka_broker.running
    node, ports = Node(1), SecuredPorts(ReservedPort(), ReservedPort(), ReservedPort())
    overrides = secured_properties(node, ports, make_certificates(tmp_path / "certificates")) | {
        "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
        "super.users": "User:ANONYMOUS",
        "auto.create.topics.enable": "false",
        # What Kafka takes by default, unlike the brokers of other tests.
        "message.max.bytes": 1_048_588,
    }
    try:
        with KafkaBroker(tmp_path / "broker", overrides, node=node, format_arguments=FORMAT_ARGUMENTS) as broker:
            yield GuardedKafka(broker, ports.sasl_plaintext.address)
    finally:
        ports.release()


async def test_a_worker_takes_in_answers_and_restores_with_the_rights_of_the_manifest(
    guarded: GuardedKafka, tmp_path: Path
) -> None:
    await ensure_topics(guarded.settings, SOURCE_TOPICS)
    await guarded.grant()
    settings = {
        "DESKPULSE_KAFKA__CREATE_TOPICS": "false",
        "DESKPULSE_KAFKA__SECURITY_PROTOCOL": "sasl_plaintext",
        "DESKPULSE_KAFKA__SASL_MECHANISM": "SCRAM-SHA-512",
        "DESKPULSE_KAFKA__USERNAME": SCRAM_USER,
        "DESKPULSE_KAFKA__PASSWORD": PASSWORD,
        "DESKPULSE_CLOCK__MODE": "event",
    }
    events = list(Simulator(SimulatorSettings(), 3).history(END - timedelta(days=10), END, 600))
    half = len(events) // 2
    async with WorkerProcess(guarded.users, tmp_path, "deskpulse", settings) as worker:
        await worker.start()
        assert await examined(guarded, worker, settings) == []
        await publish(events[:half], guarded.broker.address)
        await publish([("helpdesk.tickets", b"T-0", b"no event", 0)], guarded.broker.address)
        await worker.until_caught_up()
        await worker.kill()
        await worker.start()
        await publish(events[half:], guarded.broker.address)
        await worker.until_caught_up()
        actual = await worker.numbers()
        dead = (await worker.get("/api/v1/worker"))["topics"]
        assert await worker.stop() == 0

    assert differences(compute(event.value for event in events), actual) == []
    assert dead


async def examined(guarded: GuardedKafka, worker: WorkerProcess, settings: dict[str, str]) -> list[str]:
    """The problems that the doctor finds with the worker's settings."""
    found = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "stream", "doctor", "--json"),
        env={"PATH": os.defpath, "DESKPULSE_KAFKA__BOOTSTRAP_SERVERS": guarded.users, **settings}
        | {"DESKPULSE_WEB__PORT": worker.url.rpartition(":")[2]},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await found.communicate()
    assert err == b""
    findings = json.loads(out)
    return [str(finding) for finding in findings["findings"] if finding["severity"] == "problem"]


async def test_without_the_rights_a_worker_does_not_start(guarded: GuardedKafka, tmp_path: Path) -> None:
    await ensure_topics(guarded.settings, SOURCE_TOPICS)
    settings = {
        "DESKPULSE_KAFKA__CREATE_TOPICS": "false",
        "DESKPULSE_KAFKA__SECURITY_PROTOCOL": "sasl_plaintext",
        "DESKPULSE_KAFKA__SASL_MECHANISM": "SCRAM-SHA-512",
        "DESKPULSE_KAFKA__USERNAME": SCRAM_USER,
        "DESKPULSE_KAFKA__PASSWORD": PASSWORD,
    }
    async with WorkerProcess(guarded.users, tmp_path, "deskpulse", settings) as worker:
        await worker.launch()
        assert await worker.wait() == 1
        assert worker.log().splitlines()[-1].startswith("deskpulse: ")
