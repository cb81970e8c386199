"""Records of the source topics: valid ones, hostile ones, spoiled ones and noise."""

from __future__ import annotations

from random import Random
from typing import Any, Final

import msgspec
import orjson

from schemas.events import EVENTS_BY_TOPIC, Envelope
from schemas.golden import FULL, MINIMAL
from tests.fuzz.hostile import NUMBERS, STRINGS, TIMES, nested, spoiled

_EXAMPLES: Final = tuple(msgspec.json.encode(event) for event in (*FULL, *MINIMAL))
_SUBJECTS: Final = 12
_LIKELY: Final[dict[str, tuple[Any, ...]]] = {
    "actor": ("customer", "agent", "bot", "automation", None, "Agent"),
    "visibility": ("public", "internal", "private"),
    "status": ("new", "open", "pending", "hold", "solved", "closed", "gone"),
    "survey": ("csat",) * 6 + ("nps", "ces", "other"),
    "scale": ("1-3", "1-5", "1-7", "1-10", "0-10", "good-bad", "0-5"),
    "score": (*range(-1, 12), 1, 1, 1, 1, 2, 3, 1.0, 4.5, "5"),
}
_SEQUENCES: Final = ("1", "2", "10", "00", "\u00e9", "\U0001f4de", "", None, 7, "x" * 257)


def _types_with_fields() -> list[tuple[str, tuple[str, ...]]]:
    types = []
    for events in EVENTS_BY_TOPIC.values():
        for event in events:
            data: Any = next(field.type for field in msgspec.structs.fields(event) if field.name == "data")
            types.append((_tag(event), tuple(field.name for field in msgspec.structs.fields(data))))
    return types


def _tag(event: type[Envelope]) -> str:
    return str(event.__struct_config__.tag)


_TYPES: Final = _types_with_fields()
_SURVEY_TYPES: Final = [(event_type, fields) for event_type, fields in _TYPES if "survey" in fields]


class RecordMaker:
    """Makes records. Few subjects, ids and times are used, so that events meet each other."""

    def __init__(self, dice: Random) -> None:
        self._dice = dice

    def record(self) -> bytes | None:
        """One record."""
        dice = self._dice
        kind = dice.random()
        if kind < 0.6:
            return orjson.dumps(self._event())
        if kind < 0.9:
            return spoiled(dice, orjson.dumps(self._event()))
        if kind < 0.94:
            return spoiled(dice, dice.choice(_EXAMPLES))
        if kind < 0.97:
            return dice.randbytes(dice.randrange(60))
        if kind < 0.995:
            return orjson.dumps(self._json(3))
        return nested(dice) if kind < 0.999 else None

    def _event(self) -> dict[str, Any]:
        dice = self._dice
        event_type, fields = dice.choice(_TYPES if dice.random() < 0.7 else _SURVEY_TYPES)
        event: dict[str, Any] = {
            "specversion": "1.0",
            "id": str(dice.randrange(400)),
            "source": "/fuzz",
            "type": event_type,
            "subject": f"T-{dice.randrange(_SUBJECTS)}",
            "time": self._time(),
            "data": {field: self._field(field) for field in fields if dice.random() < 0.7},
        }
        if dice.random() < 0.4:
            event["sequence"] = dice.choice(_SEQUENCES)
        if dice.random() < 0.1:
            event[dice.choice(tuple(event))] = self._json(2)
        return event

    def _field(self, name: str) -> Any:  # noqa: ANN401 - JSON has any type
        dice = self._dice
        if dice.random() < 0.03:
            return self._json(1)
        likely = _LIKELY.get(name)
        if likely is not None:
            return dice.choice(likely)
        return dice.choice(STRINGS) if dice.random() < 0.5 else f"{name} {dice.randrange(80)}"

    def _time(self) -> str:
        dice = self._dice
        if dice.random() < 0.03:
            return dice.choice(TIMES)
        day, minute = dice.randrange(1, 29), dice.randrange(60)
        second = dice.choice((0, dice.randrange(60)))
        return f"2024-03-{day:02}T12:{minute:02}:{second:02}Z"

    def _json(self, depth: int) -> Any:  # noqa: ANN401 - JSON has any type
        dice = self._dice
        choice = dice.randrange(7 if depth else 4)
        if choice == 0:
            return dice.choice(STRINGS)
        if choice == 1:
            number = dice.choice(NUMBERS)
            return number if -(2**63) <= number < 2**63 else float(number)
        if choice == 2:
            return dice.choice((None, True, False))
        if choice == 3:
            return dice.choice(TIMES)
        if choice == 4:
            return [self._json(depth - 1) for _ in range(dice.randrange(4))]
        return {dice.choice(STRINGS): self._json(depth - 1) for _ in range(dice.randrange(4))}
