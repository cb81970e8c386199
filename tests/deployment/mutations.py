"""Mistakes that the checks have to find: a check that finds none of them would pass whatever the files say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

_STATEFULSET: Final = "deploy/kubernetes/base/statefulset.yaml"
_COMPONENTS: Final = "deploy/kubernetes/components"


@dataclass(frozen=True, slots=True)
class Mutation:
    """A mistake: in ``file``, ``right`` is replaced by ``wrong``; the check named ``check`` has to find it."""

    check: str
    file: str
    right: str
    wrong: str


MUTATIONS: Final = (
    Mutation("compose config", "deploy/compose/compose.yaml", "stop_grace_period:", "stop_grace:"),
    Mutation("compose config --profile demo", "deploy/compose/compose.yaml", "profiles: [demo]", "profiles: demo"),
    Mutation("compose config --file kafka-port.yaml", "deploy/compose/kafka-port.yaml", "127.0.0.1:9094:9094", "kafka"),
    Mutation(
        "compose config --file kafka-port.yaml --profile demo",
        "deploy/compose/kafka-port.yaml",
        "[inside, outside]",
        "[inside, elsewhere]",
    ),
    Mutation("compose-lint", "deploy/compose/compose.yaml", "  cap_drop: [ALL]\n", ""),
    Mutation("hadolint", "deploy/Dockerfile", "FROM python:3.11-slim-bookworm", "FROM python:latest"),
    Mutation("yamllint", "deploy/compose/prometheus.yml", "  scrape_timeout: 4s\n", "  scrape_interval: 4s\n"),
    Mutation("kustomize single", "deploy/kubernetes/base/kustomization.yaml", "- service.yaml", "- services.yaml"),
    Mutation("kubeconform single", _STATEFULSET, "terminationGracePeriodSeconds", "terminationGraceSeconds"),
    Mutation("kube-score single", _STATEFULSET, "readOnlyRootFilesystem: true", "readOnlyRootFilesystem: false"),
    Mutation(
        "kustomize production",
        "deploy/kubernetes/overlays/production/statefulset.yaml",
        "  name: deskpulse-worker\n",
        "",
    ),
    Mutation("kubeconform production", f"{_COMPONENTS}/monitoring/podmonitor.yaml", "scrapeTimeout", "scrapeTimout"),
    Mutation(
        "kubeconform production",
        f"{_COMPONENTS}/monitoring/prometheusrule.yaml",
        "    - name: helpdesk",
        "    - nam: h",
    ),
    Mutation(
        "kube-score production", "deploy/kubernetes/base/poddisruptionbudget.yaml", "component: worker", "component: x"
    ),
    Mutation(
        "kustomize production-strimzi", f"{_COMPONENTS}/strimzi/kustomization.yaml", "- user.yaml", "- users.yaml"
    ),
    Mutation("kubeconform production-strimzi", f"{_COMPONENTS}/strimzi/user.yaml", "patternType", "pattern"),
    Mutation(
        "kubeconform production-strimzi", f"{_COMPONENTS}/strimzi/topics.yaml", "partitions: 12", "partitions: many"
    ),
    Mutation(
        "kube-score production-strimzi",
        "deploy/kubernetes/base/networkpolicy.yaml",
        "component: worker",
        "component: nobody",
    ),
)
