"""The settings: one validated object from ``deskpulse.toml`` and the environment."""

from __future__ import annotations

import json
import socket
from pathlib import Path
from typing import Any, ClassVar, Literal

from pydantic import Field
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource
from xxhash import xxh3_64_digest

from stream.desks.surveys.desk import SurveyRules
from stream.desks.tickets.rules import FirstContactRule, TicketRules
from stream.desks.tickets.sla.policy import Policies
from stream.desks.tickets.sla.settings import SlaSettings, sla_content
from stream.settings.calendar import CalendarSettings, ZoneName, holiday_data
from stream.settings.kafka import KafkaSettings
from stream.settings.section import Seconds, Section
from stream.settings.web import WebSettings
from stream.state.checkpoint import LOGIC
from stream.state.labels import DEFAULT_COMBINATIONS
from stream.state.records import RecordLimits
from stream.state.rejection_share import RejectionLimit
from stream.windows.moments import DAY, MICROSECONDS


class ClockSettings(Section):
    """Where windows end and which events are too far off."""

    mode: Literal["wall", "event"] = Field(
        "wall", description="`wall`: windows end now. `event`: they end at the highest event time, for replays."
    )
    time_zone: ZoneName = Field("UTC", description="Time zone whose midnights bound the days of the report.")
    skew_seconds: Seconds = Field(3600, description="How far ahead of the wall clock an event may be.")


class TicketSettings(Section):
    """Choices that the ticket metrics leave open."""

    complaint_categories: frozenset[str] = Field(
        frozenset({"complaint"}), description="Categories that are complaints; case does not matter."
    )
    first_contact_rule: FirstContactRule = Field(
        "one_reply",
        description="Which resolved tickets count as resolved at first contact: `one_reply`, `one_agent`,"
        " `never_pending` or `closed_within`.",
    )
    first_contact_days: float = Field(
        7, ge=0, le=36_500, description="A reopen within so many days of the first resolution spoils the first contact."
    )
    first_contact_limit_hours: float = Field(
        24, gt=0, le=1e6, description="Hours from opening to resolution under the rule `closed_within`."
    )
    backlog_hours: float | None = Field(
        None,
        gt=0,
        le=1e6,
        description="Age, in hours, from which an open ticket is backlog. Default: the mean resolution time of the"
        " last 30 days, or 24 hours while there is none.",
    )


class SurveySettings(Section):
    """Choices that the survey metrics leave open."""

    ces_inverted: bool = Field(False, description="A low effort score means low effort.")


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
        description="A closed ticket, or a survey, leaves the state so many days after its last event; its numbers"
        " stay. Events of unknown ones that are older than that come too late and are dead-lettered.",
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
        10_000, ge=1, description="Over how many of a topic's last records the share is taken."
    )
    invalid_least_records: int = Field(
        1_000, ge=1, description="Fewer invalid records than this among them never stop the worker."
    )


class Settings(BaseSettings):
    """All settings. Keys of ``deskpulse.toml`` are ``[section] key``, of the environment ``DESKPULSE_SECTION__KEY``."""

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
    tickets: TicketSettings = TicketSettings()
    surveys: SurveySettings = SurveySettings()
    calendar: CalendarSettings = CalendarSettings()
    sla: SlaSettings = SlaSettings()
    labels: LabelSettings = LabelSettings()
    limits: LimitSettings = LimitSettings()
    retention: RetentionSettings = RetentionSettings()
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

    @property
    def ticket_rules(self) -> TicketRules:
        """The rules of the ticket desk."""
        tickets = self.tickets
        return TicketRules(
            complaint_categories=tickets.complaint_categories,
            first_contact_rule=tickets.first_contact_rule,
            first_contact_quiet=round(tickets.first_contact_days * DAY),
            first_contact_limit=round(tickets.first_contact_limit_hours * 3_600 * MICROSECONDS),
            calendar=self.calendar.calendar(),
        )

    @property
    def sla_policies(self) -> Policies | None:
        """The SLA policies, ``None`` if there is to be no SLA. Raises ``ValueError`` if a key of theirs is wrong."""
        return self.sla.made_policies(self.calendar)

    @property
    def survey_rules(self) -> SurveyRules:
        """The rules of the survey desk."""
        return SurveyRules(ces_inverted=self.surveys.ces_inverted)

    @property
    def record_limits(self) -> RecordLimits:
        """What a record may be."""
        return RecordLimits(
            skew=round(self.clock.skew_seconds * MICROSECONDS),
            size=self.limits.max_record_bytes,
            kept=round(self.retention.days * DAY),
        )

    @property
    def fingerprint(self) -> bytes:
        """Stands for all settings that decide what an entity contributes, and to which series and day."""
        content = self.model_dump(mode="json", include={"tickets", "surveys", "calendar", "labels"})
        content["time_zone"] = self.clock.time_zone
        content["logic"] = LOGIC
        content["public_holidays"] = holiday_data((self.calendar, *self.sla.calendars.values()))
        # As a text, for policies have an order.
        content["sla"] = json.dumps(sla_content(self.sla), sort_keys=True)
        return xxh3_64_digest(json.dumps(_in_order(content), sort_keys=True).encode())

    @property
    def store_folder(self) -> Path:
        """The folder of this worker's state on disk; two workers on one machine have two."""
        return self.data_dir.joinpath(*self.store_names)

    @property
    def store_names(self) -> tuple[str, str]:
        """The names of that folder below ``data_dir``."""
        return self.kafka.group, self.instance_id or "worker"

    @property
    def rejection_limit(self) -> RejectionLimit:
        """Which share of invalid records is too large."""
        limits = self.limits
        return RejectionLimit(limits.invalid_share, limits.invalid_window_records, limits.invalid_least_records)

    @property
    def instance_id(self) -> str | None:
        """The name of this worker in the consumer group; ``None`` if nothing tells it from its neighbours."""
        if self.kafka.instance_id is None and self.web.port:
            return f"{socket.gethostname()}-{self.web.port}"
        return self.kafka.instance_id


def _in_order(content: Any) -> Any:  # noqa: ANN401 - anything that JSON has
    """The content with its lists sorted, for most of them are sets; an order that matters stays within a string."""
    if isinstance(content, dict):
        return {key: _in_order(value) for key, value in content.items()}
    return sorted(content) if isinstance(content, list) else content
