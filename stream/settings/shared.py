"""The settings that all kinds of entities share: their sections, and how a file and the environment make them."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import ClassVar, Final, Literal, TypeVar

from pydantic import Field
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from stream.settings.calendar import CalendarSettings, ZoneName
from stream.settings.kafka import KafkaSettings
from stream.settings.monitoring import MonitoringSettings
from stream.settings.section import Seconds, Section
from stream.settings.web import WebSettings

DEFAULT_COMBINATIONS: Final = 10_000

SectionType = TypeVar("SectionType", bound=Section)


class ClockSettings(Section):
    """Where windows end and which events are too far off."""

    mode: Literal["wall", "event"] = Field(
        "wall", description="`wall`: windows end now. `event`: they end at the highest event time, for replays."
    )
    time_zone: ZoneName = Field("UTC", description="Time zone whose midnights bound the days of the report.")
    skew_seconds: Seconds = Field(3600, description="How far ahead of the wall clock an event may be.")


class LabelSettings(Section):
    """Bounds on label values, which come from untrusted events."""

    limit: int = Field(50, ge=1, le=10_000, description="Distinct values of a label; the rest is `other`.")
    combinations: int = Field(
        DEFAULT_COMBINATIONS,
        ge=1,
        le=1_000_000,
        description="Combinations of a ticket's label values; tickets with any further one are `other` in all labels.",
    )
    channel: frozenset[str] | None = Field(None, description="The only channels to tell apart. Default: the first met.")
    priority: frozenset[str] | None = Field(None, description="The only priorities to tell apart.")
    category: frozenset[str] | None = Field(None, description="The only categories to tell apart.")
    team: frozenset[str] | None = Field(None, description="The only teams to tell apart.")

    def allowed(self) -> dict[str, frozenset[str]]:
        """The labels that have a list of allowed values."""
        named = {"channel": self.channel, "priority": self.priority, "category": self.category, "team": self.team}
        return {label: values for label, values in named.items() if values is not None}


class RetentionSettings(Section):
    """How long the state keeps what is over."""

    days: float = Field(
        400,
        gt=31,
        le=36_500,
        description="A closed ticket, a survey, a call, a mention, a reviewed conversation or a customer who has left"
        " is kept for this many days after its last event; its numbers stay. Events of unknown ones that are older than"
        " that come too late and are dead-lettered.",
    )


class LimitSettings(Section):
    """What a record may be."""

    max_record_bytes: int = Field(1_048_576, ge=1024, description="Records larger than this are dead-lettered.")
    invalid_share: float = Field(
        0.5,
        gt=0,
        le=1,
        description="The worker stops when a larger share of a topic's last records is invalid; 1 never stops it.",
    )
    invalid_window_records: int = Field(
        10_000, ge=1, description="How many of a topic's last records the share is taken over."
    )
    invalid_least_records: int = Field(
        1_000, ge=1, description="Fewer invalid records than this among them never stop the worker."
    )


class SharedSettings(BaseSettings):
    """Keys of ``deskpulse.toml`` are ``[section] key``, of the environment ``DESKPULSE_SECTION__KEY``."""

    model_config = SettingsConfigDict(
        env_prefix="DESKPULSE_",
        env_nested_delimiter="__",
        extra="forbid",
        frozen=True,
        toml_file=None,
        hide_input_in_errors=True,
    )
    config_file: ClassVar[Path | None] = None

    kafka: KafkaSettings = KafkaSettings()
    web: WebSettings = WebSettings()
    clock: ClockSettings = ClockSettings()
    calendar: CalendarSettings = CalendarSettings()
    labels: LabelSettings = LabelSettings()
    limits: LimitSettings = LimitSettings()
    retention: RetentionSettings = RetentionSettings()
    monitoring: MonitoringSettings = MonitoringSettings()
    store: Literal["memory", "rocksdb"] = Field(
        "memory",
        description="Where the state is: in `memory`, restored from Kafka at each start, or in `rocksdb`, on disk as"
        " well, for states larger than memory and faster starts.",
    )
    data_dir: Path = Field(
        Path("deskpulse-data"), description="Folder for the state on disk. Also set by `APP_DATADIR`."
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - no .env file is read
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - no secrets folder is read
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Command line before environment before file."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, cls.config_file)

    def section(self, section: type[SectionType]) -> SectionType:
        """The section of this type. Raises ``LookupError`` if there is none."""
        for name in type(self).model_fields:
            value = getattr(self, name)
            if isinstance(value, section):
                return value
        raise LookupError(section.__name__)

    @property
    def store_folder(self) -> Path:
        """The folder of this worker's state on disk; two workers on one machine have two."""
        return self.data_dir.joinpath(*self.store_names)

    @property
    def store_names(self) -> tuple[str, str]:
        """The names of that folder below ``data_dir``."""
        return self.kafka.group, self.instance_id or "worker"

    @property
    def instance_id(self) -> str | None:
        """The name of this worker in the consumer group; ``None`` if nothing tells it from its neighbours."""
        if self.kafka.instance_id is None and self.web.port:
            return f"{socket.gethostname()}-{self.web.port}"
        return self.kafka.instance_id
