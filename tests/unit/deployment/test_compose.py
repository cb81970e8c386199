"""The Compose file: what it mounts exists, what it publishes is what it has to, and nothing is privileged."""

from __future__ import annotations

import re
import shlex
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from stream.cli.main import app
from stream.cli.stopping import STOP_SECONDS
from stream.settings.loading import load_settings
from tests.deployment.compose_file import Service, services
from tests.deployment.image import ROOT
from tests.monitoring.tools import MonitoringTools, outcome

FOLDER = ROOT / "deploy/compose"
FILES = [FOLDER / "compose.yaml", FOLDER / "kafka-port.yaml"]
SERVICES = services(FOLDER / "compose.yaml")

each_service = pytest.mark.parametrize("service", SERVICES.values(), ids=SERVICES.keys())


def loaded(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(path.read_text("utf-8"))
    return content


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_whatever_is_mounted_exists_or_is_a_volume_or_a_secret(file: Path) -> None:
    content = loaded(file)
    mounts = [mount for service in services(file).values() for mount in service.mounts]
    missing = [
        mount.source
        for mount in mounts
        if mount.source != "./secrets/alertmanager"
        and not (
            mount.source in content.get("volumes", {}) if mount.is_volume else (file.parent / mount.source).exists()
        )
    ]

    assert missing == []


@each_service
def test_what_comes_from_the_repository_is_read_only(service: Service) -> None:
    assert [mount.source for mount in service.mounts if not mount.is_volume and not mount.read_only] == []


@each_service
def test_no_service_has_a_privilege_or_a_writable_root(service: Service) -> None:
    assert service.content["read_only"] is True
    assert service.content["cap_drop"] == ["ALL"]
    assert service.content["security_opt"] == ["no-new-privileges:true"]
    assert not {"privileged", "cap_add", "pid", "ipc", "network_mode", "devices"} & service.content.keys()
    assert "mem_limit" in service.content


def test_nothing_but_grafana_is_published_and_only_on_the_loopback_address() -> None:
    published = {name: service.content["ports"] for name, service in SERVICES.items() if "ports" in service.content}

    assert published == {"grafana": ["127.0.0.1:3000:3000"]}


def test_other_addresses_for_grafana_have_to_be_asked_for() -> None:
    asked = services(FOLDER / "compose.yaml", {"GRAFANA_ADDRESS": "0.0.0.0", "GRAFANA_PORT": "80"})  # noqa: S104 - it is asked for

    assert asked["grafana"].content["ports"] == ["0.0.0.0:80:3000"]


def test_only_what_has_to_be_reached_from_outside_or_reaches_there_is_on_the_network_that_leads_out() -> None:
    content = loaded(FOLDER / "compose.yaml")

    assert content["networks"]["inside"] == {"internal": True}
    assert {name for name, service in SERVICES.items() if "outside" in service.content["networks"]} == {
        "alertmanager",
        "grafana",
    }


@each_service
def test_every_service_has_a_health_check_or_ends_or_is_only_the_demo(service: Service) -> None:
    disabled = service.content.get("healthcheck", {}).get("disable", False)
    from_image = service.name == "worker"

    assert bool(service.health_check) or from_image or (disabled and service.name in {"topics", "simulator"})


@each_service
def test_whoever_waits_for_another_waits_until_it_is_well(service: Service) -> None:
    conditions = {name: wait["condition"] for name, wait in service.content.get("depends_on", {}).items()}

    assert conditions == {
        name: "service_completed_successfully" if name == "topics" else "service_healthy" for name in conditions
    }


def test_only_the_demo_simulates() -> None:
    assert {
        name: service.content["profiles"] for name, service in SERVICES.items() if "profiles" in service.content
    } == {"simulator": ["demo"]}


def test_the_worker_gets_more_time_to_stop_than_it_takes() -> None:
    assert float(SERVICES["worker"].content["stop_grace_period"].removesuffix("s")) > STOP_SECONDS


def test_no_secret_is_a_variable() -> None:
    named = [key for service in SERVICES.values() for key in service.environment if re.search("TOKEN|PASSWORD", key)]

    assert named
    assert [key for key in named if not key.endswith("_FILE")] == []
    assert {"web-token", "metrics-token"} == set(SERVICES["worker"].content["secrets"])


def test_the_commands_of_the_page_make_every_secret_that_is_named(tmp_path: Path) -> None:
    page = (ROOT / "deploy/README.md").read_text("utf-8")
    section = page.partition("\n## One machine\n")[2].partition("\n## ")[0]
    commands = [line.removeprefix("$ ").partition("   #")[0] for line in section.splitlines() if line.startswith("$ ")]
    making = [command for command in commands if "secrets" in command]
    assert making

    subprocess.run(
        ["/bin/bash", "-euc", "umask 077\n" + "\n".join(making)], cwd=tmp_path, check=True, capture_output=True
    )

    for name, secret in loaded(FOLDER / "compose.yaml")["secrets"].items():
        file = tmp_path / secret["file"]
        assert len(file.read_text("utf-8").strip()) == 64, name
        assert file.stat().st_mode & 0o004, "containers have users of their own"
    assert (tmp_path / "secrets").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "secrets/alertmanager").is_dir()


def test_the_settings_are_valid_with_what_the_worker_is_given(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name, value in SERVICES["worker"].environment.items():
        monkeypatch.setenv(name, value.replace("/run/secrets", str(tmp_path)))
    for name in SERVICES["worker"].content["secrets"]:
        (tmp_path / name).write_text("a" * 64, "utf-8")

    settings = load_settings(FOLDER / "deskpulse.toml")

    assert settings.store == "rocksdb"
    assert settings.kafka.bootstrap_servers == "kafka:9092"
    assert settings.web.bearer_token is not None


def test_prometheus_differs_from_the_one_without_containers_in_addresses_and_the_token_only() -> None:
    here, there = loaded(FOLDER / "prometheus.yml"), loaded(ROOT / "deploy/prometheus/prometheus.yml")
    for content, worker, alertmanager in (
        (here, "worker:6066", "alertmanager:9093"),
        (there, "127.0.0.1:6066", "127.0.0.1:9093"),
    ):
        (job,) = content["scrape_configs"]
        (targets,) = job["static_configs"]
        (managers,) = content["alerting"]["alertmanagers"]
        assert targets.pop("targets") == [worker]
        assert managers["static_configs"][0].pop("targets") == [alertmanager]
    assert here["scrape_configs"][0].pop("authorization") == {"credentials_file": "/run/secrets/metrics-token"}

    assert here == there


@pytest.mark.prometheus
def test_alertmanager_and_its_tool_accept_the_file_that_tells_nobody(monitoring_tools: MonitoringTools) -> None:
    status, text = outcome(monitoring_tools.amtool, "check-config", FOLDER / "alertmanager.yml")

    assert status == 0, text


@pytest.mark.parametrize("name", ["topics", "simulator", "worker"])
def test_the_commands_are_commands_of_deskpulse(name: str) -> None:
    words = [word for word in SERVICES[name].command if not word.startswith("-")]
    verb = words[: 2 if name == "topics" else 1]
    help_text = CliRunner().invoke(app, [*verb, "--help"], env={"COLUMNS": "200", "NO_COLOR": "1"})
    options = [word for word in SERVICES[name].command if word.startswith("--")]

    assert help_text.exit_code == 0, shlex.join(verb)
    assert [option for option in options if option not in help_text.stdout] == []
