"""Fuzzes the settings: hostile files and environments."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Final

from stream.cli.sla import examples
from stream.desks.surveys.settings import SurveySettings
from stream.desks.tickets.attributes import Attributes
from stream.desks.tickets.definition import TICKETS
from stream.desks.tickets.settings import TicketSettings
from stream.desks.tickets.sla.policy import METRICS
from stream.desks.tickets.sla.policy_check import policy_warnings
from stream.desks.tickets.sla.settings import SlaSettings, policies_of
from stream.settings.loading import SettingsError, load_settings
from stream.settings.settings import Settings
from stream.state.fingerprint import fingerprint
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


_BEGIN: Final = datetime(2026, 3, 27, 12, tzinfo=UTC)
_SHIFTS: Final = ("09:00-12:00", "12:00-17:00", "22:00-06:00", "06:00-09:00")
_METRICS: Final = tuple(metric.label for metric in METRICS)
_ATTRIBUTES: Final = ("email", "EMAIL", "high", "other", "Stra\u00dfe", "STRASSE")
_SPANS: Final = ("30s", "4m", "1h30m", "2d", "20d", "1.5h")
_TARGET_KEYS: Final = ('calendar = "none"', "pause = []", 'pause = ["hold", "new"]', 'at_risk = "9h"')


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
    assert settings.section(TicketSettings).rules(settings.calendar.calendar()).first_contact_quiet >= 0
    assert settings.section(SurveySettings).rules is not None
    assert settings.record_limits.skew >= 0
    assert settings.instance_id != ""
    assert settings.labels.allowed() is not None
    assert len(fingerprint(TICKETS, settings)) == 8
    _use_policies(settings)
    assert settings.kafka.security.options()
    assert _SECRET not in repr(settings)
    hours = settings.section(TicketSettings).backlog_hours
    assert hours is None or round(hours * 3_600_000_000) >= 0


def _use_policies(settings: Settings) -> None:
    policies, sla = policies_of(settings), settings.section(SlaSettings)
    assert (policies is not None) == sla.enabled
    if policies is None:
        return
    assert len({policy.name for policy in policies.policies}) == len(policies.policies) > 0
    assert policy_warnings(policies, sla.calendars) is not None
    assert examples(policies, _BEGIN)
    for value in _ATTRIBUTES:
        for target in policies.terms_for(Attributes(value, value, value, value, value)).targets:
            assert target is None or (target.span > 0 and target.warning >= 0)


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
    lines = list(_sla(dice)) if kind > 0.6 else []
    for section in dice.sample(sorted(_SECTIONS), dice.choice((0, 0, 0, 1)) if lines else dice.randrange(3)):
        lines.append(f"[{section}]")
        keys = _SECTIONS[section]
        lines.extend(f"{key} = {_value(dice, key)}" for key in dice.sample(keys, dice.randrange(min(5, len(keys) + 1))))
    content = "\n".join(lines).encode(errors="replace")
    return spoiled(dice, content) if kind > 0.9 else content


def _sla(dice: Random) -> Iterator[str]:
    """Calendars and policies that are often right, so that what they lead to is reached."""
    names = dice.sample(("day", "night", "weekend"), dice.randrange(3))
    for name in names:
        yield f"[sla.calendars.{_pick(dice, (name,), 'default', 'none', repr(''))}]"
        yield f"monday = {_shifts(dice)}"
        for key in dice.sample(("tuesday", "sunday", "time_zone", "holidays", "country"), dice.randrange(4)):
            yield f"{key} = {_calendar_value(dice, key)}"
    for number in range(dice.randrange(4)):
        yield "[[sla.policies]]"
        yield f"name = {_pick(dice, (repr(f'policy {number}'),), repr('policy 0'), _text(dice))}"
        if dice.random() < 0.5:
            yield f"match = {{ {_pick(dice, Attributes._fields, 'colour')} = [{_attribute(dice)}] }}"
        if dice.random() < 0.5:
            yield f"calendar = {_pick(dice, (*names, 'none'), 'default', 'nowhere', '')!r}"
        yield "[sla.policies.targets]"
        for metric in dice.sample(_METRICS, dice.randrange(1, 3)):
            yield f"{_pick(dice, (metric,), 'last_reply')} = {_target(dice)}"


def _pick(dice: Random, right: Sequence[str], *wrong: str) -> str:
    return dice.choice(wrong if dice.random() < 0.03 else right)


def _shifts(dice: Random) -> str:
    shifts = dice.sample(_SHIFTS[:-1], dice.randrange(3))
    return str([_pick(dice, (shift,), "05:00-23:00", "12:00-12:00", "25:00-26:00") for shift in shifts])


def _calendar_value(dice: Random, key: str) -> str:
    if dice.random() < 0.05:
        return _value(dice, key)
    if key == "time_zone":
        return repr(_pick(dice, ("UTC", "Europe/Berlin", "Asia/Kathmandu", "Pacific/Apia"), "Mars"))
    if key == "country":
        return repr(_pick(dice, ("DE", "US", "VA"), "XX", ""))
    return "['2024-12-25']" if key == "holidays" else _shifts(dice)


def _target(dice: Random, depth: int = 1) -> str:
    span = repr(_pick(dice, _SPANS, "3661d", "0s", "1x", "9" * 400 + "h"))
    kind = dice.random()
    if kind < 0.4:
        return span
    if kind < 0.7 or not depth:
        chosen = {key.split(" ")[0]: key for key in dice.sample(_TARGET_KEYS, dice.randrange(3))}
        return "{ within = " + ", ".join((span, *chosen.values())) + " }"
    values = {_attribute(dice): _target(dice, depth - 1) for _ in range(dice.randrange(1, 4))}
    choice = ", ".join(f"{value} = {target}" for value, target in values.items())
    return f"{{ {_pick(dice, Attributes._fields, 'colour')} = {{ {choice} }} }}"


def _attribute(dice: Random) -> str:
    return _pick(dice, [f'"{value}"' for value in _ATTRIBUTES], _text(dice))


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
