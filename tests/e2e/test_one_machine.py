"""The image and the Compose file, without an engine for containers: their steps and commands as plain processes.

All services but Grafana run on a network of their own, each as the user of its image, without capabilities and with a
read-only root, with the commands, variables, mounts and health checks that the files name.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from urllib.parse import quote

import pytest

from tests.deployment.compose_file import Service, services
from tests.deployment.containers import SETUP_COMMANDS, Container, Machine, RunningContainer
from tests.deployment.dockerfile import Stage, stages
from tests.deployment.image import DOCKERFILE, ROOT, build
from tests.kafka.jars import java, resolve_jars
from tests.monitoring.tools import MonitoringTools

pytestmark = [pytest.mark.kafka, pytest.mark.slow, pytest.mark.timeout(900)]

COMPOSE = ROOT / "deploy/compose"
TOKENS = {"web-token": "a" * 64, "metrics-token": "b" * 64}
KAFKA_USER = (1000, 1000)
NOBODY = (65534, 65534)
NOT_PROPERTIES = {"KAFKA_HEAP_OPTS"}
LOGGING = ROOT / "tests/kafka/log4j2.xml"
WORKER = "http://127.0.0.1:6066"


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the Dockerfile makes; skipped where that cannot be done, which fails in CI."""
    missing = [command for command in SETUP_COMMANDS if shutil.which(command) is None]
    possible = sys.platform == "linux" and os.geteuid() == 0 and not missing
    if not possible and os.environ.get("CI") == "true":
        pytest.fail(f"CI runs this as root on Linux, with the commands {', '.join(SETUP_COMMANDS)}", pytrace=False)
    if not possible:
        pytest.skip("needs Linux, root and the commands " + ", ".join(SETUP_COMMANDS))
    return build(tmp_path_factory.mktemp("image"))


@dataclass(frozen=True)
class Deployment:
    """The machine, the services of the Compose file, and what is at hand for them."""

    machine: Machine
    services: Mapping[str, Service]
    image: Path
    stage: Stage
    folder: Path
    tools: MonitoringTools

    def start(self, name: str) -> RunningContainer:
        """Start a service as the file has it."""
        container = {"kafka": self._kafka, "prometheus": self._prometheus, "alertmanager": self._alertmanager}
        return self.machine.start(container.get(name, self._deskpulse)(self.services[name]))

    def until_healthy(self, running: RunningContainer, check: list[str], seconds: float = 120) -> str:
        """Wait until the health check succeeds; what it said."""

        def healthy() -> str | None:
            status, text = running.call(check)
            return text or "healthy" if status == 0 else None

        return until(healthy, running, seconds)

    def _deskpulse(self, service: Service) -> Container:
        return Container(
            name=service.name,
            image=self.image,
            user=self.stage.user,
            command=[*json.loads(self.stage.last("ENTRYPOINT")), *service.command],
            environment=self.stage.environment | service.environment,
            folder=self.stage.last("WORKDIR"),
            hostname=service.content.get("hostname"),
            mounts=self._mounts(service, self.stage.user),
            temporary=service.content["tmpfs"],
            read_only=service.content["read_only"],
        )

    def _kafka(self, service: Service) -> Container:
        """As the image does: properties from the variables, then format, then start."""
        properties = self.folder / "server.properties"
        properties.write_text(
            "".join(
                f"{name.removeprefix('KAFKA_').lower().replace('_', '.')}={value}\n"
                for name, value in service.environment.items()
                if name.startswith("KAFKA_") and name not in NOT_PROPERTIES
            ),
            "utf-8",
        )
        run = f"{java()} $KAFKA_HEAP_OPTS -Dlog4j2.configurationFile=/opt/kafka/log4j2.xml -cp '/opt/kafka/libs/*'"
        settings = "/opt/kafka/config/server.properties"
        script = (
            f"{run} kafka.tools.StorageTool format -t $CLUSTER_ID -c {settings} && exec {run} kafka.Kafka {settings}"
        )
        mounts = [
            (properties, PurePosixPath(settings), True),
            (LOGGING, PurePosixPath("/opt/kafka/log4j2.xml"), True),
            (resolve_jars(), PurePosixPath("/opt/kafka/libs"), True),
        ]
        return self._other(service, KAFKA_USER, ["sh", "-c", script], mounts)

    def _prometheus(self, service: Service) -> Container:
        return self._other(service, NOBODY, [self.tools.prometheus, *service.command])

    def _alertmanager(self, service: Service) -> Container:
        return self._other(service, NOBODY, [self.tools.alertmanager, *service.command])

    def _other(
        self,
        service: Service,
        user: tuple[int, int],
        command: list[str],
        mounts: list[tuple[Path, PurePosixPath, bool]] | None = None,
    ) -> Container:
        return Container(
            name=service.name,
            image=None,
            user=user,
            command=command,
            environment=service.environment,
            mounts=[*self._mounts(service, user), *(mounts or [])],
            temporary=service.content.get("tmpfs", []),
            read_only=service.content["read_only"],
        )

    def _mounts(self, service: Service, user: tuple[int, int]) -> list[tuple[Path, PurePosixPath, bool]]:
        found = []
        for mount in service.mounts:
            source = self.folder / "volumes" / mount.source if mount.is_volume else (COMPOSE / mount.source).resolve()
            if mount.source == "./secrets/alertmanager":
                source = self.folder / "secrets/alertmanager"
            if not source.exists():
                source.mkdir(parents=True)
                os.chown(source, *user)
            found.append((source, mount.target, mount.read_only))
        for name in service.content.get("secrets", ()):
            file = self.folder / "secrets" / name
            file.parent.mkdir(exist_ok=True)
            file.write_text(f"{TOKENS[name]}\n", "utf-8")
            found.append((file, PurePosixPath("/run/secrets") / name, True))
        return found


def until(answer: Callable[[], str | None], running: RunningContainer, seconds: float) -> str:
    """Wait until there is an answer, as long as the container runs."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if (found := answer()) is not None:
            return found
        assert running.process.poll() is None, f"{running.container.name} ended: {running.said()[-3000:]}"
        time.sleep(0.5)
    raise AssertionError(f"{running.container.name} is not well after {seconds} s: {running.said()[-3000:]}")


@pytest.fixture(scope="module")
def deployment(
    image: Path, monitoring_tools: MonitoringTools, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Deployment]:
    """Kafka, well and with its topics."""
    folder = tmp_path_factory.mktemp("machine")
    # The folders above belong to whoever runs the tests, and others may not enter them.
    for path in (folder, *folder.parents[:2]):
        path.chmod(0o755)
    found = services(COMPOSE / "compose.yaml")
    with Machine(folder / "containers", found.keys()) as machine:
        made = Deployment(machine, found, image, stages(DOCKERFILE)[-1], folder, monitoring_tools)
        kafka = made.start("kafka")
        made.until_healthy(kafka, found["kafka"].health_check)
        topics = made.start("topics")
        assert topics.process.wait(60) == 0, topics.said()
        assert "created helpdesk.tickets: 4 partitions" in topics.said()
        yield made


@pytest.fixture(scope="module")
def worker(deployment: Deployment) -> RunningContainer:
    """The worker, ready."""
    running = deployment.start("worker")
    assert deployment.until_healthy(running, deployment.stage.health_check).strip() == "ready"
    return running


def test_the_worker_is_ready_without_any_privilege(deployment: Deployment, worker: RunningContainer) -> None:
    status = worker.status()

    assert deployment.machine.ask(f"{WORKER}/readyz") == "ready\n"
    assert status["Uid"].split() == ["10001"] * 4
    assert status["Gid"].split() == ["10001"] * 4
    assert status["NoNewPrivs"] == "1"
    assert {int(status[name], 16) for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")} == {0}


def test_the_worker_can_write_nowhere_but_into_its_volume(worker: RunningContainer) -> None:
    _, mounts = worker.call(["cat", "/proc/self/mounts"])
    root = next(line.split() for line in mounts.splitlines() if line.split()[1] == "/")

    assert root[3].split(",")[0] == "ro"
    assert worker.call(["touch", "/etc/deskpulse/file"])[0] != 0
    assert worker.call(["touch", "/opt/deskpulse/file"])[0] != 0
    assert worker.call(["touch", "/var/lib/deskpulse/file"])[0] == 0
    assert worker.call(["ls", "/var/lib/deskpulse"])[1].split() != ["file"]


def test_only_who_has_the_tokens_gets_answers(deployment: Deployment, worker: RunningContainer) -> None:
    assert worker.process.poll() is None
    assert deployment.machine.ask(f"{WORKER}/api/v1/metrics") is None
    assert deployment.machine.ask(f"{WORKER}/metrics") is None
    assert deployment.machine.ask(f"{WORKER}/api/v1/metrics", TOKENS["web-token"]) is not None
    assert deployment.machine.ask(f"{WORKER}/metrics", TOKENS["metrics-token"]) is not None


def test_a_start_over_finds_its_topics(deployment: Deployment, worker: RunningContainer) -> None:
    assert worker.process.poll() is None
    topics = deployment.start("topics")

    assert topics.process.wait(60) == 0
    assert "exists helpdesk.tickets" in topics.said()
    assert "created" not in topics.said()


def test_the_demo_reaches_prometheus_and_its_rules(deployment: Deployment, worker: RunningContainer) -> None:
    alertmanager, prometheus = deployment.start("alertmanager"), deployment.start("prometheus")
    deployment.until_healthy(alertmanager, deployment.services["alertmanager"].health_check)
    simulator = deployment.start("simulator")

    def answer(query: str) -> float | None:
        text = deployment.machine.ask(f"http://127.0.0.1:9090/api/v1/query?query={quote(query)}")
        found = json.loads(text)["data"]["result"] if text else []
        return float(found[0]["value"][1]) if found else None

    def some(query: str) -> Callable[[], str | None]:
        return lambda: query if (answer(query) or 0) > 0 else None

    until(some('up{job="deskpulse"}'), prometheus, 120)
    until(some('sum(helpdesk_tickets_opened{window="30d"}) > 3000'), worker, 180)
    until(some('window:helpdesk_csat:ratio{window="30d"}'), prometheus, 60)
    until(some('ALERTS{alertname="HelpdeskWatchdog", alertstate="firing"}'), prometheus, 60)
    until(
        lambda: deployment.machine.ask("http://127.0.0.1:9093/api/v2/alerts?filter=alertname=HelpdeskWatchdog"),
        alertmanager,
        60,
    )
    assert simulator.process.poll() is None
    assert "events of the last 35 days" in simulator.said()

    simulator.stop(30)
    again = deployment.start("simulator")
    until(lambda: again.said() if "without a history" in again.said() else None, again, 60)
    assert again.stop(30) == 0


def test_the_worker_stops_within_its_grace_and_a_new_container_takes_its_place(
    deployment: Deployment, worker: RunningContainer
) -> None:
    grace = float(deployment.services["worker"].content["stop_grace_period"].removesuffix("s"))
    assert worker.stop(grace) == 0

    successor = deployment.start("worker")
    started = time.monotonic()
    deployment.until_healthy(successor, deployment.stage.health_check)

    # No longer than the session of the one before would have lasted.
    assert time.monotonic() - started < 30
    assert successor.stop(grace) == 0


def test_the_worker_says_what_is_missing_without_its_token(deployment: Deployment) -> None:
    service = deployment.services["topics"]
    container = deployment._deskpulse(service)
    bare = Container(
        **{
            **{name: getattr(container, name) for name in Container.__slots__},
            "command": deployment.stage.entry_point,
        }
    )

    running = deployment.machine.start(bare)

    assert running.process.wait(60) == 1
    assert "web.host = '0.0.0.0' is open to the network: set web.token" in running.said()


def test_kafka_for_publishers_on_this_machine_advertises_what_it_listens_to() -> None:
    base = services(COMPOSE / "compose.yaml")["kafka"].environment
    added = services(COMPOSE / "kafka-port.yaml")["kafka"]
    environment = base | added.environment
    listeners = dict(part.split("://") for part in environment["KAFKA_LISTENERS"].split(","))
    advertised = dict(part.split("://") for part in environment["KAFKA_ADVERTISED_LISTENERS"].split(","))
    protocols = dict(part.split(":") for part in environment["KAFKA_LISTENER_SECURITY_PROTOCOL_MAP"].split(","))

    assert listeners.keys() == protocols.keys()
    assert advertised.keys() == listeners.keys() - {"CONTROLLER"}
    assert added.content["ports"] == [f"{advertised['LOCAL']}:{listeners['LOCAL'].removeprefix(':')}"]


def test_subprocesses_of_the_machine_are_gone_when_it_ends(image: Path, tmp_path: Path) -> None:
    assert image.is_dir()
    with Machine(tmp_path / "machine") as machine:
        running = machine.start(Container("idle", None, NOBODY, ["sleep", "60"], {}))
        assert running.process.poll() is None
    assert running.process.poll() is not None
