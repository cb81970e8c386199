"""The manifests: one source for rules, topics and rights, and workers that get what they need to start and to stop."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from stream.cli.stopping import STOP_SECONDS
from stream.desks.kinds import SOURCE_TOPICS
from stream.generated.kubernetes import kubernetes_files
from stream.monitoring.exported_files import DASHBOARDS
from stream.runtime.kafka.topics import Role, planned_topics
from stream.settings.kafka import KafkaSettings
from stream.settings.loading import SettingsError, load_settings
from stream.web.access import METRICS_PATH, OPEN_PATHS
from tests.deployment.dockerfile import stages
from tests.deployment.image import DOCKERFILE, ROOT

FOLDER = ROOT / "deploy/kubernetes"
COMPONENTS = FOLDER / "components"
LARGEST_ANNOTATIONS = 256 * 1024
"""In bytes: Kubernetes refuses an object with more."""
OVERLAYS = sorted((FOLDER / "overlays").iterdir())

each_overlay = pytest.mark.parametrize("overlay", OVERLAYS, ids=[overlay.name for overlay in OVERLAYS])


def documents(path: Path) -> list[dict[str, Any]]:
    return list(yaml.safe_load_all(path.read_text("utf-8")))


@pytest.fixture
def pod() -> dict[str, Any]:
    """The pod of a worker."""
    (statefulset,) = documents(FOLDER / "base/statefulset.yaml")
    spec: dict[str, Any] = statefulset["spec"]["template"]["spec"]
    return spec


@pytest.fixture
def container(pod: dict[str, Any]) -> dict[str, Any]:
    """Its container."""
    (container,) = pod["containers"]
    found: dict[str, Any] = container
    return found


def test_there_are_overlays_for_one_worker_and_for_production() -> None:
    assert [overlay.name for overlay in OVERLAYS] == ["production", "production-strimzi", "single"]


@pytest.mark.parametrize("path", sorted(FOLDER.rglob("*.yaml")), ids=lambda path: path.relative_to(FOLDER).as_posix())
def test_every_file_is_yaml_and_says_what_it_is(path: Path) -> None:
    assert all(document["apiVersion"] and document["kind"] for document in documents(path))


def test_the_rules_for_the_operator_are_those_for_prometheus() -> None:
    rules = documents(COMPONENTS / "monitoring/prometheusrule.yaml")
    files = {f"deskpulse-{file.stem}": documents(file) for file in (ROOT / "deploy/prometheus/rules").glob("*.yml")}

    assert files
    assert {rule["metadata"]["name"]: [rule["spec"]] for rule in rules} == files


def test_each_of_the_rules_for_the_operator_fits_into_the_annotation_that_kubectl_apply_makes_of_it() -> None:
    sizes = [
        len(json.dumps(rule, separators=(",", ":")))
        for rule in documents(COMPONENTS / "monitoring/prometheusrule.yaml")
    ]

    assert max(sizes) < LARGEST_ANNOTATIONS


def test_the_operator_scrapes_as_prometheus_does() -> None:
    (monitor,) = documents(COMPONENTS / "monitoring/podmonitor.yaml")
    (endpoint,) = monitor["spec"]["podMetricsEndpoints"]
    (there,) = documents(ROOT / "deploy/prometheus/prometheus.yml")
    labels = {rule.get("targetLabel"): rule for rule in endpoint["relabelings"]}

    assert endpoint["path"] == METRICS_PATH
    assert endpoint["interval"] == there["global"]["scrape_interval"]
    assert endpoint["scrapeTimeout"] == there["global"]["scrape_timeout"]
    assert labels["job"]["replacement"] == there["scrape_configs"][0]["job_name"]
    assert labels["instance"]["sourceLabels"] == ["__meta_kubernetes_pod_name"]


def test_every_dashboard_becomes_a_config_map_with_the_label_of_the_sidecar() -> None:
    (kustomization,) = documents(ROOT / "deploy" / DASHBOARDS / "kustomization.yaml")
    files = [name for generator in kustomization["configMapGenerator"] for name in generator["files"]]

    assert files == sorted(path.name for path in (ROOT / "deploy" / DASHBOARDS).glob("*.json"))
    assert kustomization["generatorOptions"]["labels"] == {"grafana_dashboard": "1"}


def test_a_dashboard_more_is_a_config_map_more() -> None:
    files = kubernetes_files({}, [f"deploy/{DASHBOARDS}/tickets.json", f"{DASHBOARDS}/now.json"], SOURCE_TOPICS)

    assert yaml.safe_load(files[f"deploy/{DASHBOARDS}/kustomization.yaml"])["configMapGenerator"] == [
        {"name": "dashboard-now", "files": ["now.json"]},
        {"name": "dashboard-tickets", "files": ["tickets.json"]},
    ]


def test_the_topics_are_those_that_deskpulse_would_create() -> None:
    topics = {topic["metadata"]["name"]: topic["spec"] for topic in documents(COMPONENTS / "strimzi/topics.yaml")}
    settings = KafkaSettings(partitions=12, replication_factor=3)
    planned = [topic for source in SOURCE_TOPICS for topic in planned_topics(settings, source, 12, 90)]

    assert topics == {topic.name: {"partitions": 12, "replicas": 3, "config": topic.configs} for topic in planned}


def test_the_worker_may_write_to_no_topic_that_it_reads_but_its_changelogs() -> None:
    (user,) = documents(COMPONENTS / "strimzi/user.yaml")
    acls = user["spec"]["authorization"]["acls"]
    rights = {acl["resource"]["name"]: set(acl["operations"]) for acl in acls}
    planned = [topic for source in SOURCE_TOPICS for topic in planned_topics(KafkaSettings(), source, 1)]

    assert {name for name, operations in rights.items() if {"Read", "Write"} <= operations} == {
        topic.name for topic in planned if topic.role is Role.CHANGELOG
    }
    assert rights.keys() == {topic.name for topic in planned} | {KafkaSettings().group}
    assert {acl["resource"]["patternType"] for acl in acls} == {"literal"}
    assert not {"All", "Create", "Delete", "Alter", "AlterConfigs", "ClusterAction"} & set().union(*rights.values())


def test_the_pod_gets_more_time_to_stop_than_the_worker_takes(pod: dict[str, Any]) -> None:
    assert pod["terminationGracePeriodSeconds"] > STOP_SECONDS


def test_the_probes_need_no_token(container: dict[str, Any]) -> None:
    paths = {name: container[name]["httpGet"]["path"] for name in ("startupProbe", "livenessProbe", "readinessProbe")}

    assert paths == {"startupProbe": "/livez", "livenessProbe": "/livez", "readinessProbe": "/readyz"}
    assert set(paths.values()) <= OPEN_PATHS


def test_the_pod_is_the_user_of_the_image(pod: dict[str, Any], container: dict[str, Any]) -> None:
    user, group = stages(DOCKERFILE)[-1].user

    assert user > 10_000
    for context in (pod["securityContext"], container["securityContext"]):
        assert (context["runAsUser"], context["runAsGroup"], context["runAsNonRoot"]) == (user, group, True)


def test_the_pod_has_no_privilege_and_a_root_that_is_only_read(pod: dict[str, Any], container: dict[str, Any]) -> None:
    context = container["securityContext"]

    assert context["readOnlyRootFilesystem"] is True
    assert context["allowPrivilegeEscalation"] is False
    assert context["capabilities"] == {"drop": ["ALL"]}
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert pod["automountServiceAccountToken"] is False


def test_the_worker_writes_where_the_image_keeps_its_state(container: dict[str, Any]) -> None:
    places = {mount["mountPath"] for mount in container["volumeMounts"] if not mount.get("readOnly")}

    assert places == {stages(DOCKERFILE)[-1].environment["DESKPULSE_DATA_DIR"], "/tmp"}  # noqa: S108 - of the container


def test_the_settings_are_mounted_where_the_image_looks_for_them(container: dict[str, Any]) -> None:
    places = {mount["name"]: mount["mountPath"] for mount in container["volumeMounts"]}

    assert places["settings"] == stages(DOCKERFILE)[-1].last("WORKDIR")


def test_every_variable_is_a_setting_and_every_overlays_settings_are_valid(
    container: dict[str, Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (patch,) = documents(COMPONENTS / "strimzi/statefulset.yaml")
    (patched,) = patch["spec"]["template"]["spec"]["containers"]
    for variable in container["env"]:
        monkeypatch.setenv(variable["name"], variable.get("value", "deskpulse-worker-0"))
    for name in ("web-token", "metrics-token", "password"):
        (tmp_path / name).write_text("a" * 64, "utf-8")
    monkeypatch.setenv("DESKPULSE_WEB__TOKEN_FILE", str(tmp_path / "web-token"))
    monkeypatch.setenv("DESKPULSE_WEB__METRICS_TOKEN_FILE", str(tmp_path / "metrics-token"))
    for overlay in OVERLAYS:
        settings = load_settings(overlay / "deskpulse.toml")
        assert settings.kafka.instance_id == "deskpulse-worker-0"
    for variable in patched["env"]:
        monkeypatch.setenv(variable["name"], variable["value"])
    monkeypatch.setenv("DESKPULSE_KAFKA__PASSWORD_FILE", str(tmp_path / "password"))
    monkeypatch.delenv("DESKPULSE_KAFKA__CA_FILE")

    settings = load_settings(FOLDER / "overlays/production-strimzi/deskpulse.toml")

    assert (settings.kafka.username, settings.kafka.create_topics) == ("deskpulse-worker", False)


def test_the_variables_that_kubernetes_makes_of_services_would_be_refused(
    pod: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DESKPULSE_WORKER_SERVICE_HOST", "10.0.0.1")

    with pytest.raises(SettingsError, match="DESKPULSE_WORKER_SERVICE_HOST names no setting"):
        load_settings()
    assert pod["enableServiceLinks"] is False


def test_the_group_is_that_of_the_users_rights() -> None:
    for overlay in OVERLAYS:
        assert "group" not in tomllib.loads((overlay / "deskpulse.toml").read_text("utf-8"))["kafka"]


@each_overlay
def test_the_image_is_that_of_this_version(overlay: Path) -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    (kustomization,) = documents(overlay / "kustomization.yaml")

    assert [image["newTag"] for image in kustomization.get("images", [])] in ([version], [])
    assert kustomization.get("images") or kustomization["resources"] == ["../production"]


def test_only_one_worker_at_a_time_is_disturbed() -> None:
    (budget,) = documents(FOLDER / "base/poddisruptionbudget.yaml")
    (statefulset,) = documents(FOLDER / "base/statefulset.yaml")

    assert budget["spec"]["maxUnavailable"] == 1
    assert statefulset["spec"]["podManagementPolicy"] == "OrderedReady"
    assert statefulset["spec"]["updateStrategy"] == {"type": "RollingUpdate"}


def test_nothing_goes_in_or_out_but_what_is_named() -> None:
    deny, worker = documents(FOLDER / "base/networkpolicy.yaml")

    assert deny["spec"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    assert worker["spec"]["ingress"] == []
    assert all(rule["ports"] and rule["to"] for rule in worker["spec"]["egress"])
