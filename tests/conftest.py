"""Fixtures that tests of more than one folder share."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hypothesis import Phase, settings

from tests.kafka.broker import KafkaBroker
from tests.kafka.jars import KafkaUnavailableError
from tests.monitoring import grafana_schemas as schemas_beside
from tests.monitoring.grafana_schemas import GrafanaSchemas, SchemasUnavailableError
from tests.monitoring.tools import REQUIRED_VARIABLE, MonitoringTools, ToolsUnavailableError

settings.register_profile("local", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
# A mutant is caught by the first example that fails: no use in looking for a smaller one.
settings.register_profile(
    "mutants", deadline=None, derandomize=True, database=None, max_examples=15, phases=(Phase.explicit, Phase.generate)
)
settings.load_profile("ci" if os.environ.get("CI") else "local")


@pytest.fixture(scope="session")
def kafka_broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KafkaBroker]:
    """One Apache Kafka broker for the whole run. A test that stops or kills it must start it again.

    Without Java or Maven the test is skipped, or fails if DESKPULSE_REQUIRE_KAFKA=1.
    """
    broker = KafkaBroker(tmp_path_factory.mktemp("kafka"))
    missing = ""
    try:
        broker.start()
    except KafkaUnavailableError as error:
        missing = str(error)
        broker.close()
    if missing and os.environ.get("DESKPULSE_REQUIRE_KAFKA") == "1":
        pytest.fail(f"DESKPULSE_REQUIRE_KAFKA=1, but {missing}", pytrace=False)
    if missing:
        pytest.skip(missing)
    try:
        yield broker
    finally:
        broker.close()


@pytest.fixture(scope="session")
def monitoring_tools() -> MonitoringTools:
    """The commands of Prometheus and Alertmanager.

    Without them the test is skipped, or fails if DESKPULSE_REQUIRE_PROMETHEUS=1.
    """
    missing = ""
    try:
        return MonitoringTools.find()
    except ToolsUnavailableError as error:
        missing = str(error)
    if os.environ.get(REQUIRED_VARIABLE) == "1":
        pytest.fail(f"{REQUIRED_VARIABLE}=1, but {missing}", pytrace=False)
    pytest.skip(missing)


@pytest.fixture(scope="session")
def grafana_schemas() -> GrafanaSchemas:
    """Grafana's own JSON Schemas.

    Where they are not beside the repository the test is skipped, or fails if DESKPULSE_REQUIRE_GRAFANA_SCHEMAS=1.
    """
    missing = ""
    try:
        return GrafanaSchemas()
    except SchemasUnavailableError as error:
        missing = str(error)
    if os.environ.get(schemas_beside.REQUIRED_VARIABLE) == "1":
        pytest.fail(f"{schemas_beside.REQUIRED_VARIABLE}=1, but {missing}", pytrace=False)
    pytest.skip(missing)
