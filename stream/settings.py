"""The settings: one validated object from ``deskpulse.toml`` and the environment."""

from __future__ import annotations

import json
import os
import socket
import tomllib
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, get_args
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource
from pydantic_settings import SettingsError as UnreadableValueError
from xxhash import xxh3_64_digest

from stream.desk.calendar import BusinessCalendar, Shift
from stream.desk.checkpoint import LOGIC
from stream.desk.labels import DEFAULT_COMBINATIONS
from stream.desk.partition import RecordLimits
from stream.desk.rejection_share import RejectionLimit
from stream.desk.surveys import SurveyRules
from stream.desk.ticket_rules import FirstContactRule, TicketRules
from stream.kafka_settings import KafkaSettings
from stream.section import Seconds, Section
from stream.web_settings import WebSettings
from stream.windows.moments import DAY, MICROSECONDS

__all__ = ["KafkaSettings", "Settings", "SettingsError", "WebSettings", "load_settings"]

CONFIGURATION_FILE = "deskpulse.toml"

_MINUTES_AN_HOUR = 60

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class SettingsError(Exception):
    """The settings are wrong; the message has a line for each key, with what would be right."""


def _known_zone(name: str) -> str:
    if name not in available_timezones():
        message = f"unknown time zone {name!r}, for instance Europe/Berlin or UTC is one"
        raise ValueError(message)
    return name


ZoneName = Annotated[str, AfterValidator(_known_zone)]


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


class CalendarSettings(Section):
    """Business hours. While no day has any, durations are in calendar time only."""

    time_zone: ZoneName = Field("UTC", description="Time zone of the opening hours.")
    monday: tuple[str, ...] = Field(
        (), description='Shifts such as `["09:00-12:30", "13:30-18:00"]`; `22:00-06:00` is overnight.'
    )
    tuesday: tuple[str, ...] = Field((), description="As Monday.")
    wednesday: tuple[str, ...] = Field((), description="As Monday.")
    thursday: tuple[str, ...] = Field((), description="As Monday.")
    friday: tuple[str, ...] = Field((), description="As Monday.")
    saturday: tuple[str, ...] = Field((), description="As Monday.")
    sunday: tuple[str, ...] = Field((), description="As Monday.")
    holidays: frozenset[date] = Field(frozenset(), description="Dates on which no shift starts.")

    def calendar(self) -> BusinessCalendar | None:
        """The business calendar, or ``None`` if no day has a shift. Raises ``ValueError`` for a bad shift."""
        week = tuple(tuple(_shift(day, text) for text in getattr(self, day)) for day in _DAYS)
        if not any(week):
            return None
        return BusinessCalendar(ZoneInfo(self.time_zone), week, self.holidays)


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
        return xxh3_64_digest(json.dumps(_in_order(content), sort_keys=True).encode())

    @property
    def store_folder(self) -> Path:
        """The folder of this worker's state on disk; two workers on one machine have two."""
        return self.data_dir / self.kafka.group / (self.instance_id or "worker")

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


def load_settings(file: Path | None = None, **overrides: Any) -> Settings:  # noqa: ANN401 - sections, and single settings
    """Read the settings; ``overrides`` are sections, or single settings, that come before everything else.

    Without ``file``, ``deskpulse.toml`` in the working folder is read if there is one. Raises
    ``SettingsError`` that names each wrong key.
    """
    if file is None and Path(CONFIGURATION_FILE).is_file():
        file = Path(CONFIGURATION_FILE)
    if file is not None:
        _check_file(file)
    _check_environment()
    source = type("FileSettings", (Settings,), {"config_file": file, "__module__": __name__})
    try:
        settings: Settings = source(**_merged(_renamed_environment(), overrides))
        settings.calendar.calendar()
    except ValidationError as error:
        raise SettingsError("\n".join(_lines(error))) from error
    except UnreadableValueError as error:
        raise SettingsError(_unreadable()) from error
    except ValueError as error:
        raise SettingsError(str(error)) from error
    return settings


def _check_file(file: Path) -> None:
    try:
        if not file.is_file():
            raise SettingsError(f"there is no settings file {file}")
        tomllib.loads(file.read_bytes().decode())
    except OSError as error:
        raise SettingsError(f"cannot read the settings file {file}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        # Its own error would carry the bytes of the file, and secrets among them.
        raise SettingsError(f"{file} is not valid TOML: byte {error.start} is no UTF-8") from None
    except RecursionError as error:
        raise SettingsError(f"{file} is not valid TOML: it is nested too deeply") from error
    except ValueError as error:
        raise SettingsError(f"{file} is not valid TOML: {error}") from error


def _in_order(content: Any) -> Any:  # noqa: ANN401 - anything that JSON has
    """The content with its lists sorted, for most of them are sets; an order that matters stays within a string."""
    if isinstance(content, dict):
        return {key: _in_order(value) for key, value in content.items()}
    return sorted(content) if isinstance(content, list) else content


def _merged(first: dict[str, Any], second: dict[str, Any]) -> dict[str, Any]:
    merged = {**first, **second}
    for section in {*first, *second}:
        if isinstance(merged[section], dict):
            merged[section] = {**first.get(section, {}), **second.get(section, {})}
    return merged


def _unreadable() -> str:
    """Which variable of the environment holds a list that is not JSON."""
    for name, text in os.environ.items():
        section, _, key = name.removeprefix("DESKPULSE_").lower().partition("__")
        if name.startswith("DESKPULSE_") and key and _is_list(section, key):
            try:
                json.loads(text)
            except ValueError:
                return f'{section}.{key}: {text!r} is not JSON such as ["one", "two"]'
    return "a variable of the environment is not readable as JSON"


def _is_list(section: str, key: str) -> bool:
    model = Settings.model_fields[section].annotation if section in Settings.model_fields else None
    fields = getattr(model, "model_fields", {})
    return key in fields and any(word in str(fields[key].annotation) for word in ("tuple", "frozenset"))


def _renamed_environment() -> dict[str, Any]:
    """Values of the variables that keep the names they have in Faust."""
    values: dict[str, Any] = {}
    if broker := os.environ.get("BROKER_URL"):
        values["kafka"] = {"bootstrap_servers": broker.replace("kafka://", "").replace(";", ",")}
    if port := os.environ.get("WEB_PORT"):
        values["web"] = {"port": port}
    if folder := os.environ.get("APP_DATADIR"):
        values["data_dir"] = folder
    return values


_SINGLE_SETTINGS = ("store", "data_dir")


def _check_environment() -> None:
    sections = {name: field.annotation for name, field in Settings.model_fields.items()}
    for name in os.environ:
        if not name.startswith("DESKPULSE_"):
            continue
        section, _, key = name.removeprefix("DESKPULSE_").lower().partition("__")
        model = sections.get(section)
        if section in ("config", "url", "require_kafka", "kafka_cache"):
            continue
        if not key and section in _SINGLE_SETTINGS:
            continue
        if key not in getattr(model, "model_fields", ()):
            message = f"the environment variable {name} names no setting; DESKPULSE_KAFKA__GROUP would be one"
            raise SettingsError(message)


def _lines(error: ValidationError) -> list[str]:
    lines = []
    for problem in error.errors(include_url=False):
        path = ".".join(str(part) for part in problem["loc"])
        if problem["type"] == "extra_forbidden":
            lines.append(f"{path}: unknown setting; see the settings in the README")
        elif isinstance(problem["input"], Mapping) and problem["type"] == "value_error":
            lines.append(str(problem["ctx"]["error"]))  # of a whole section; the text names the keys itself
        elif _may_hold_a_secret(problem["loc"]):
            lines.append(f"{path}: {problem['msg']}")
        else:
            lines.append(f"{path}: {problem['msg']}, not {problem['input']!r}")
    return lines


def _may_hold_a_secret(location: tuple[int | str, ...]) -> bool:
    section = Settings.model_fields.get(str(location[0])) if location else None
    fields = getattr(section.annotation, "model_fields", {}) if section is not None else {}
    secrets = {key for key, field in fields.items() if SecretStr in (field.annotation, *get_args(field.annotation))}
    return len(location) > 1 and str(location[1]) in secrets


def _shift(day: str, text: str) -> Shift:
    try:
        start, end = (_minutes(part) for part in text.split("-"))
        return Shift(start, end if end > start else end + 24 * 60)
    except ValueError as error:
        message = f"calendar.{day}: {text!r} is no shift such as 09:00-17:30"
        raise ValueError(message) from error


def _minutes(text: str) -> int:
    hours, minutes = text.split(":")
    value = int(hours) * _MINUTES_AN_HOUR + int(minutes)
    if int(minutes) >= _MINUTES_AN_HOUR or not 0 <= value <= 24 * _MINUTES_AN_HOUR:
        raise ValueError(text)
    return value
