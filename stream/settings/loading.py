"""Reads the settings from ``deskpulse.toml`` and the environment, and says what is wrong with them."""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final, get_args

from pydantic import SecretStr, ValidationError
from pydantic_settings import SettingsError as UnreadableValueError

from stream.desks.tickets.sla.policy import Policies
from stream.desks.tickets.sla.settings import PolicyFile, SlaSettings, policies_of
from stream.settings.settings import Settings

CONFIGURATION_FILE: Final = "deskpulse.toml"

_OF_A_KEY: Final = "[key]"
"""How pydantic says that a key, not its value, is wrong."""

_NO_SETTINGS: Final = ("config", "url", "kafka_cache", "require_kafka", "require_prometheus", "require_grafana_schemas")
"""What variables that the command line or the tests read are called after the prefix."""


class SettingsError(Exception):
    """The settings are wrong; the message has a line for each key, with what would be right."""


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
        policy_file = settings.section(SlaSettings).file
        if policy_file is None:
            settings.check()
            return settings
    except ValidationError as error:
        raise SettingsError("\n".join(_lines(error))) from error
    except UnreadableValueError as error:
        raise SettingsError(_unreadable()) from error
    except ValueError as error:
        raise SettingsError(str(error)) from error
    try:
        return _with_policies(settings, (Path() if file is None else file.parent) / policy_file)
    except SettingsError as error:
        raise SettingsError(_prefixed("sla.file", str(error).splitlines())) from error


def load_checked(file: Path) -> Settings:
    """The settings in a settings file, or the default ones with the policies in a file that only holds policies.

    Raises ``SettingsError`` that names each wrong key.
    """
    _check_file(file)
    content = tomllib.loads(file.read_bytes().decode())
    if not content.keys() & PolicyFile.model_fields.keys():
        return load_settings(file)
    # Without the environment, which says nothing of this file.
    return _with_policies(Settings.model_construct(), file)


def load_policies(file: Path) -> Policies | None:
    """The policies of a settings file, or of a file that only holds policies and calendars.

    Raises ``SettingsError`` that names each wrong key.
    """
    return policies_of(load_checked(file))


def _with_policies(settings: Settings, file: Path) -> Settings:
    """The settings with the policies and calendars of a file. Raises ``SettingsError`` that names it and the key."""
    _check_file(file)
    try:
        found = PolicyFile.model_validate(tomllib.loads(file.read_bytes().decode()))
        # Made anew, so that what holds for policies in general is checked.
        before = settings.section(SlaSettings)
        sla = SlaSettings(enabled=before.enabled, calendars=found.calendars, policies=found.policies)
        settings = settings.model_copy(update={"sla": sla.model_copy(update={"file": before.file})})
        settings.check()
    except ValidationError as error:
        raise SettingsError(_prefixed(str(file), _lines(error))) from error
    except ValueError as error:
        raise SettingsError(_prefixed(str(file), str(error).splitlines())) from error
    return settings


def _prefixed(prefix: str, lines: Iterable[str]) -> str:
    """Lines about keys of a file, where they stand without ``sla``."""
    return "\n".join(f"{prefix}: {line.removeprefix('sla.')}" for line in lines)


def _check_file(file: Path) -> None:
    try:
        if not file.is_file():
            raise SettingsError(f"there is no settings file {file}")
        tomllib.loads(file.read_bytes().decode())
    except OSError as error:
        raise SettingsError(f"cannot read the settings file {file}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        # Its own error would carry the bytes of the file, and secrets among them.
        raise SettingsError(f"{file} is not valid TOML: byte {error.start} is not UTF-8") from None
    except RecursionError as error:
        raise SettingsError(f"{file} is not valid TOML: it is nested too deeply") from error
    except ValueError as error:
        raise SettingsError(f"{file} is not valid TOML: {error}") from error


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
        if name.startswith("DESKPULSE_") and _is_json(section, key):
            try:
                json.loads(text)
            except ValueError:
                return f'{section}{"." if key else ""}{key}: {text!r} is not JSON such as ["one", "two"]'
    return "an environment variable cannot be read as JSON"


def _is_json(section: str, key: str) -> bool:
    model = Settings.model_fields[section].annotation if section in Settings.model_fields else None
    fields = getattr(model, "model_fields", {})
    value = fields[key].annotation if key in fields else None if key else model
    return any(word in str(value) for word in ("tuple", "frozenset", "dict"))


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


def _check_environment() -> None:
    sections = {name: field.annotation for name, field in Settings.model_fields.items()}
    for name in os.environ:
        if not name.startswith("DESKPULSE_"):
            continue
        section, _, key = name.removeprefix("DESKPULSE_").lower().partition("__")
        model = sections.get(section)
        if section in _NO_SETTINGS:
            continue
        if not key and section in sections and not hasattr(model, "model_fields"):
            continue
        if key not in getattr(model, "model_fields", ()):
            message = f"the environment variable {name} names no setting, as DESKPULSE_KAFKA__GROUP does"
            raise SettingsError(message)


def _lines(error: ValidationError) -> list[str]:
    lines = []
    for problem in error.errors(include_url=False):
        path = ".".join(str(part) for part in problem["loc"] if part != _OF_A_KEY)
        told = problem["type"] == "value_error"
        text = str(problem["ctx"]["error"]) if told else problem["msg"]
        if problem["type"] == "extra_forbidden":
            lines.append(f"{path}: unknown setting; stream/settings/README.md lists them all")
        elif isinstance(problem["input"], Mapping) and told:
            # Of a whole section: its lines name the keys themselves.
            lines.extend(line if line.startswith(path) else f"{path}.{line}" for line in text.splitlines())
        elif _may_hold_a_secret(problem["loc"]):
            lines.append(f"{path}: {problem['msg']}")
        elif isinstance(problem["input"], (Mapping, list)) or (told and repr(problem["input"]) in text):
            lines.append(f"{path}: {text}")
        else:
            lines.append(f"{path}: {text}, not {problem['input']!r}")
    return lines


def _may_hold_a_secret(location: tuple[int | str, ...]) -> bool:
    section = Settings.model_fields.get(str(location[0])) if location else None
    fields = getattr(section.annotation, "model_fields", {}) if section is not None else {}
    secrets = {key for key, field in fields.items() if SecretStr in (field.annotation, *get_args(field.annotation))}
    return len(location) > 1 and str(location[1]) in secrets
