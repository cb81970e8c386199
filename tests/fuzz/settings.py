"""Fuzzes the settings: hostile files and environments."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Final

from stream.settings import Settings
from stream.settings_loading import SettingsError, load_settings
from tests.fuzz.finding import Finding, trace_of
from tests.fuzz.hostile import NUMBERS, STRINGS, spoiled

_SECRET: Final = "canary-7f3a9c51d2e84b06"  # noqa: S105 - what must not be shown
_WORDS: Final = (
    "plaintext",
    "ssl",
    "sasl_ssl",
    "sasl_plaintext",
    "PLAIN",
    "SCRAM-SHA-512",
    "event",
    "wall",
    "Europe/Berlin",
    "UTC",
    "Europe",
    "closed_within",
    "09:00-17:00",
    "24:00-24:00",
    "00:00-00:00",
    "-",
    ":-:",
    "2024-12-25",
    "127.0.0.1",
    "::1",
    "/dev/null",
    "/",
    "x" * 5_000,
    "a\0b",
)


class SettingsTarget:
    """Loads settings and works out all that follows from them."""

    name = "settings"
    share = 10

    def feed(self, dice: Random, inputs: int) -> Iterator[Finding]:
        """Each input is a file and an environment."""
        with TemporaryDirectory(prefix="deskpulse-fuzz-") as folder:
            file = Path(folder) / "deskpulse.toml"
            for _ in range(inputs):
                content, variables = _file(dice), _variables(dice)
                file.write_bytes(content)
                with _environment(variables):
                    problem = _problem(file)
                if problem is not None:
                    yield Finding(self.name, problem, f"{content!r} with the environment {variables!r}")


def _problem(file: Path) -> str | None:
    try:
        _use(load_settings(file))
    except SettingsError as error:
        if _SECRET in f"{error} {error!r} {error.__cause__} {error.__cause__!r}":
            return f"the secret is in the error: {error}"
    except Exception as error:  # noqa: BLE001 - whatever it is, it is what is looked for
        return trace_of(error)
    return None


def _use(settings: Settings) -> None:
    """Ask for everything that a start asks for."""
    assert settings.ticket_rules.first_contact_quiet >= 0
    assert settings.survey_rules is not None
    assert settings.record_limits.skew >= 0
    assert settings.instance_id != ""
    assert settings.labels.allowed() is not None
    assert settings.kafka.security.options()
    assert _SECRET not in repr(settings)
    hours = settings.tickets.backlog_hours
    assert hours is None or round(hours * 3_600_000_000) >= 0


@contextmanager
def _environment(variables: dict[str, str]) -> Iterator[None]:
    before = dict(os.environ)
    for name in before:
        if name.startswith("DESKPULSE_") or name in {"BROKER_URL", "WEB_PORT"}:
            del os.environ[name]
    try:
        os.environ.update(variables)
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def _keys() -> dict[str, tuple[str, ...]]:
    return {
        section: tuple(getattr(field.annotation, "model_fields", {}))
        for section, field in Settings.model_fields.items()
    }


_SECTIONS: Final = _keys()


def _file(dice: Random) -> bytes:
    kind = dice.random()
    if kind < 0.02:
        return dice.randbytes(dice.randrange(100))
    if kind < 0.03:
        return b"a = " + b"[" * dice.choice((10, 100_000))
    if kind < 0.04:
        return b"a = " + b"9" * dice.choice((10, 10_000))
    lines = []
    for section in dice.sample(sorted(_SECTIONS), dice.randrange(3)):
        lines.append(f"[{section}]")
        keys = _SECTIONS[section]
        lines.extend(f"{key} = {_value(dice, key)}" for key in dice.sample(keys, dice.randrange(min(5, len(keys) + 1))))
    content = "\n".join(lines).encode(errors="replace")
    return spoiled(dice, content) if kind > 0.8 else content


def _value(dice: Random, key: str, depth: int = 2) -> str:
    if key in {"password", "token", "metrics_token"} and dice.random() < 0.7:
        return dice.choice((f'"{_SECRET}"', f'["{_SECRET}"]', f'{{ a = "{_SECRET}" }}'))
    choice = dice.randrange(7 if depth else 4)
    if choice == 0:
        return str(dice.choice(NUMBERS))
    if choice == 1:
        return dice.choice(("true", "false", "inf", "-inf", "nan", "1979-05-27", "00:00:00", "1979-05-27T07:32:00Z"))
    if choice in {2, 3}:
        return _text(dice)
    if choice == 4:
        return "{ a = " + _value(dice, key, depth - 1) + " }"
    return "[" + ", ".join(_value(dice, key, depth - 1) for _ in range(dice.randrange(3))) + "]"


def _text(dice: Random) -> str:
    text = dice.choice(_WORDS) if dice.random() < 0.6 else dice.choice(STRINGS)
    escaped = "".join(
        character if character.isprintable() and character not in '"\\' else f"\\U{ord(character):08x}"
        for character in text
    )
    return f'"{escaped}"'


def _variables(dice: Random) -> dict[str, str]:
    variables = {}
    for _ in range(dice.choice((0, 0, 0, 1, 2))):
        section = dice.choice(sorted(_SECTIONS))
        key = dice.choice((*_SECTIONS[section], "", "nothing"))
        name = dice.choice((f"DESKPULSE_{section}__{key}".upper(), "BROKER_URL", "WEB_PORT"))
        value = dice.choice((*_WORDS, *STRINGS, "[]", "{}", '["a"', "[1]", "null", "1e999", "-1"))
        if name.endswith(("PASSWORD", "TOKEN")):
            value = _SECRET
        if name == "BROKER_URL" and dice.random() < 0.5:
            value = f"kafka://user:{_SECRET}@kafka-1:9092"
        variables[name] = value.replace("\0", "")
    return variables
