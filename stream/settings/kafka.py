"""The settings of the connection to Kafka."""

from __future__ import annotations

from pathlib import Path
from typing import Self

from pydantic import Field, PrivateAttr, SecretStr, model_validator

from stream.settings.kafka_security import (
    KafkaSecurity,
    SaslMechanism,
    SecurityProtocol,
    file_problems,
    new_context,
    user_problems,
)
from stream.settings.secret import read_secret
from stream.settings.section import Seconds, Section


class KafkaSettings(Section):
    """Where the events are."""

    bootstrap_servers: str = Field("127.0.0.1:9092", description="Kafka's addresses, `host:port`, separated by commas.")
    group: str = Field(
        "deskpulse",
        pattern=r"^[A-Za-z0-9._-]+$",
        description="Consumer group, also the prefix of the changelog topics.",
    )
    instance_id: str | None = Field(
        None,
        description="Static group membership: a name that stays the same over restarts of this worker and that no"
        " other worker has. Default: host name and web port.",
    )
    session_timeout_seconds: Seconds = Field(
        30, description="How long Kafka waits for a silent worker before its partitions move."
    )
    partitions: int = Field(4, ge=1, le=1000, description="Partitions of a source topic that has to be created.")
    replication_factor: int = Field(1, ge=1, description="Replicas of a topic that has to be created.")
    create_topics: bool = Field(True, description="Create missing topics at start.")
    max_poll_records: int = Field(
        2000, ge=1, le=50_000, description="The most records of a partition that are taken in as one batch."
    )
    connect_timeout_seconds: Seconds = Field(10, description="How long to wait for the brokers at start.")
    security_protocol: SecurityProtocol = Field(
        "plaintext", description="`plaintext`, `ssl`, `sasl_plaintext` or `sasl_ssl`, as the brokers' listener has it."
    )
    sasl_mechanism: SaslMechanism | None = Field(
        None, description="With SASL: `PLAIN`, `SCRAM-SHA-256` or `SCRAM-SHA-512`."
    )
    username: str | None = Field(None, description="With SASL: the user.")
    password: SecretStr | None = Field(None, description="With SASL: the user's password. Better in the environment.")
    password_file: Path | None = Field(None, description="A file that holds the password, instead of `password`.")
    ca_file: Path | None = Field(
        None,
        description="With TLS: certificates, in PEM, of the authorities that the brokers' certificates are checked"
        " against. Default: those of the system.",
    )
    certificate_file: Path | None = Field(
        None, description="With TLS: this client's certificate, in PEM, if the brokers ask for one."
    )
    key_file: Path | None = Field(None, description="With TLS: the certificate's private key, in PEM, not encrypted.")
    _security: KafkaSecurity = PrivateAttr(default_factory=KafkaSecurity)

    @property
    def security(self) -> KafkaSecurity:
        """How the brokers are spoken to, with secrets and certificates as they were read at the start."""
        return self._security

    @model_validator(mode="after")
    def _read_security(self) -> Self:
        if "@" in self.bootstrap_servers:
            raise ValueError("kafka.bootstrap_servers: holds a user; set kafka.username and kafka.password instead")
        protocol = self.security_protocol
        password = read_secret("kafka.password", self.password, self.password_file)
        problems = user_problems(protocol, self.sasl_mechanism, self.username, password)
        problems += file_problems(protocol, self.ca_file, self.certificate_file, self.key_file)
        if problems:
            raise ValueError("\n".join(problems))
        context = new_context(self.ca_file, self.certificate_file, self.key_file) if protocol.endswith("ssl") else None
        self._security = KafkaSecurity(protocol, self.sasl_mechanism, self.username, password, context)
        return self
