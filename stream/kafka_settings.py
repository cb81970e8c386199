"""The settings of the connection to Kafka."""

from __future__ import annotations

from pydantic import Field

from stream.section import Seconds, Section


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
    max_poll_records: int = Field(2000, ge=1, le=50_000, description="Records in one run through a partition's state.")
    connect_timeout_seconds: Seconds = Field(10, description="How long to wait for the brokers at start.")
